package state

import "fathom/state/table"

// step is how far an action moves in something that shows page lines at once; far is an end.
func step(a Action, page int) (by int, far bool) {
	page = max(1, page)
	switch a {
	case Up:
		return -1, false
	case Down:
		return 1, false
	case PageUp:
		return -max(1, page-1), false
	case PageDown:
		return max(1, page-1), false
	case HalfUp:
		return -max(1, page/2), false
	case HalfDown:
		return max(1, page/2), false
	case Home:
		return -1, true
	case End:
		return 1, true
	}
	return 0, false
}

// scroll moves the first shown line of a text. How long the text is only ui knows; see Resized.
func (u *update) scroll(top *int, a Action) {
	by, far := step(a, u.lines)
	switch {
	case far && by < 0:
		*top = 0
	case far:
		*top = u.bottom(*top)
	default:
		u.scrollBy(top, by)
	}
}

func (u *update) scrollBy(top *int, by int) {
	*top = max(0, *top+by)
	if u.extent > 0 {
		*top = min(*top, max(0, u.extent-u.lines))
	}
}

func (u *update) bottom(top int) int {
	if u.extent == 0 {
		return top
	}
	return max(0, u.extent-u.lines)
}

// moveCursor moves the cursor of a table.
func (u *update) moveCursor(t *table.Table, a Action) {
	by, far := step(a, u.rows)
	switch {
	case far && by < 0:
		t.Cursor = 0
	case far:
		t.Cursor = len(t.Order) - 1
	default:
		t.Cursor += by
	}
	t.Clamp(u.rows)
}

// resized takes the sizes of what scrolls.
func (u *update) resized(e Resized) {
	u.rows, u.lines, u.extent = max(1, e.Rows), max(1, e.Lines), max(0, e.Extent)
	u.Results.Table.Clamp(u.rows)
	u.Live.Table.Clamp(u.rows)
}

// wheel is the mouse wheel: it moves what the arrow keys move.
func (u *update) wheel(lines int, over TargetKind) {
	if r := &u.Results; u.Overlay.Kind == NoOverlay && u.Pane == Showing && r.Focus != OnHeader && !r.Table.Filter.Typing {
		was := r.Focus
		switch over {
		case TargetView:
			r.Focus = OnDetail
		case TargetRow, TargetColumn:
			r.Focus = OnTable
		}
		defer func() { r.Focus = was }() // the keys stay where they are
	}
	a := Down
	if lines < 0 {
		a, lines = Up, -lines
	}
	for range min(lines, 20) {
		u.do(a)
	}
}
