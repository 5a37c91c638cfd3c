package state

import "testing"

func TestOldRunsLetGoOfTheirPoints(t *testing.T) {
	j := results(t)
	report := many(mostKept/2, nil)
	for range 4 {
		j.do(Back, Accept)
		j.send(Finished{Run: j.m.lastRun, Report: report}).pane(Showing)
	}
	whole := 0
	for i := range j.m.History {
		e := &j.m.History[i]
		if held(e.Reports[Asked]) > 0 {
			whole++
		}
		if len(e.Reports[Asked].Devices[0].Aggregation.Candidates) != 4 {
			t.Errorf("run %d lost its candidates", e.Run)
		}
	}
	if whole < 2 || whole > 3 || held(j.m.Report()) == 0 {
		t.Errorf("%d of %d runs are whole", whole, len(j.m.History))
	}
	if held(report) == 0 {
		t.Error("the report itself is never changed")
	}
}

func TestHistoryIsBounded(t *testing.T) {
	j := results(t).do(Pin)
	u := update{Model: j.m}
	for range mostEntries + 50 {
		u.lastRun++
		u.addEntry(Entry{Run: u.lastRun}, u.History[0].Reports[Asked])
		u.visit(u.lastRun)
	}
	if len(u.History) != mostEntries || u.Entry(1) == nil || u.Entry(2) != nil {
		t.Errorf("%d entries; the pinned one stays", len(u.History))
	}
	for _, run := range u.trail.back {
		if u.Entry(run) == nil {
			t.Fatalf("undo leads to run %d, which is gone", run)
		}
	}
}
