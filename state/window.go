package state

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

// Window gives at most n rows from position first on, with what the table and the marks know about them. It costs as
// many steps as rows: a view never touches an unseen one.
func (m *Model) Window(first, n int) []Shown {
	t := m.table()
	first = max(0, min(first, len(t.Order)))
	last := min(len(t.Order), first+max(0, n))
	out := make([]Shown, 0, last-first)
	base := m.base()
	for i := first; i < last; i++ {
		s := Shown{Item: t.source.at(t.Order[i]), Position: i, Cursor: i == t.Cursor}
		if s.Row != nil {
			s.Marked = m.marked(m.keyOf(s.Row)) >= 0
			s.Base = base.counterpart(s.Row)
		} else if s.Ratio != nil {
			s.Marked = m.markedRatio(s.Ratio) >= 0
			s.BaseOf = base.pair()
		}
		out = append(out, s)
	}
	return out
}

// Rows is Window of what fits the screen now.
func (m *Model) Rows() []Shown { return m.Window(m.table().Top, m.rows) }

// Selected is the row under the cursor.
func (m *Model) Selected() (Item, bool) { return m.table().At(m.table().Cursor) }

// table is the table on screen: of the live run while its pane is shown, else of the results.
func (m *Model) table() *Table {
	if m.Pane == Running {
		return &m.Live.Table
	}
	return &m.Results.Table
}

// clamp puts the cursor back into the order and the order's window around the cursor.
func (t *Table) clamp(rows int) {
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
