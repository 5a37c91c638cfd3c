package report

import (
	"fathom/hw/message"
	"fathom/sim/plan"
)

// End is how the search of a strategy ended.
type End string

// Every strategy ends in exactly one of these.
const (
	Found       End = "found"          // it has a best row
	OverLimit   End = "over_limit"     // even its smallest batch is over a latency limit
	PrefillOOM  End = "prefill_oom"    // the smallest batch's prefill does not fit into memory
	DecodeOOM   End = "decode_oom"     // the smallest batch's decode does not fit into memory
	Unbuildable End = "build_error"    // the model cannot be built with these sizes
	Skipped     End = "skipped"        // the sizes break a rule
	Refused     End = "engine_refuses" // the serving engine does not start it
	Outdone     End = "outdone"        // another strategy serves more than this one can, and only the best is asked for
	Interrupted End = "interrupted"    // the run was cancelled before or while it was searched
)

// Message is the word for the end.
func (e End) Message() message.Message { return message.New("end." + string(e)) }

// Outcome is what became of one strategy in one phase.
type Outcome struct {
	Phase  plan.Phase
	Label  string
	End    End
	Reason message.Message // the limit and by how much, GiB missing, the rule; nothing where it has a best row
}

// Capacity is what a target takes on one profile.
type Capacity struct {
	QPS         float64 // the target; 0: it is a concurrency
	Concurrency int
	Plan        *Fleet          // the fewest devices; nil: nothing holds the limits
	Cheaper     *Fleet          // the next cheaper fleet, which misses the target
	Breaks      message.Message // what breaks there
}

// Fleet is a number of equal replicas of one row, or of prefill and decode instances.
type Fleet struct {
	Row          *Row   // aggregation and single phases
	Ratio        *Ratio // PD ratio
	Replicas     int    // of Row
	Prefills     int    // instances, PD ratio
	Decodes      int
	Devices      int
	QPS          float64
	Concurrency  int
	CostPerMonth *float64
}

// Input is one input of the run with where its value came from, for the report's request block.
type Input struct {
	Name   string
	Value  any // nil where it does not apply
	Source message.Message
}

// Severity of an issue.
type Severity string

// Errors block a run; warnings and assumptions are carried to the confirm pane and the report.
const (
	Error      Severity = "error"
	Warning    Severity = "warning"
	Assumption Severity = "assumption"
	Note       Severity = "note"
)

// Issue is one thing to know about a request: the field at fault, what is wrong, how to mend it.
type Issue struct {
	Severity Severity        `json:"severity"`
	Field    string          `json:"field"`
	Message  message.Message `json:"message"`
	Key      string          `json:"-"` // of what is wrong with the value, "" where it is about no answer
	Lacks    string          `json:"-"` // the field whose answer would mend it, where that is another one
}

// Section is one phase of one device: the best row and the best of every strategy.
type Section struct {
	Best       *Row
	Candidates []Row
}

// Counts of points by status.
type Counts struct {
	// Unsaid: only points that are listed are known, as in a log with the best of each strategy; how many lost is not. In
	// JSON these counts are null.
	Unsaid bool `json:"-"`

	OK      int `json:"ok"`
	TTFT    int `json:"ttft"`
	TPOT    int `json:"tpot"`
	OOM     int `json:"oom"`
	Invalid int `json:"invalid"`
	Engine  int `json:"engine"`
	E2E     int `json:"e2e,omitempty"`
	Goodput int `json:"goodput,omitempty"`
	Watts   int `json:"watts,omitempty"`
}

// Near is a point that just missed, and the smallest relaxation that would admit it.
type Near struct {
	Row   Row
	Relax message.Message
	Fixes []Fix // the same as answers; none where no answer admits it
}

// Fix is a question, by its name among the fields of a plan, and the answer that mends it.
type Fix struct{ Field, Text string }

// Device is the outcome on one profile. Sections are nil where the phase did not run.
type Device struct {
	Device          string
	Fidelity        plan.Fidelity
	Evaluated       int
	Counts          Counts
	Nearest         []Near
	Aggregation     *Section
	Prefill, Decode *Section
	PDRatio         *RatioSection
	Points          []Row     // every point, where kept
	Outcomes        []Outcome // what became of every strategy, in the order of the search
	Search          plan.Search
	Repriced        []Repricing       // bests that the reference tool's re-pricing of several profiles changes
	Ladder          []Rung            // the best answers step by step; nil where nobody asked, or there is one step only
	Corrections     []Correction      // what "corrected" changes at the winners, where the device was priced so
	Breakeven       []Breakeven       // of the speculation of best rows; nil where nobody asked
	Experts         []Experts         // of best rows, where the request says something of experts
	AFD             *AFD              // attention and experts apart; nil where nobody asked
	Capacity        *Capacity         // what it takes to reach a target; nil without one
	Service         *Service          // the best row against recorded requests or conversations; nil where none is asked
	Day             *Day              // replicas of the best row over a day; nil where none is asked for
	Explained       []Explanation     // of the best rows; nil where nobody asked
	Notes           []message.Message // e.g. that points were thinned, or that the re-pricing rule applied
}

// Phase is the section of a phase; an empty one where it did not run.
func (d *Device) Phase(p plan.Phase) *Section {
	if s := [...]*Section{plan.PhaseAggregation: d.Aggregation, plan.PhasePrefill: d.Prefill,
		plan.PhaseDecode: d.Decode}[p]; s != nil {
		return s
	}
	return &Section{}
}

// Section is what a device answered in a phase; nil where it did not run.
func (d *Device) Section(phase plan.Phase) *Section {
	switch phase {
	case plan.PhasePrefill:
		return d.Prefill
	case plan.PhaseDecode:
		return d.Decode
	}
	return d.Aggregation
}

// Cross is one line of the cross-hardware table.
type Cross struct {
	Device       string
	Fidelity     plan.Fidelity // that the profile was priced with
	Throughput   float64
	RatioToFirst float64
	Row          *Row
	Ratio        *Ratio // PD ratio runs
	Repriced     bool   // the figure is re-priced from another profile's record: it is no ratio of hardware
}

// Report is a whole run.
type Report struct {
	Command   string // of the reference tool
	Ours      string // the same question for fathom, with what only fathom knows; "" where nobody asked it
	Engine    string
	Fidelity  string // common value of the devices, or "mixed"
	Search    plan.Search
	ElapsedMS float64
	Partial   bool
	Mode      plan.Mode
	Request   *plan.Request
	Inputs    []Input // every input after defaults, in the order of the form; nil: made from Request without sources
	Issues    []Issue
	Devices   []Device
	Cross     []Cross

	Failure     *Failure     // of the run whose log this is; nil where it did not fail
	Differences []Difference // rows beside those of another engine; nil where only one ran
	LogFile     string       // where the whole output of the reference tool is kept; "" where it did not run
}

// Disclaimer goes with every result on screen and in every export.
var Disclaimer = message.New("report.disclaimer")

// Effect is what ten per cent more of one figure changes for a row, as relative changes (0.05 is five per cent more).
type Effect struct {
	Figure     string   // e.g. memory_bandwidth, ttft_limit
	Kind       string   // hardware or knob
	Throughput float64  // at the row's own batch and budget
	TTFT, TPOT *float64 // likewise; nil where they do not apply
	// of the best throughput of the row's strategy when the search may adapt; nil where it was not searched
	Best *float64
}

// Correction is one departure of "corrected" from the reference tool (corrected.md) with what it alone changes at a
// row's point, as relative changes of the reference tool's figures; nil where it changes no figure of a single point.
type Correction struct {
	Name                   message.Message
	Phase                  plan.Phase
	Reference, Corrected   message.Message // what each does, in words
	Throughput, TTFT, TPOT *float64
	QPS                    *float64
	FreeGB                 *float64        // GiB more (or less) left
	Refused                bool            // the point cannot be priced with it
	Note                   message.Message // what it changes beside these figures; zero: nothing
}
