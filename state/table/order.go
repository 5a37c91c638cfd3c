package table

import (
	"fathom/sim/report"
	"iter"
)

// Len is the number of rows that the filter lets through.
func (t *Table) Len() int { return len(t.Order) }

// Size is the number of rows before the filter.
func (t *Table) Size() int { return t.source.size() }

// At gives the row at a position of the order.
func (t *Table) At(position int) (Item, bool) {
	if position < 0 || position >= len(t.Order) {
		return Item{}, false
	}
	return t.source.at(t.Order[position]), true
}

// Counted reports whether the rows are pairs with their numbers of instances: of splits whose sizes were searched.
func (t *Table) Counted() bool {
	r := t.source.ratios
	return t.Kind == Ratios && len(r) > 0 && r[0].Transfer != nil && r[0].Transfer.Counted
}

// Unfiltered gives every row, those that the filter hides too.
func (t *Table) Unfiltered() iter.Seq[Item] {
	return func(yield func(Item) bool) {
		for _, at := range t.source.all() {
			if !yield(t.source.at(at)) {
				return
			}
		}
	}
}

// Clamp puts the cursor back into the order and the order's window around the cursor.
func (t *Table) Clamp(rows int) {
	t.Cursor = max(0, min(t.Cursor, len(t.Order)-1))
	rows = max(1, rows)
	switch {
	case t.Cursor < t.Top:
		t.Top = t.Cursor
	case t.Cursor >= t.Top+rows:
		t.Top = t.Cursor - rows + 1
	}
	t.Top = max(0, min(t.Top, len(t.Order)-rows))
}

// Find gives the position of a row in the order: the very row, else the same strategy; -1 where neither is there.
func (t *Table) Find(want Item) int {
	if t.Kind == Points {
		return t.findPoint(want.Row)
	}
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
			if got.Same(want) {
				return i
			}
			if same && near < 0 {
				near = i
			}
		}
	}
	return near
}

// findPoint is Find among points, of which there may be very many.
func (t *Table) findPoint(want *report.Row) int {
	near := -1
	if want == nil {
		return near
	}
	for i, at := range t.Order {
		got := &t.source.points[at]
		if near >= 0 && got.Batch != want.Batch || got.Label != want.Label {
			continue
		}
		if samePoint(got, want) {
			return i
		}
		if near < 0 {
			near = i
		}
	}
	return near
}

// samePoint reports whether two rows are one point: the same strategy, batch and budget.
func samePoint(a, b *report.Row) bool {
	return a.Label == b.Label && a.Batch == b.Batch && a.MaxBatched == b.MaxBatched
}

// Same reports whether two items are one point, or one pair of points.
func (i Item) Same(o Item) bool {
	switch {
	case i.Cross != nil || o.Cross != nil:
		return i.Cross != nil && o.Cross != nil && i.Cross.Device == o.Cross.Device
	case i.Ratio != nil || o.Ratio != nil:
		return i.Ratio != nil && o.Ratio != nil && samePoint(&i.Ratio.Prefill, &o.Ratio.Prefill) &&
			samePoint(&i.Ratio.Decode, &o.Ratio.Decode)
	}
	return i.Row != nil && o.Row != nil && samePoint(i.Row, o.Row)
}
