package state

import (
	"fmt"
	"slices"
	"testing"

	"fathom/sim/plan"
	"fathom/sim/report"

	"pgregory.net/rapid"
)

// phases is a disaggregated report whose two phases rank the strategies the other way round.
func phases(q *plan.Request, n int) *report.Report {
	r := &report.Report{Engine: embedded, Fidelity: "reference", Mode: plan.Disaggregation, Request: q}
	for device := range 2 {
		d := report.Device{Device: []string{a3, a2}[device], Prefill: &report.Section{}, Decode: &report.Section{}}
		for i := range n {
			at := func(p plan.Phase, v float64) report.Row {
				return report.Row{Phase: p, Label: fmt.Sprint("TP=", 1+i), Batch: 1, Throughput: v, Status: report.OK,
					Strategy: plan.Strategy{TP: 1 + i, PP: 1, DP: 1, DCP: 1}}
			}
			d.Prefill.Candidates = append(d.Prefill.Candidates, at(plan.PhasePrefill, float64(1000-i)))
			d.Decode.Candidates = append(d.Decode.Candidates, at(plan.PhaseDecode, float64(1+i)))
		}
		slices.Reverse(d.Decode.Candidates)
		d.Prefill.Best, d.Decode.Best = &d.Prefill.Candidates[0], &d.Decode.Candidates[0]
		d.Points = slices.Concat(d.Prefill.Candidates, d.Decode.Candidates)
		r.Devices = append(r.Devices, d)
	}
	return r
}

// phased is a session on the results of such a report.
func phased(t testing.TB, n int) *journey {
	j := results(t)
	j.m.Form.Dirty = false
	u := update{Model: j.m}
	u.History = slices.Clone(u.History)
	u.History[0].Reports = [NumVariants]*report.Report{Asked: phases(u.History[0].Request, n)}
	u.showRun(1)
	j.m = u.Model
	return j
}

// The other phase starts with its own best row in sight, whatever the first one showed where.
func TestAnotherTabStartsAtItsHeadline(t *testing.T) {
	j := phased(t, 12)
	j.send(Resized{Rows: 5, Lines: 5})
	j.do(NextPart)
	if rows := j.m.Rows(); !rows[0].Cursor || rows[0].Row != j.m.Headline().Row && rows[0].Row.Label != "TP=12" {
		t.Errorf("decode shows %s first, the headline is %s", rows[0].Row.Label, j.m.Headline().Row.Label)
	}
	j.do(PrevPart, Down, Down, NextPart) // gone to TP=3, which is tenth in decode
	item, _ := j.m.Selected()
	if item.Row.Label != "TP=3" || j.m.Results.Table.Top == 0 || j.m.BestPosition() != 0 {
		t.Errorf("a strategy that was gone to is kept: %s", item.Row.Label)
	}
	j.do(Best)
	if item, _ = j.m.Selected(); item.Row.Label != "TP=12" || j.m.Results.Table.Top != 0 {
		t.Errorf("the best row is one key away: %s", item.Row.Label)
	}
}

// While nobody moves the cursor it is on the headline's row, whatever is flipped, sorted or resized.
func TestTheCursorIsTheHeadlines(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		j := phased(t, 12)
		for range rapid.IntRange(1, 20).Draw(r, "steps") {
			if rapid.Bool().Draw(r, "resize") {
				j.send(Resized{Rows: rapid.IntRange(1, 20).Draw(r, "rows"), Lines: 5})
			}
			j.do(rapid.SampledFrom([]Action{NextDevice, NextPart, PrevPart, AllPoints, SortNext, Reverse, Best}).Draw(r, "do"))
			m := &j.m
			if t := &m.Results.Table; t.Cursor != m.BestPosition() {
				r.Fatalf("cursor %d, headline %d", t.Cursor, m.BestPosition())
			}
		}
	})
}
