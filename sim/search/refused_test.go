package search

import (
	"strings"
	"testing"

	"fathom/sim/plan"
	"fathom/sim/report"
)

// What the engine does not start is in all points with its figures and never best, under corrected figures; asked for,
// it is; under the reference tool's it stays and says so.
func TestRefusedIsNotBest(t *testing.T) {
	ask := func(f plan.Fidelity, allow bool) *report.Device {
		req := question()
		req.Devices, req.TP, req.Fidelity, req.AllowRefused, req.BatchMax = 24, sizes(3, 8), f, allow, 8
		req.PP = sizes(1)
		return &answer(t, req, pricer(64)).Devices[0]
	}
	labels := func(d *report.Device) (out []string) {
		for _, c := range d.Aggregation.Candidates {
			out = append(out, c.Label[:4])
		}
		return out
	}
	d := ask(plan.Corrected, false)
	if got := labels(d); len(got) != 1 || got[0] != "TP=8" {
		t.Errorf("candidates %v", got)
	}
	n := 0
	for _, r := range d.Points {
		if r.Strategy.TP != 3 {
			continue
		}
		n++
		if r.Status != report.Engine || r.Throughput <= 0 || r.Pareto ||
			!strings.HasPrefix(r.Reason.String(), "vLLM refuses: TP 3 does not divide 64 query heads") {
			t.Fatalf("%+v", r)
		}
	}
	if n == 0 || d.Counts.Engine != n || len(d.Notes) == 0 ||
		!strings.HasPrefix(d.Notes[0].String(), "strategies that vLLM does not start: 1 of 2; none of them is best") {
		t.Errorf("%d points, counts %+v, notes %q", n, d.Counts, d.Notes)
	}
	for _, o := range d.Outcomes {
		if refused := strings.HasPrefix(o.Label, "TP=3"); refused != (o.End == report.Refused) {
			t.Errorf("%+v", o)
		}
	}
	for name, d := range map[string]*report.Device{"asked for": ask(plan.Corrected, true),
		"reference": ask(plan.Reference, false)} {
		if got := labels(d); len(got) != 2 {
			t.Errorf("%s: candidates %v", name, got)
		}
		for _, c := range d.Aggregation.Candidates {
			if refused := c.Strategy.TP == 3; c.Status != report.OK ||
				refused != strings.Contains(c.Reason.String(), "refuses") {
				t.Errorf("%s: %s: %s %q", name, c.Label, c.Status, c.Reason)
			}
		}
		if d.Counts.Engine != 0 {
			t.Errorf("%s: counts %+v", name, d.Counts)
		}
	}
}

// Where only refused layouts meet the limits, the answer is none, and says what would admit them.
func TestNothingButRefused(t *testing.T) {
	req := question()
	req.Devices, req.TP, req.PP, req.Fidelity, req.BatchMax = 3, sizes(3), sizes(1), plan.Corrected, 4
	d := answer(t, req, pricer(64)).Devices[0]
	if d.Aggregation.Best != nil || len(d.Nearest) == 0 ||
		d.Nearest[len(d.Nearest)-1].Relax.String() != "--allow-refused" {
		t.Errorf("best %v, nearest %+v", d.Aggregation.Best, d.Nearest)
	}
}
