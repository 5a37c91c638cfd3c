package plan

import (
	"cmp"

	"fathom/hw"
	"fathom/sim/software"
)

// Serving is the software that runs the model, by its name in the table of engines: its scheduler and the time that it
// spends beside the devices.
type Serving string

// AnyServing is an engine that is not named.
const AnyServing Serving = ""

func (s Serving) String() string {
	if s == AnyServing {
		return "other"
	}
	return string(s)
}

// ParseServing finds the engine in its name or in a text that mentions it; AnyServing where none is known.
func ParseServing(text string) Serving {
	return ServingOf(cmp.Or(software.Find(text), software.In(text)))
}

// ServingOf names an engine of the table; nil is AnyServing.
func ServingOf(e *software.Engine) Serving {
	if e == nil {
		return AnyServing
	}
	return Serving(e.Name)
}

// Engine is what the table says; one that is not named is taken for the table's first.
func (s Serving) Engine() *software.Engine {
	if e := software.Find(string(s)); e != nil {
		return e
	}
	return software.Standard()
}

// On is the engine that is meant on a profile: the named one, or what is usual for the vendor's devices.
func (s Serving) On(p *hw.Profile) Serving {
	if s != AnyServing {
		return s
	}
	return ServingOf(software.Usual(p.Vendor))
}
