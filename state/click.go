package state

import "fathom/state/table"

// click does what the keys would do to get there.
func (u *update) click(t Target) {
	if u.Overlay.Kind == LibraryOverlay && t.Kind == TargetItem && t.Index >= 0 && t.Index < len(u.Shelf.Shown) {
		if u.Overlay.Cursor == t.Index {
			u.doShelf(Accept)
		} else {
			u.Overlay.Cursor = t.Index
		}
		return
	}
	if u.Overlay.Kind != NoOverlay {
		if t.Kind == TargetItem && t.Index >= 0 && t.Index < len(u.Overlay.Items) {
			u.Overlay.Cursor = t.Index
			u.pick(t.Index)
		}
		return
	}
	switch u.Pane {
	case Editing:
		if t.Kind == TargetLine && t.Index >= 0 && t.Index < len(u.Form.Lines) {
			onFold := u.Form.Lines[t.Index].Kind == Fold
			u.line(t.Index)
			if onFold {
				u.unfold()
			}
		}
		if f := &u.Form; t.Kind == TargetItem && f.Picking() && t.Index >= 0 && t.Index < len(f.Picker.Items) {
			f.Picker.Cursor, f.Picker.Moved = t.Index, true
			u.accept()
			return
		}
		if t.Kind == TargetItem && u.Form.HasChoice() {
			u.choose(t.Index - u.Form.Choice)
		}
	case Showing:
		u.clickResults(t)
	}
}

func (u *update) clickResults(t Target) {
	r := &u.Results
	switch t.Kind {
	case TargetRow:
		if t.Index >= 0 && t.Index < len(r.Table.Order) {
			r.Table.Cursor, r.Focus = t.Index, OnTable
			r.Table.Clamp(u.rows)
			u.went()
			u.resetSplit()
		}
	case TargetColumn:
		if t.Index >= 0 && t.Index < len(r.Table.Columns) {
			u.sortColumn(r.Table.Columns[t.Index])
		}
	case TargetDevice:
		if t.Index >= 0 && t.Index < len(u.devices()) {
			r.Device, r.Cross = t.Index, false
			u.show()
		}
	case TargetCross:
		r.Cross = true
		u.show()
	case TargetPart:
		if t.Index >= 0 && t.Index < len(r.Parts) {
			r.Part, r.Cross = r.Parts[t.Index], false
			u.show()
		}
	case TargetTable:
		r.Focus = OnTable
	case TargetView:
		r.Focus = OnDetail
	case TargetDetail:
		if t.Index >= 0 && t.Index < int(NumDetails) {
			r.Detail, r.Scroll = Detail(t.Index), 0
		}
	case TargetHeader:
		if u.openKnobs(); r.Focus == OnHeader && t.Index >= 0 && t.Index < len(r.WhatIf.Items) {
			r.WhatIf.Cursor = t.Index
		}
	case TargetSide:
		if r.Part == table.PartRatio {
			r.Split.Side = max(0, min(t.Index, 1))
		}
	}
}
