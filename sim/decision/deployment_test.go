package decision

import (
	"context"
	"math"
	"strings"
	"testing"

	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/sim/sweep"
)

// modes answers a searched split by a law each of the requests per second of the split and of the fleet beside it, each
// a fifth uncertain where banded.
func modes(split, fleet func(*plan.Request) float64, banded bool) sweep.Answer {
	return func(_ context.Context, q *plan.Request) (*report.Report, error) {
		row := func() report.Row {
			r := report.Row{Label: "s", Throughput: 100}
			if banded {
				r.ThroughputRange = &report.Interval{Low: 80, High: 120}
			}
			return r
		}
		s := &report.RatioSection{}
		if v, one := split(q), 1; v > 0 {
			s.Best = &report.Ratio{Prefill: row(), Decode: row(), PrefillQPS: v, DecodeQPS: v, PrefillInstances: &one,
				DecodeInstances: &one, SystemQPS: &v}
		}
		if v := fleet(q); v > 0 {
			s.Aggregated = &report.Versus{Row: row(), QPS: v / 2, Beside: &report.Versus{Row: row(), QPS: v / 2}}
		}
		return &report.Report{Request: q, Mode: plan.PDRatio, Devices: []report.Device{{Device: "X", PDRatio: s}}}, nil
	}
}

// Aggregated and apart change places where their laws meet, which is said beside by how much the one serves more.
func TestModesChangePlaces(t *testing.T) {
	q := asked()
	q.Mode, q.Profiles = plan.PDRatio, q.Profiles[:1]
	split := func(q *plan.Request) float64 { return 4 }
	fleet := func(q *plan.Request) float64 { return 10000 / float64(q.InputLength) } // 4 at 2,500 tokens
	for _, banded := range []bool{false, true} {
		a := modes(split, fleet, banded)
		out, err := Run(context.Background(), q, []Range{{knob(t, "input-length"), 1000, 8000}}, []sweep.Answer{a}, nil)
		if err != nil || len(out.Decisions) != 2 {
			t.Fatal(out, err)
		}
		d := out.Decisions[1]
		if d.Phase != Deployment || d.Now.Winner != "pd_ratio" || d.Now.Rival != "aggregation" || d.Now.Value != 6000 {
			t.Fatalf("%+v", d.Now)
		}
		c := d.lever(t, "input-length").Crossings
		if len(c) != 1 || math.Abs(c[0].At-2501) > 1 || c[0].Below != "aggregation" || c[0].Above != "pd_ratio" {
			t.Errorf("%+v", c)
		}
		got := says(d)
		for _, want := range []string{"the split serves 6000 tok/s now, aggregation 4286: +40.0%.",
			"the split wins unless input-length is below 250"} {
			if !strings.Contains(got, want) {
				t.Errorf("%q is not said:\n%s", want, got)
			}
		}
		// 4800 to 7200 against 3429 to 5143
		if overlap := strings.Contains(got, "intervals of both overlap"); overlap != banded {
			t.Errorf("said to overlap: %v, banded: %v", overlap, banded)
		}
	}
	out, err := Run(context.Background(), q, nil, []sweep.Answer{modes(split, func(*plan.Request) float64 { return 0 },
		false)}, nil)
	if err != nil || !strings.Contains(says(out.Decisions[1]), "aggregation meets no limits or memory") {
		t.Error(says(out.Decisions[1]), err)
	}
}
