package pass

import (
	"testing"

	"fathom/sim/model"
	"fathom/sim/plan"
)

const a3 = "ATLAS_800_A3_752T_128G_DIE"

// setup is a compiled W8A8 pass on A3 dies, the layout of most worked examples.
func setup(t testing.TB, name string, s plan.Strategy) Setup {
	m, err := model.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	return Setup{Model: m, Profile: profiles[a3], Strategy: s, Quant: plan.Quant{Linear: plan.W8A8Dynamic},
		Options: plan.Options{Compile: true}}
}
