package state

import (
	"fmt"
	"testing"

	"fathom/state/field"

	"pgregory.net/rapid"
)

// Dashboards that write to the same file lose neither a run nor a habit of each other, in whatever order they write.
func TestMergedMemoriesLoseNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const sessions = 3
		disk := Memory{Version: memoryVersion, Theme: "auto", Runs: []RunMemo{{Best: "old", Throughput: 1}}}
		var mine, base [sessions]Memory
		for i := range sessions {
			mine[i], base[i] = disk, disk
		}
		names := map[string]string{} // of every run, as it was named last
		theme := disk.Theme
		for range rapid.IntRange(1, 14).Draw(t, "steps") {
			i := rapid.IntRange(0, sessions-1).Draw(t, "session")
			m := &mine[i]
			m.Runs = append([]RunMemo(nil), m.Runs...)
			switch rapid.SampledFrom([]string{"run", "name", "theme", "nothing"}).Draw(t, "step") {
			case "run":
				id := fmt.Sprintf("%d-%d", i, len(m.Runs))
				m.Runs = append(m.Runs, RunMemo{ID: id, Answers: memos(&field.Answers{}, true)})
				names[id] = ""
			case "name":
				if r := &m.Runs[len(m.Runs)-1]; r.ID != "" {
					r.Name += "x"
					names[r.ID] = r.Name
				}
			case "theme":
				m.Theme += "+"
				theme = m.Theme
			}
			disk = m.Merge(disk, base[i])
			base[i] = *m
			if disk.Theme != theme {
				t.Fatalf("theme %q, last chosen %q", disk.Theme, theme)
			}
		}
		got := map[string]string{}
		old := 0
		for _, r := range disk.Runs {
			if r.ID == "" {
				old++
				continue
			}
			if _, twice := got[r.ID]; twice {
				t.Fatalf("run %s stands there twice", r.ID)
			}
			got[r.ID] = r.Name
		}
		if old != 1 || fmt.Sprint(got) != fmt.Sprint(names) {
			t.Fatalf("%d old runs, %v, want %v", old, got, names)
		}
	})
}

func TestMergeKeepsTheNewest(t *testing.T) {
	disk := Memory{Version: memoryVersion}
	for n := range mostRuns {
		disk.Runs = append(disk.Runs, RunMemo{ID: fmt.Sprint("a-", n)})
	}
	m := Memory{Version: memoryVersion, Runs: []RunMemo{{ID: "b-1"}}}
	if out := m.Merge(disk, Memory{}).Runs; len(out) != mostRuns || out[mostRuns-1].ID != "b-1" || out[0].ID != "a-1" {
		t.Errorf("%d runs from %s to %s", len(out), out[0].ID, out[len(out)-1].ID)
	}
}

// That nothing can be remembered is said once, and again where the history is looked at.
func TestNotKeptIsSaidOnce(t *testing.T) {
	j := results(t)
	j.send(NotKept{Path: "/s", Err: fmt.Errorf("read-only file system")})
	if j.m.Notice.Key != "not-kept" || !j.m.Notice.Bad {
		t.Errorf("%+v", j.m.Notice)
	}
	j.do(Down)
	j.send(NotKept{Path: "/s", Err: fmt.Errorf("read-only file system")})
	if j.m.Notice.Key != "" {
		t.Errorf("said again: %+v", j.m.Notice)
	}
	j.do(HistoryMenu)
	if j.m.Notice.Key != "not-kept" || j.m.Overlay.Kind != HistoryOverlay {
		t.Errorf("in the history: %+v", j.m.Notice)
	}
}
