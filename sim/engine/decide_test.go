package engine

import (
	"context"
	"testing"

	"fathom/hw"
	"fathom/sim/decision"
	"fathom/sim/plan"
)

// On either side of every crossing a plan of its own has the winner that is said.
func TestCrossingsHoldInSinglePlans(t *testing.T) {
	rival := request(t, "Qwen/Qwen3-32B", flagship+" --device ATLAS_800_A2_376T_64G")
	p, err := hw.Find("ATLAS_800_A2_376T_64G")
	if err != nil {
		t.Fatal(err)
	}
	rival.Profiles = []*hw.Profile{request(t, "Qwen/Qwen3-32B", flagship).Profiles[0], p}
	rival.Prices = []plan.Price{{Device: rival.Profiles[0].Name, PerHour: 2}, {Device: p.Name, PerHour: 1.95}}
	for _, q := range []*plan.Request{request(t, "Qwen/Qwen3-32B", flagship), rival} {
		out, err := Decide(context.Background(), q, decision.Usual(q), nil)
		if err != nil {
			t.Fatal(err)
		}
		d, n := out.Decisions[0], 0
		for _, l := range d.Levers {
			for _, c := range l.Crossings {
				if l.Knob == nil {
					continue
				}
				n++
				step := (l.To - l.From) / 900
				if l.Knob.Whole() {
					step = 1
				}
				for at, want := range map[float64]string{c.At - step: c.Below, c.At: c.Above} {
					own := l.Knob.At(*q, at)
					rep, err := Embedded{}.Run(context.Background(), &own, nil)
					if err != nil {
						t.Fatal(err)
					}
					best, cost := "", 0.0
					for i := range rep.Devices {
						b := rep.Devices[i].Aggregation.Best
						switch {
						case b == nil:
						case len(rep.Devices) == 1:
							best = b.Label
						case best == "" || *b.CostPerMTok < cost:
							best, cost = rep.Devices[i].Device, *b.CostPerMTok
						}
					}
					if best != want {
						t.Errorf("%s at %g: %q wins, not %q", l.Knob.Name, at, best, want)
					}
				}
			}
		}
		if n == 0 {
			t.Error("nothing crosses: the test tests nothing")
		}
	}
}
