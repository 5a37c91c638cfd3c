package field

import (
	"fathom/hw"
	"fathom/sim/model"
	"fathom/sim/plan"
)

// Catalog is what the caller knows: models, profiles and read files. Keys of Models and Lengths are names or paths as typed.
type Catalog struct {
	Models       map[string]*model.Model
	ModelNames   []string // listing order; names for completion and "did you mean"
	Profiles     map[string]*hw.Profile
	ProfileNames []string
	Lengths      map[string][]plan.Bin // length-distribution files that were read
	Failed       map[string]string     // a path or name that could not be loaded: the reason
}

// Facts are what the answers and the catalog together say about the question; zero where not yet known.
type Facts struct {
	ModeKnown bool
	Mode      plan.Mode
	Prefill   bool // the prefill phase (or an aggregated layout) is asked for
	Decode    bool
	Model     *model.Model // nil while unknown
	Profiles  []*hw.Profile
	MoE       bool
	Vision    bool
	MTPHeads  int
}

// Load is something that the caller has to read before the answers can be judged.
type Load struct {
	ID   ID
	Text string
}
