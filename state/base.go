package state

import (
	"fathom/sim/report"
	"fathom/state/table"
)

// base is the report that changes are shown against: the pinned run, or for another variant the run as asked. A nil
// report is none.
type base struct{ device *report.Device }

// Base tells which run changes are shown against: its number and variant, ok false where there is none.
func (m *Model) Base() (run int, v Variant, ok bool) {
	e := m.current()
	switch {
	case e == nil:
		return 0, 0, false
	case m.Results.Pinned != 0 && m.Results.Pinned != e.Run && m.Entry(m.Results.Pinned) != nil:
		if v := m.Results.Variant; m.Entry(m.Results.Pinned).Reports[v] != nil {
			return m.Results.Pinned, v, true // like with like
		}
		return m.Results.Pinned, Asked, true
	case m.Results.Variant != Asked:
		return e.Run, Asked, true
	}
	return 0, 0, false
}

// base finds the same profile in the run compared against.
func (m *Model) base() base {
	run, v, ok := m.Base()
	d := m.device()
	if !ok || d == nil {
		return base{}
	}
	r := m.Entry(run).Reports[v]
	for i := range r.Devices {
		if m.sameDevice(r.Devices[i].Device, d.Device) {
			return base{&r.Devices[i]}
		}
	}
	return base{}
}

// counterpart is the row of the same strategy and phase: the candidate, since that is what one would have run instead.
func (b base) counterpart(row *report.Row) *report.Row {
	if b.device == nil {
		return nil
	}
	for _, s := range []*report.Section{b.device.Aggregation, b.device.Prefill, b.device.Decode} {
		if s == nil {
			continue
		}
		for i := range s.Candidates {
			if c := &s.Candidates[i]; c.Phase == row.Phase && c.Label == row.Label {
				return c
			}
		}
	}
	return nil
}

// pair is the best pair: every pair is compared with what one would have run instead, as the headline is. The same
// strategies there may have been far from any answer, or not paired at all.
func (b base) pair() *report.Ratio {
	if b.device == nil || b.device.PDRatio == nil {
		return nil
	}
	return b.device.PDRatio.Best
}

// delta is the change of a row against its base, for sorting by the delta column.
func (m *Model) delta() func(table.Item) (float64, bool) {
	b := m.base()
	return func(i table.Item) (float64, bool) {
		s := table.Shown{Item: i}
		switch {
		case i.Cross != nil:
		case i.Ratio != nil:
			s.BaseOf = b.pair()
		case i.Row != nil:
			s.Base = b.counterpart(i.Row)
		}
		return s.Value(table.ColDelta)
	}
}
