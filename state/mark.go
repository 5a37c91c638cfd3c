package state

import (
	"slices"

	"fathom/sim/report"
)

// keyOfPair names a pair of the device on screen.
func (m *Model) keyOfPair(x *report.Ratio) RowKey {
	key := m.keyOf(&x.Prefill)
	key.Label += " / " + x.Decode.Label
	return key
}

// keyOf names a row of the device on screen.
func (m *Model) keyOf(r *report.Row) RowKey {
	k := RowKey{Run: m.Results.Run, Variant: m.Results.Variant, Phase: r.Phase, Label: r.Label, Batch: r.Batch,
		MaxBatched: r.MaxBatched}
	if d := m.device(); d != nil {
		k.Device = d.Device
	}
	return k
}

// marked is the index of a mark, -1 without one.
func (m *Model) marked(k RowKey) int {
	return slices.IndexFunc(m.Results.Marks, func(x Marked) bool { return x.Key == k && x.Item.Ratio == nil })
}

// markedRatio is marked for a pair of shapes; the report's rows never move, so the address tells them apart.
func (m *Model) markedRatio(r *report.Ratio) int {
	return slices.IndexFunc(m.Results.Marks, func(x Marked) bool { return x.Item.Ratio == r })
}

// mark turns the mark of the selected row on or off.
func (u *update) mark() {
	item, ok := u.Selected()
	if !ok {
		return
	}
	marks := slices.Clone(u.Results.Marks)
	at, key := -1, RowKey{Run: u.Results.Run, Variant: u.Results.Variant}
	switch {
	case item.Ratio != nil && item.Cross == nil:
		at = u.markedRatio(item.Ratio)
		if d := u.device(); d != nil {
			key.Device = d.Device
		}
	case item.Row != nil:
		key = u.keyOf(item.Row)
		if item.Cross != nil {
			key.Device = item.Cross.Device
		}
		at = u.marked(key)
	default:
		return
	}
	if at >= 0 {
		u.Results.Marks = slices.Delete(marks, at, at+1)
		return
	}
	u.Results.Marks = append(marks, Marked{key, item})
}
