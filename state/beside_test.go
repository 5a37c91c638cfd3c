package state

import (
	"slices"
	"testing"

	"fathom/hw/message"
	"fathom/sim/report"
	"fathom/state/table"
)

// besideReport is the flagship run of both engines: one strategy alike, one at another batch, one of theirs only.
func besideReport(r *report.Report) *report.Report {
	theirs := candidate(8, 22, 1627.0, 1964.3, 13.4, 0)
	other := candidate(4, 12, 1500, 1934, 17, 0)
	ours := candidate(4, 12, 1515, 1934, 17, 41)
	alone := candidate(1, 3, 600, 1848, 38, 0)
	alone.Label = "TP=16 | PP=1 | DP=1"
	share := func(v float64) *float64 { return &v }
	best := r.Devices[0].Aggregation.Candidates[0]
	r.Engine = "both"
	r.Differences = []report.Difference{
		{Device: r.Devices[0].Device, Label: best.Label, Ours: &best, Theirs: &theirs, SameBatch: true,
			Throughput: share(.0101), TTFT: share(0), TPOT: share(-.0007)},
		{Device: r.Devices[0].Device, Label: ours.Label, Ours: &ours, Theirs: &other, SameBatch: true, Throughput: share(.01),
			TTFT: share(0), TPOT: share(0)},
		{Device: r.Devices[0].Device, Label: alone.Label, Theirs: &alone},
		{Device: "another", Label: best.Label, Ours: &best},
	}
	return r
}

func TestRowsBesideAnotherEngine(t *testing.T) {
	j := begin(t, Options{Answers: flagship()}).do(Accept)
	start := j.last("Start").(Start)
	j.send(Finished{Run: start.Run, Report: besideReport(flagshipReport(start.Request))}).pane(Showing)
	for _, id := range []table.ColumnID{table.ColTheirs, table.ColDiff, table.ColDiffTTFT, table.ColDiffTPOT} {
		if !slices.Contains(j.m.Results.Table.Columns, id) {
			t.Errorf("no column %s", table.Columns[id].Key)
		}
	}
	rows := j.m.Rows()
	if v, ok := rows[0].Value(table.ColTheirs); !ok || v != 1627 {
		t.Errorf("theirs: %v %v", v, ok)
	}
	if v, ok := rows[0].Value(table.ColDiff); !ok || v < 1.0099 || v > 1.0101 {
		t.Errorf("difference: %v per cent", v)
	}
	if v, ok := rows[1].Value(table.ColTheirBatch); !ok || v != 12 { // our best batch of that strategy is 14
		t.Errorf("their batch: %v %v", v, ok)
	}
	if _, ok := rows[3].Value(table.ColTheirs); ok {
		t.Error("a strategy that they do not have has a figure of theirs")
	}
	if b, ok := j.m.Beside(); !ok || b != (Beside{Common: 2, OnlyTheirs: 1, Largest: .0101}) {
		t.Errorf("%+v %v", b, ok)
	}
	// Among all points only the one at their batch is compared.
	j.do(AllPoints)
	compared := 0
	for _, r := range j.m.Rows() {
		if _, ok := r.Value(table.ColDiff); ok {
			compared++
		}
	}
	if compared != 1 { // the sample has no point at batch 12
		t.Errorf("%d points are compared", compared)
	}
	j.do(AllPoints, Filter).send(Typed{"diff>0.5"}).do(Accept)
	if got := j.labels(); got != "TP=8DP=1 TP=4DP=2" {
		t.Errorf("filtered by the difference: %s", got)
	}
}

// TestColumnsOfAnotherEngineOnlyWhereItRan, in the table and in the sort menu.
func TestColumnsOfAnotherEngineOnlyWhereItRan(t *testing.T) {
	j := results(t)
	if _, ok := j.m.Beside(); ok || slices.Contains(j.m.Results.Table.Columns, table.ColDiff) {
		t.Error("one engine is compared with nothing")
	}
	j.do(SortMenu)
	for _, i := range j.m.Overlay.Items {
		if i.Text == "column.diff" || i.Text == "column.cost" {
			t.Errorf("%s can be sorted by, but no row has one", i.Text)
		}
	}
}

// TestOurRowsOutliveTheOtherEngine: when it fails the pane says why, and the rows are in the history.
func TestOurRowsOutliveTheOtherEngine(t *testing.T) {
	j := begin(t, Options{Answers: flagship()}).do(Accept)
	start := j.last("Start").(Start)
	r := flagshipReport(start.Request)
	r.Engine, r.Partial = "both", true
	j.send(Finished{Run: start.Run, Report: r, Err: &report.Failure{Class: report.Environment,
		Message: message.Literal("no torch"),
		LogFile: "/x.log"}}).pane(Failing)
	if j.m.Failed.LogFile != "/x.log" || len(j.m.History) != 1 {
		t.Errorf("%+v, %d runs", j.m.Failed, len(j.m.History))
	}
	if j.do(HistoryMenu, Accept).pane(Showing); j.labels() != "TP=8DP=1 TP=4DP=2 TP=2DP=4 TP=1DP=8" {
		t.Error(j.labels())
	}
}
