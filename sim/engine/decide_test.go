package engine

import (
	"context"
	"testing"

	"fathom/hw"
	"fathom/hw/unraced"
	"fathom/sim/decision"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/sim/sweep"
)

// On either side of every crossing a plan of its own has the winner that is said: of strategies, of prices, of played
// figures, of splits.
func TestCrossingsHoldInSinglePlans(t *testing.T) {
	unraced.Skip(t)
	against := func(name string, price float64) *plan.Request {
		q := request(t, "Qwen/Qwen3-32B", flagship)
		p, err := hw.Find(name)
		if err != nil {
			t.Fatal(err)
		}
		q.Profiles = append(q.Profiles[:1:1], p)
		q.Prices = []plan.Price{{Device: q.Profiles[0].Name, PerHour: 2}, {Device: p.Name, PerHour: price}}
		return q
	}
	split := against("ATLAS_800_A2_376T_64G", 1.3)
	split.Mode, split.Devices, split.PrefillDevices, split.DecodeDevices = plan.PDRatio, 16, 4, 8
	for _, q := range []*plan.Request{request(t, "Qwen/Qwen3-32B", flagship), against("ATLAS_800_A2_376T_64G", 1.95),
		against("H200_SXM", 14), split} {
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
						c := sweep.Best(&report.Report{Request: rep.Request, Mode: rep.Mode, Devices: rep.Devices[i : i+1]})[0]
						switch {
						case c.Label == "":
						case len(rep.Devices) == 1:
							best = c.Label
						case best == "" || *c.Cost < cost:
							best, cost = c.Device, *c.Cost
						}
					}
					if best != want {
						t.Errorf("%s at %g: %q wins, not %q", l.Knob.Name, at, best, want)
					}
				}
			}
		}
		if n == 0 {
			t.Errorf("nothing crosses on %d profiles, %s: the test tests nothing", len(q.Profiles), q.Mode)
		}
	}
}
