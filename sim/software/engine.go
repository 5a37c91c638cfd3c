package software

import (
	"slices"

	"fathom/sim/traffic"
)

// Engine is a serving engine.
type Engine struct {
	Name  string // the word of --serving-engine
	Title string // as its makers write it

	Parts   []string // parts of names and launch commands that mean it
	Command string   // a command that starts with this word is its, whatever else stands in it
	Flags   []string // flags that no other engine has
	// AttentionDP is the flag under which its TP size counts the ranks of all attention replicas.
	AttentionDP string `toml:"attention_dp"`

	Vendors []string // whose devices it is the usual choice for
	PortOf  string   `toml:"port_of"` // the engine that it brings to these vendors' devices

	Scheduler Scheduler
	Handover  Handover
	Version   []Version
	Offload   string            // its flag that keeps so many GiB of a device's weights on the host; "": none
	Released  map[string]string // dates of versions
	Refuses   []Rule            // what it does not start; none of its own: those of the engine that it is a port of
	Launch    []Launch
	Templates map[string]string
}

// Scheduler is how an engine fills its steps; limits are those of one attention rank.
type Scheduler struct {
	Policy        traffic.Policy
	BatchedTokens int `toml:"batched_tokens"`
	Sequences     int
	Reserve       bool // room for the whole output is taken at the start
	// FrontEnds: every attention rank has one that reads prompts and streams answers; else all share one.
	FrontEnds bool `toml:"front_ends"`
}

// Handover is how an engine sends the KV cache of a prompt to a decode instance.
type Handover struct {
	Overlap Overlap
	Source  string
}

// Overlap is what of a prompt's cache is sent while the prompt is still computed.
type Overlap string

// Nothing, or the cache of every layer as soon as the layer is done.
const (
	WhenDone Overlap = "none"
	ByLayer  Overlap = "layer"
)

// Version is what an engine does, or only versions of it whose name has one of the stated parts.
type Version struct {
	Stated   []string
	Captures int     // graphs are captured for multiples of so many sequences; 0: for one
	EagerUS  float64 `toml:"eager_us"` // host time of a kernel outside graphs; 0: every step has a graph
}

// Launch is how an engine is started on the devices of some vendors; without vendors, on all for which neither the
// engine nor a port of it names another launch.
type Launch struct {
	Engine  *Engine `toml:"-"`
	Title   string
	Vendors []string
	// Template names the text that gives the command (Order says what it may use).
	Template string
	Dynamo   string // likewise of a worker of NVIDIA Dynamo; "" where it has none for the engine
	// File is a file that the command needs beside it, where ROLE stands for the role, and Content the template of its
	// text.
	File, Content string
	Extra         []string // arguments that go in where the template says
	// Values of the flags for weights and cache by the name of a number format; "any" stands for all but 16 bits.
	Quantization, Cache map[string]string
	Prefill, Decode     []string // arguments of the two roles of a disaggregated deployment
}

// All lists the engines in the order of menus. The first one stands for engines that nobody names.
func All() []*Engine { return engines() }

// Names lists the names of the engines.
func Names() []string {
	var names []string
	for _, e := range All() {
		names = append(names, e.Name)
	}
	return names
}

// Find gives the engine of a name; nil where there is none.
func Find(name string) *Engine {
	for _, e := range All() {
		if e.Name == name {
			return e
		}
	}
	return nil
}

// Standard stands for an engine that is not named.
func Standard() *Engine { return All()[0] }

// Usual is what serves on a vendor's devices if nobody says otherwise.
func Usual(vendor string) *Engine {
	for _, e := range All() {
		if of(e.Vendors, vendor) {
			return e
		}
	}
	return Standard()
}

// On is the engine's port to a vendor's devices, or itself.
func (e *Engine) On(vendor string) *Engine {
	for _, port := range All() {
		if port.PortOf == e.Name && of(port.Vendors, vendor) {
			return port
		}
	}
	return e
}

// Launches lists how a vendor's devices can be served, the usual engine first.
func Launches(vendor string) []*Launch {
	var all []*Launch
	usual := Usual(vendor)
	for _, e := range append([]*Engine{usual}, All()...) {
		special := e.special(vendor) || e.On(vendor).special(vendor)
		for i := range e.Launch {
			l := &e.Launch[i]
			if (of(l.Vendors, vendor) || len(l.Vendors) == 0 && !special) && !slices.Contains(all, l) {
				all = append(all, l)
			}
		}
	}
	return all
}

// LaunchOn is how the engine, or its port, is started on a vendor's devices; nil where it is not.
func (e *Engine) LaunchOn(vendor string) *Launch {
	e = e.On(vendor)
	for _, l := range Launches(vendor) {
		if l.Engine == e {
			return l
		}
	}
	return nil
}

// special reports whether the engine has a launch of its own for a vendor's devices.
func (e *Engine) special(vendor string) bool {
	return slices.ContainsFunc(e.Launch, func(l Launch) bool { return of(l.Vendors, vendor) })
}
