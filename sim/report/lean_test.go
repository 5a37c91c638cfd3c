package report

import "testing"

// A lean report answers the same with fewer rows: its best rows are its own, down to their figures.
func TestLeanReport(t *testing.T) {
	figures := []float64{1000, 20, 3}
	row := Row{Label: "TP=1", Throughput: 100, TTFT: &figures[0], TPOT: &figures[1], QPS: &figures[2]}
	s := &Section{Candidates: []Row{row}}
	s.Best = &s.Candidates[0]
	r := &Report{Devices: []Device{{Device: "A", Evaluated: 7, Points: make([]Row, 7), Aggregation: s}}}
	lean := r.Lean()
	d := &lean.Devices[0]
	if d.Points != nil || d.Evaluated != 7 || d.Aggregation.Best != &d.Aggregation.Candidates[0] {
		t.Fatalf("%+v", d)
	}
	best := d.Aggregation.Best
	if best.TTFT == &figures[0] || *best.TTFT != 1000 || *best.TPOT != 20 || *best.QPS != 3 || best.Throughput != 100 {
		t.Errorf("%+v", best)
	}
	if len(r.Devices[0].Points) != 7 || r.Devices[0].Aggregation.Best != &s.Candidates[0] {
		t.Error("the report itself has changed")
	}
}
