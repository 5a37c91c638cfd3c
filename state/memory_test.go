package state

import (
	"strings"
	"testing"

	"fathom/state/field"
	"fathom/state/table"
)

func reopen2(t *testing.T, m *Model) Memory {
	t.Helper()
	data, err := m.Memory().Encode()
	if err != nil {
		t.Fatal(err)
	}
	out, err := DecodeMemory(data)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestMemoryBringsBackHabitsAndRunsNothing(t *testing.T) {
	j := results(t).do(AllPoints, DetailOps, Theme, Mouse)
	j.send(Click{Target{TargetColumn, 2}})
	j.m.Settings.Theme = "mono"
	column := j.m.Results.Table.Sort
	k := begin(t, Options{Memory: reopen2(t, &j.m)}).pane(Editing)
	if len(k.all) != 0 {
		t.Fatalf("restoring did something: %v", k.all)
	}
	if !k.m.Results.All || k.m.Results.Detail != OpsTab || k.m.Settings.Theme != "mono" || !k.m.Settings.Mouse {
		t.Errorf("%+v", k.m.Settings)
	}
	if got := k.m.remembered.key(table.Points); got != column {
		t.Errorf("sorted by %+v, want %+v", got, column)
	}
	k.do(HistoryMenu)
	if len(k.m.Overlay.Items) != 1 || k.m.Overlay.Items[0].Index != -1 {
		t.Fatalf("%+v", k.m.Overlay.Items)
	}
	k.do(Accept).pane(Editing)
	if a := k.m.Form.Answers[field.TTFT]; a.Text != "2000" || a.Source != field.PastRun {
		t.Errorf("%+v", a)
	}
}

func TestMemoryDoesNotGrowForEver(t *testing.T) {
	var m Memory
	j := results(t)
	for range 60 {
		j.m.History = append(j.m.History, j.m.History[0])
	}
	m = reopen2(t, &j.m)
	if len(m.Runs) != mostRuns {
		t.Errorf("%d runs", len(m.Runs))
	}
}

func TestDamagedMemory(t *testing.T) {
	for _, bad := range []string{"", "{", "[]", `{"version":99}`, `{"version":1,"answers":3}`} {
		if _, err := DecodeMemory([]byte(bad)); err == nil || !strings.HasPrefix(err.Error(), "session memory") {
			t.Errorf("%q: %v", bad, err)
		}
	}
	m, err := DecodeMemory([]byte(`{"version":1,"detail":"no such","sort":{"points":{"column":"no such"},"nowhere":{}},
		"answers":{"no_such":{"text":"1","source":"you"},"model":{"text":"a\u001b[2Jb","source":"no such"},"num_devices":{"text":"8\u0007","source":"you"}}}`))
	if err != nil {
		t.Fatal(err)
	}
	j := begin(t, Options{Memory: m})
	if j.m.Previous[field.Model].Given() || j.m.Previous[field.DeviceCount].Text != "8" {
		t.Errorf("%+v", j.m.Previous[field.DeviceCount])
	}
}

func FuzzDecodeMemory(f *testing.F) {
	f.Add([]byte(`{"version":1,"runs":[{"answers":{"model":{"text":"x","source":"you"}}}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := DecodeMemory(data)
		if err != nil {
			return
		}
		j := begin(t, Options{Memory: m})
		j.do(Reuse, HistoryMenu, Accept)
	})
}
