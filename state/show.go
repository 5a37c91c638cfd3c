package state

import (
	"slices"

	"fathom/sim/report"
	"fathom/state/table"
)

// keyOf is the sort of a table: of splits whose sizes were searched the requests per second of all instances come
// first, because one pair of them stands for nothing.
func (h *tableHabit) keyOf(t *table.Table) table.SortKey {
	if t.Counted() && !h.sorted[table.Ratios] {
		return table.SortKey{Column: table.ColSystem, Down: true}
	}
	return h.key(t.Kind)
}

// key is the sort of a kind of table: the user's, or the best first.
func (h *tableHabit) key(k table.Kind) table.SortKey {
	if h.sorted[k] {
		return h.sort[k]
	}
	best := [table.NumKinds]table.ColumnID{table.Points: table.ColThroughput, table.Ratios: table.ColBalanced,
		table.Crosses: table.ColThroughput}
	return table.SortKey{Column: best[k], Down: true}
}

// show makes the table of the present tab anew: same sort, same filter, and the cursor on the strategy that the user
// went to where it is there, else on the headline's row. The window starts as far up as that allows.
func (u *update) show() {
	r := &u.Results
	typing := r.Table.Filter.Typing
	ds := u.devices()
	if len(ds) == 0 {
		r.Table, r.Parts, r.Device = table.Table{}, nil, 0
		return
	}
	r.Device = max(0, min(r.Device, len(ds)-1))
	d := &ds[r.Device]
	r.Parts = table.Parts(d)
	if len(r.Parts) > 0 && !slices.Contains(r.Parts, r.Part) {
		r.Part = r.Parts[0]
	}
	r.Cross = r.Cross && len(ds) > 1
	if r.Cross {
		r.Table = table.OfProfiles(u.shown())
	} else {
		r.Table = u.tableOf(d)
	}
	if _, _, ok := u.Base(); ok && r.Table.Kind != table.Crosses {
		r.Table.Columns = slices.Insert(r.Table.Columns, 1, table.ColDelta)
	}
	r.Table.Filter.Typing = typing
	u.refilter(u.remembered.filter[r.Table.Kind])
	if r.Table.Cursor >= u.rows { // far down: with its neighbours on both sides
		r.Table.Top = r.Table.Cursor - u.rows/2
		r.Table.Clamp(u.rows)
	}
	r.limit = limited{}
	if best := bestOf(d, r.Part).Row; best != nil {
		r.limit = limitOf(best, d.Points) // once, for every frame asks
	}
	r.Measured.sum = u.sumUp()
	u.resetSplit()
}

// madeTable is a table of the report on screen as it was made, before filter and sort.
type madeTable struct {
	report *report.Report
	device *report.Device
	part   table.Part
	all    bool
	table  table.Table
}

// tableOf makes the table of a profile, or gives the one that was made when its tab was last open: a report never
// changes. Runs of the plan may come and go, so that a table with them is made each time.
func (u *update) tableOf(d *report.Device) table.Table {
	r := &u.Results
	runs := u.measuredRows()
	if runs != nil {
		return table.Of(u.shown(), d, r.Part, r.All, runs)
	}
	made := madeTable{report: u.shown(), device: d, part: r.Part, all: r.All}
	var kept []madeTable // a new slice, for an older model may share the present one
	for _, k := range r.made {
		if k.report != made.report {
			continue
		}
		if kept = append(kept, k); k.device == d && k.part == r.Part && k.all == r.All {
			k.table.Columns = slices.Clone(k.table.Columns)
			return k.table
		}
	}
	made.table = table.Of(made.report, d, r.Part, r.All, nil)
	r.made = append(kept, made)
	made.table.Columns = slices.Clone(made.table.Columns)
	return made.table
}

// refilter filters and sorts the table on screen.
func (u *update) refilter(text string) {
	t := &u.Results.Table
	u.remembered.filter[t.Kind] = text
	t.FilterBy(text)
	t.SortBy(u.remembered.keyOf(t), u.delta())
	t.Cursor = u.place()
	t.Clamp(u.rows)
}

// place is where the cursor belongs in a table that was made, sorted or filtered anew.
func (u *update) place() int {
	t := &u.Results.Table
	u.Results.best = u.seekBest()
	if at := t.Find(u.Results.chosen[t.Kind]); at >= 0 {
		return at
	}
	return max(0, u.Results.best)
}

// went notes that the user has moved the cursor: other tabs and runs look for the same strategy then. On the headline's
// row the cursor follows the headline again.
func (u *update) went() {
	t := &u.Results.Table
	item, ok := t.At(t.Cursor)
	if !ok || t.Cursor == u.BestPosition() {
		item = table.Item{}
	}
	u.Results.chosen[t.Kind] = item
}

// BestPosition is where the row of the headline stands in the table on screen, -1 where it is not in it.
func (m *Model) BestPosition() int {
	if m.Pane == Running || m.device() == nil {
		return -1
	}
	return m.Results.best
}

// seekBest looks the headline's row up, row by row: once for each order of the table, since every frame asks.
func (m *Model) seekBest() int {
	t := &m.Results.Table
	var want table.Item
	switch d := m.device(); {
	case d == nil:
		return -1
	case t.Kind == table.Crosses:
		want = table.Item{Cross: m.bestProfile()}
	default:
		want = bestOf(d, m.Results.Part)
	}
	if want == (table.Item{}) {
		return -1
	}
	at := t.Find(want)
	if got, ok := t.At(at); !ok || !got.Same(want) {
		return -1
	}
	return at
}

// bestProfile is the line of the comparison that serves most, nil where none has an answer.
func (m *Model) bestProfile() *report.Cross {
	var best *report.Cross
	for i, c := range m.Report().Cross {
		if (c.Row != nil || c.Ratio != nil) && (best == nil || c.Throughput > best.Throughput) {
			best = &m.Report().Cross[i]
		}
	}
	return best
}
