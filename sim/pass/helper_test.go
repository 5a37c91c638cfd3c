package pass

import (
	"testing"

	"fathom/hw"
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
	return Setup{Model: m, Profile: device(t, a3), Strategy: s, Quant: plan.Quant{Linear: plan.W8A8Dynamic},
		Options: plan.Options{Compile: true}}
}

// device is a built-in profile.
func device(t testing.TB, name string) *hw.Profile {
	d, err := hw.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// pricer is New that must succeed.
func pricer(t testing.TB, s Setup) *Pricer {
	p, err := New(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
