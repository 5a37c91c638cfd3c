package state

import (
	"reflect"
	"slices"

	"fathom/state/table"
)

// failing is what tests and rapid have in common.
type failing interface {
	Helper()
	Fatalf(format string, args ...any)
}

// checkKept fails where what is kept between frames is not what would be worked out now.
func checkKept(t failing, m *Model) {
	t.Helper()
	r, d := &m.Results, m.device()
	if m.Pane != Showing || d == nil {
		return
	}
	best := bestOf(d, r.Part).Row
	var limit limited
	if best != nil {
		limit = limitOf(best, d.Points)
	}
	if !reflect.DeepEqual(r.limit, limit) {
		t.Fatalf("what limits the best row is kept as %+v", r.limit)
	}
	if r.Cross {
		return
	}
	fresh := table.Of(m.shown(), d, r.Part, r.All, m.measuredRows())
	shown := slices.DeleteFunc(slices.Clone(r.Table.Columns), func(id table.ColumnID) bool { return id == table.ColDelta })
	if !slices.Equal(shown, fresh.Columns) || r.Table.Size() != fresh.Size() || r.Table.Kind != fresh.Kind {
		t.Fatalf("a table of %d rows with columns %v is kept, it has %d with %v", r.Table.Size(), shown, fresh.Size(),
			fresh.Columns)
	}
}

// check is what holds of every model, whatever happened before.
func check(t failing, m *Model) {
	t.Helper()
	for _, table := range []*table.Table{&m.Results.Table, &m.Live.Table} {
		n := len(table.Order)
		if table.Cursor < 0 || n > 0 && table.Cursor >= n || table.Top < 0 || table.Top > table.Cursor {
			t.Fatalf("cursor %d, top %d of %d rows", table.Cursor, table.Top, n)
		}
		sorted := slices.Clone(table.Order)
		slices.Sort(sorted)
		if len(slices.Compact(sorted)) != n || n > table.Size() {
			t.Fatalf("the order names a row twice: %v", table.Order)
		}
	}
	if r := &m.Results; m.Pane == Showing && m.device() != nil && r.best != m.seekBest() {
		t.Fatalf("the headline's row is said to stand at %d of the table, it stands at %d", r.best, m.seekBest())
	}
	checkKept(t, m)
	f := &m.Form
	if len(f.Lines) == 0 || f.Cursor < 0 || f.Cursor >= len(f.Lines) {
		t.Fatalf("form cursor %d of %d lines", f.Cursor, len(f.Lines))
	}
	focused := 0
	for i, l := range f.Lines {
		if l.Focused {
			focused++
			if i != f.Cursor {
				t.Fatalf("line %d is focused, the cursor is on %d", i, f.Cursor)
			}
		}
	}
	if focused != 1 {
		t.Fatalf("%d lines of the form are focused (focus %s, fold %v)", focused, f.Focus, f.OnFold)
	}
	if r := &m.Results; r.Device < 0 || m.Pane == Showing && (m.current() == nil || r.Device >= max(1, len(m.devices()))) {
		t.Fatalf("device %d of run %d", r.Device, r.Run)
	}
	if o := &m.Overlay; o.Cursor < 0 || len(o.Items) > 0 && o.Cursor >= len(o.Items) || o.Top < 0 {
		t.Fatalf("overlay cursor %d of %d", o.Cursor, len(o.Items))
	}
	if w := &m.Results.WhatIf; m.Results.Focus == OnHeader && w.Cursor >= len(w.Items) {
		t.Fatalf("knob %d of %d", w.Cursor, len(w.Items))
	}
}
