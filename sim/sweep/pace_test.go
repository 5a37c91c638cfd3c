package sweep

import (
	"testing"

	"fathom/hw"
	"fathom/sim/plan"
)

// What is played plan by plan is said before it runs, with its devices; what closed forms answer is not.
func TestSlowSweepsAreSaid(t *testing.T) {
	device := func(name string) *hw.Profile {
		p, err := hw.Find(name)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	a3, h200 := device("ATLAS_800_A3_752T_128G_DIE"), device("H200_SXM")
	for _, c := range []struct {
		name     string
		profiles []*hw.Profile
		change   func(*plan.Request)
		sweep    string
		names    int
	}{
		{"reference", []*hw.Profile{a3}, nil, "input-length=512..32k:1000", 0},
		{"calibrated", []*hw.Profile{a3, h200}, nil, "input-length=512..32k:1000", 1},
		{"few", []*hw.Profile{a3, h200}, nil, "input-length=512..32k:3", 0},
		{"percentiles", []*hw.Profile{a3, h200}, func(r *plan.Request) { r.TTFTAt = plan.P99 }, "input-length=512..32k:50", 2},
		{"goodput", []*hw.Profile{a3}, nil, "goodput=0.5..0.9:40", 1},
		{"phases", []*hw.Profile{h200}, func(r *plan.Request) { r.Mode = plan.Disaggregation }, "input-length=512..32k:1000", 0},
	} {
		req := &plan.Request{Profiles: c.profiles, Devices: 8, InputLength: 3500, OutputLength: 1500, TTFTLimit: 2000,
			TPOTLimit: 50}
		if c.change != nil {
			c.change(req)
		}
		axes, err := Parse([]string{c.sweep}, req)
		if err != nil {
			t.Fatal(c.name, err)
		}
		m := Slow(req, axes)
		if m.IsZero() != (c.names == 0) {
			t.Errorf("%s: %v", c.name, m)
		} else if c.names > 0 && len(m.Args[1].([]string)) != c.names {
			t.Errorf("%s: %v", c.name, m)
		}
	}
}
