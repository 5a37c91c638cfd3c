package manifest

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/BurntSushi/toml"

	"fathom/assets"
	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/software"
)

// Platform is something that runs servers from files.
type Platform struct {
	Name    string // the word of --manifest
	Title   string
	Vendors []string // whose devices it knows
	Engines []string // serving engines that it starts
	Servers int      // most servers of one deployment; 0: no limit
	Source  string
}

// accelerator is what pods call the devices of a vendor, or of its profiles whose names begin with one of a list.
type accelerator struct {
	Vendor   string
	Profiles []string
	Resource string              // extended resource of Kubernetes
	RDMA     string              // resource of the network for it; "" where devices have ports of their own
	Chart    string              // accelerator type of llm-d's chart
	Driver   string              // compose: of the reservation of devices; "" where there is none
	Visible  string              // compose: the variable with the numbers of devices; "" where none is needed
	Files    []string            // devices of the host that a container needs beside
	Each     string              // device of the host for each, with its number; "" where a runtime adds them
	Mounts   []string            // paths of the host
	Images   map[string]string   // by engine, or by platform and engine
	Router   map[string][]string // in front of both roles, by engine; see deployment.router
	Source   string
}

var tables = sync.OnceValue(func() (t struct {
	Platform    []Platform
	Accelerator []accelerator
}) {
	meta, err := toml.Decode(string(assets.Platforms), &t)
	if err == nil && len(meta.Undecoded()) > 0 {
		err = fmt.Errorf("unknown key %s", meta.Undecoded()[0])
	}
	if err != nil {
		panic(fmt.Sprintf("platforms.toml: %v", err)) // part of the program
	}
	return t
})

// Platforms lists the platforms in the order of menus.
func Platforms() []Platform { return tables().Platform }

// Names lists the words of --manifest.
func Names() (names []string) {
	for _, p := range Platforms() {
		names = append(names, p.Name)
	}
	return names
}

// find gives the platform of a name; nil where there is none.
func find(name string) *Platform {
	for i := range Platforms() {
		if p := &Platforms()[i]; p.Name == name {
			return p
		}
	}
	return nil
}

// acceleratorOf is what pods call a profile's devices; nil where nothing is known.
func acceleratorOf(h *hw.Profile) *accelerator {
	all := tables().Accelerator
	for i := range all {
		a := &all[i]
		if strings.EqualFold(a.Vendor, h.Vendor) && (len(a.Profiles) == 0 ||
			slices.ContainsFunc(a.Profiles, func(p string) bool { return strings.HasPrefix(h.Name, p) })) {
			return a
		}
	}
	return nil
}

// engine is the serving engine that a platform starts for a request on a vendor's devices; nil where it starts none.
func (p *Platform) engine(serving plan.Serving, vendor string) *software.Engine {
	if serving != plan.AnyServing {
		if e := serving.Engine().On(vendor); slices.Contains(p.Engines, e.Name) {
			return e
		}
		return nil
	}
	if u := software.Usual(vendor); slices.Contains(p.Engines, u.Name) {
		return u
	}
	for _, e := range software.All() {
		if slices.Contains(p.Engines, e.Name) && (len(e.Vendors) == 0 || slices.Contains(e.Vendors, vendor)) {
			return e
		}
	}
	return nil
}

// Refusal is why a platform cannot serve a subject; its text names the nearest that can.
type Refusal struct{ Message message.Message }

func (r *Refusal) Error() string { return r.Message.String() }

// Check tells whether a platform can serve a subject, without writing it.
func Check(name string, s *Subject) *Refusal {
	_, _, refusal := s.instances(name)
	return refusal
}

// refuse says no, with the platforms that say yes.
func refuse(name string, s *Subject, why *misfit) *Refusal {
	var others []string
	for _, p := range Platforms() {
		if _, no := s.on(&p); p.Name != name && no == nil {
			others = append(others, p.Name)
		}
	}
	nearest := message.New("manifest.none")
	if len(others) > 0 {
		nearest = message.New("manifest.nearest", strings.Join(others, ", "))
	}
	return &Refusal{message.New("manifest."+why.key, append(why.args, nearest)...)}
}
