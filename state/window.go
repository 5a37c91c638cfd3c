package state

import "fathom/state/table"

// Window gives at most n rows from position first on, with what the table and the marks know about them. It costs as
// many steps as rows: a view never touches an unseen one.
func (m *Model) Window(first, n int) []table.Shown {
	t := m.table()
	first = max(0, min(first, len(t.Order)))
	last := min(len(t.Order), first+max(0, n))
	out := make([]table.Shown, 0, last-first)
	base := m.base()
	for i := first; i < last; i++ {
		item, _ := t.At(i)
		s := table.Shown{Item: item, Position: i, Cursor: i == t.Cursor}
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
func (m *Model) Rows() []table.Shown { return m.Window(m.table().Top, m.rows) }

// Selected is the row under the cursor.
func (m *Model) Selected() (table.Item, bool) { return m.table().At(m.table().Cursor) }

// table is the table on screen: of the live run while its pane is shown, else of the results.
func (m *Model) table() *table.Table {
	if m.Pane == Running {
		return &m.Live.Table
	}
	return &m.Results.Table
}
