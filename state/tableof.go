package state

import (
	"slices"

	"fathom/sim/plan"
	"fathom/sim/report"
)

// newTable makes the table of one part of a profile: its candidates, every point of its phase, or its pairs of shapes.
func newTable(r *report.Report, d *report.Device, p Part, all bool, runs map[layout]*MeasuredRun) Table {
	var t Table
	t.source.measured = runs
	t.source.others = besideOf(r, d.Device, all && p != PartRatio)
	switch {
	case p == PartRatio:
		t.Kind = Ratios
		if d.PDRatio != nil {
			t.source.ratios = d.PDRatio.Candidates
		}
	case all && len(d.Points) > 0:
		t.source.points, t.source.whole = d.Points, true
		t.source.picked = ofPhase(d.Points, p.Phase())
	default:
		if s := d.Section(p.Phase()); s != nil {
			t.source.points = s.Candidates
		}
	}
	t.Order = t.source.all()
	t.Columns = tellingColumns(&t, p, all)
	return t
}

// crossTable makes the hardware comparison. A profile without an answer has a line too, one without figures: that it is
// out is an answer.
func crossTable(r *report.Report) Table {
	t := Table{Kind: Crosses, source: source{cross: crossLines(r)}}
	t.Order = t.source.all()
	t.Columns = tellingColumns(&t, PartAggregation, false)
	return t
}

// crossLines are the report's lines, and behind them the profiles that have none.
func crossLines(r *report.Report) []report.Cross {
	out := slices.Clone(r.Cross)
	for i := range r.Devices {
		name := r.Devices[i].Device
		if !slices.ContainsFunc(r.Cross, func(c report.Cross) bool { return c.Device == name }) {
			out = append(out, report.Cross{Device: name})
		}
	}
	return out
}

// ofPhase picks the points of a phase; nil where all are of it.
func ofPhase(points []report.Row, phase plan.Phase) []int32 {
	picked := make([]int32, 0, len(points))
	for i := range points {
		if points[i].Phase == phase {
			picked = append(picked, int32(i))
		}
	}
	if len(picked) == len(points) {
		return nil
	}
	return picked
}

// tellingColumns lists the columns that say something about these rows: the main ones, and of the others those whose
// values differ. The rows are gone through once, until no column is in doubt.
func tellingColumns(t *Table, p Part, all bool) []ColumnID {
	type doubt struct {
		id      ColumnID
		settled func(c *Column, first, i Item) bool // by this row
	}
	var doubts []doubt
	var out []ColumnID
	var open [NumColumns]int // doubts of a column
	for id := range NumColumns {
		c := &Columns[id]
		if !c.Kinds[t.Kind] || id == ColDelta || id == ColTTFT && p == PartDecode || id == ColTPOT && p == PartPrefill {
			continue
		}
		out = append(out, id)
		if t.Kind == Crosses || c.IfKnown {
			doubts = append(doubts, doubt{id, says})
			open[id]++
		}
		if id == ColStatus && !all || !c.IfKnown && c.Priority >= optional {
			doubts = append(doubts, doubt{id, varies})
			open[id]++
		}
	}
	var first Item
	for k, at := range t.Order {
		if len(doubts) == 0 {
			break
		}
		item := t.source.at(at)
		if k == 0 {
			first = item
		}
		doubts = slices.DeleteFunc(doubts, func(d doubt) bool {
			if !d.settled(&Columns[d.id], first, item) {
				return false
			}
			open[d.id]--
			return true
		})
	}
	out = slices.DeleteFunc(out, func(id ColumnID) bool { return open[id] > 0 })
	if t.Kind == Crosses { // the profile's name comes first there
		at := slices.Index(out, ColDevice)
		out = slices.Insert(slices.Delete(out, at, at+1), 0, ColDevice)
		if at := slices.Index(out, ColPhase); at > 0 {
			out = slices.Insert(slices.Delete(out, at, at+1), 1, ColPhase)
		}
	}
	return out
}

// optional is the priority from which a column has to earn its place.
const optional = 8

// says reports whether a row has a value or a word in a column.
func says(c *Column, _, i Item) bool {
	if c.Number == nil {
		return c.Text(i) != ""
	}
	_, ok := c.Number(i)
	return ok
}

// varies reports whether a row has another value than the first one.
func varies(c *Column, first, i Item) bool {
	if c.Number == nil {
		return c.Text(i) != c.Text(first)
	}
	v, has := c.Number(i)
	w, had := c.Number(first)
	return v != w || has != had
}

// keyOf is the sort of a table: of splits whose sizes were searched the requests per second of all instances come
// first, because one pair of them stands for nothing.
func (h *tableHabit) keyOf(t *Table) SortKey {
	if r := t.source.ratios; t.Kind == Ratios && !h.sorted[Ratios] && len(r) > 0 && r[0].Transfer != nil &&
		r[0].Transfer.Counted {
		return SortKey{ColSystem, true}
	}
	return h.key(t.Kind)
}

// key is the sort of a kind of table: the user's, or the best first.
func (h *tableHabit) key(k TableKind) SortKey {
	if h.sorted[k] {
		return h.sort[k]
	}
	return SortKey{[NumTableKinds]ColumnID{Points: ColThroughput, Ratios: ColBalanced, Crosses: ColThroughput}[k], true}
}

// show makes the table of the present tab anew: same sort, same filter, and the cursor on the strategy that the user
// went to where it is there, else on the headline's row. The window starts as far up as that allows.
func (u *update) show() {
	r := &u.Results
	typing := r.Table.Filter.Typing
	ds := u.devices()
	if len(ds) == 0 {
		r.Table, r.Parts, r.Device = Table{}, nil, 0
		return
	}
	r.Device = max(0, min(r.Device, len(ds)-1))
	d := &ds[r.Device]
	r.Parts = parts(d)
	if len(r.Parts) > 0 && !slices.Contains(r.Parts, r.Part) {
		r.Part = r.Parts[0]
	}
	r.Cross = r.Cross && len(ds) > 1
	if r.Cross {
		r.Table = crossTable(u.shown())
	} else {
		r.Table = newTable(u.shown(), d, r.Part, r.All, u.measuredRows())
	}
	if _, _, ok := u.Base(); ok && r.Table.Kind != Crosses {
		r.Table.Columns = slices.Insert(r.Table.Columns, 1, ColDelta)
	}
	r.Table.Filter.Typing = typing
	u.refilter(u.remembered.filter[r.Table.Kind])
	if r.Table.Cursor >= u.rows { // far down: with its neighbours on both sides
		r.Table.Top = r.Table.Cursor - u.rows/2
		r.Table.clamp(u.rows)
	}
	r.Measured.sum = u.sumUp()
	u.resetSplit()
}

// refilter filters and sorts the table on screen.
func (u *update) refilter(text string) {
	t := &u.Results.Table
	u.remembered.filter[t.Kind] = text
	t.filterBy(text)
	t.sortBy(u.remembered.keyOf(t), u.delta())
	t.Cursor = u.place()
	t.clamp(u.rows)
}

// place is where the cursor belongs in a table that was made, sorted or filtered anew.
func (u *update) place() int {
	t := &u.Results.Table
	if at := t.find(u.Results.chosen[t.Kind]); at >= 0 {
		return at
	}
	return max(0, u.BestPosition())
}

// went notes that the user has moved the cursor: other tabs and runs look for the same strategy then. On the headline's
// row the cursor follows the headline again.
func (u *update) went() {
	t := &u.Results.Table
	item, ok := t.At(t.Cursor)
	if !ok || t.Cursor == u.BestPosition() {
		item = Item{}
	}
	u.Results.chosen[t.Kind] = item
}

// BestPosition is where the row of the headline stands in the table on screen, -1 where it is not in it.
func (m *Model) BestPosition() int {
	t := m.table()
	var want Item
	switch d := m.device(); {
	case m.Pane == Running || d == nil:
		return -1
	case t.Kind == Crosses:
		want = Item{Cross: m.bestProfile()}
	default:
		want = bestOf(d, m.Results.Part)
	}
	if want == (Item{}) {
		return -1
	}
	at := t.find(want)
	if got, ok := t.At(at); !ok || !got.same(want) {
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

// find gives the position of a row in the order: the very row, else the same strategy; -1 where neither is there.
func (t *Table) find(want Item) int {
	near := -1
	for i, at := range t.Order {
		switch got := t.source.at(at); {
		case got.Cross != nil && want.Cross != nil:
			if got.Cross.Device == want.Cross.Device {
				return i
			}
		case got.Cross != nil || want.Cross != nil:
		case got.Ratio != nil && want.Ratio != nil:
			same := got.Ratio.Prefill.Label == want.Ratio.Prefill.Label && got.Ratio.Decode.Label == want.Ratio.Decode.Label
			if got.same(want) {
				return i
			}
			if same && near < 0 {
				near = i
			}
		case got.Row != nil && want.Row != nil && got.Row.Label == want.Row.Label:
			if got.same(want) {
				return i
			}
			if near < 0 {
				near = i
			}
		}
	}
	return near
}

// same reports whether two items are one point, or one pair of points.
func (i Item) same(o Item) bool {
	point := func(a, b *report.Row) bool {
		return a.Label == b.Label && a.Batch == b.Batch && a.MaxBatched == b.MaxBatched
	}
	switch {
	case i.Cross != nil || o.Cross != nil:
		return i.Cross != nil && o.Cross != nil && i.Cross.Device == o.Cross.Device
	case i.Ratio != nil || o.Ratio != nil:
		return i.Ratio != nil && o.Ratio != nil && point(&i.Ratio.Prefill, &o.Ratio.Prefill) &&
			point(&i.Ratio.Decode, &o.Ratio.Decode)
	}
	return i.Row != nil && o.Row != nil && point(i.Row, o.Row)
}
