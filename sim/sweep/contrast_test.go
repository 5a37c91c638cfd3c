package sweep

import (
	"testing"

	"fathom/sim/report"
)

// Disaggregation is held against the same devices without it at every place; neighbours with one verdict are one
// stretch, with the least and the most of its lead, and where intervals overlap neither is ahead.
func TestContrasts(t *testing.T) {
	r := &Result{Axes: []Axis{{Knob: &Knobs[0]}}}
	near := func(v float64) *report.Interval { return &report.Interval{Low: v * 0.9, High: v * 1.1} }
	for _, c := range []struct{ at, apart, together float64 }{
		{1000, 0, 0}, {2000, 100, 0}, {3000, 150, 100}, {4000, 200, 100}, {5000, 105, 100}, {6000, 50, 100}, {7000, 0, 100},
	} {
		r.Cells = append(r.Cells,
			Cell{At: []float64{c.at}, Device: "A", Phase: "pd_ratio", Throughput: c.apart, Interval: near(c.apart)},
			Cell{At: []float64{c.at}, Device: "A", Phase: "aggregation", Throughput: c.together, Interval: near(c.together)})
	}
	want := []struct {
		from, to float64
		winner   string
		alone    bool
		says     string
	}{
		{1000, 1000, "", false, "neither has an answer"},
		{2000, 2000, "pd_ratio", true, "disaggregation alone holds the limits"},
		{3000, 4000, "pd_ratio", false, "disaggregation serves more: disaggregation +50% to +100%, +23% to +144% over the intervals of both"},
		{5000, 5000, "", false,
			"neither is shown to serve more: disaggregation +5% to +5%, -14% to +28% over the intervals of both"},
		{6000, 6000, "aggregation", false,
			"aggregation serves more: disaggregation -50% to -50%, -59% to -39% over the intervals of both"},
		{7000, 7000, "aggregation", true, "aggregation alone holds the limits"},
	}
	got := r.Contrasts()
	if len(got) != len(want) {
		t.Fatalf("%+v", got)
	}
	for i, c := range got {
		w := want[i]
		if c.From != w.from || c.To != w.to || c.Winner != w.winner || c.Alone != w.alone || c.Says().String() != w.says {
			t.Errorf("got %+v: %s\nwant %+v", c, c.Says(), w)
		}
	}
	r.Cells = r.Cells[:1] // an aggregated plan has nothing to hold against
	if got := r.Contrasts(); got != nil {
		t.Errorf("%+v", got)
	}
}
