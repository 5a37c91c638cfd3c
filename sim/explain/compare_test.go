package explain

import (
	"testing"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/report"
)

// A device of twice the figures may serve twice as much; more than every figure wants a reason, and a change of
// strategy is one.
func TestCompare(t *testing.T) {
	a, err := hw.Find("H100_SXM")
	if err != nil {
		t.Fatal(err)
	}
	b := *a
	b.MemoryBandwidth *= 2
	row := func(throughput float64, label string) report.Row {
		return report.Row{Throughput: throughput, Label: label, Batch: 8}
	}
	for _, c := range []struct {
		throughput float64
		label      string
		want       Verdict
		key        string
	}{
		{1900, "TP=8", Reasonable, "explain.grade.ratio"},
		{4000, "TP=4", Partly, "explain.grade.ratiostrategy"},
		{4000, "TP=8", Suspicious, "explain.grade.ratiosame"},
		{500, "TP=8", Suspicious, "explain.grade.ratiosame"},
		{0, "TP=8", Insufficient, "explain.grade.noratio"},
	} {
		g := Compare(row(1000, "TP=8"), row(c.throughput, c.label), a, &b)
		if g.Verdict != c.want || len(g.Reasons) != 1 || g.Reasons[0].Key != c.key {
			t.Errorf("%g tok/s with %s: %v %+v", c.throughput, c.label, g.Verdict, g.Reasons)
		}
		all := Grade{Verdict: Partly, Reasons: []message.Message{{Key: "x"}}}.With(g)
		if all.Verdict != max(Partly, c.want) || len(all.Reasons) != 2 {
			t.Errorf("joined: %+v", all)
		}
	}
}
