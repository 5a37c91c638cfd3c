package state

import (
	"fathom/sim/plan"
	"fathom/sim/report"
)

// source is what a table shows: rows of a report, shared with it and never changed. picked, where set, are the
// positions that belong to the table at all (the points of one phase).
type source struct {
	points []report.Row
	picked []int32
	ratios []report.Ratio
	cross  []report.Cross
	words  []string // what the filter looks through, by position, in lower case

	others map[besideKey]*report.Difference // rows of another engine; nil where none was asked
	whole  bool                             // the points are all points, not candidates

	measured map[layout]*MeasuredRun // runs of the plan; nil: none
}

// size is the number of rows before filtering.
func (s *source) size() int {
	if s.picked != nil {
		return len(s.picked)
	}
	return len(s.points) + len(s.ratios) + len(s.cross)
}

// all lists the positions of every row.
func (s *source) all() []int32 {
	if s.picked != nil {
		return s.picked
	}
	out := make([]int32, s.size())
	for i := range out {
		out[i] = int32(i)
	}
	return out
}

// at gives the row at a position.
func (s *source) at(i int32) Item {
	switch {
	case s.ratios != nil:
		item := Item{Ratio: &s.ratios[i]}
		item.Beside = s.beside(item)
		return item
	case s.cross != nil:
		c := &s.cross[i]
		return Item{Cross: c, Row: c.Row, Ratio: c.Ratio}
	}
	item := Item{Row: &s.points[i]}
	item.Measured = measuredAt(s.measured, item.Row)
	item.Beside = s.beside(item)
	return item
}

// shown is the report on screen, nil where there is none.
func (m *Model) shown() *report.Report {
	e := m.current()
	if e == nil {
		return nil
	}
	if r := e.Reports[m.Results.Variant]; r != nil {
		return r
	}
	return e.Reports[Asked]
}

// current is the entry on screen.
func (m *Model) current() *Entry { return m.Entry(m.Results.Run) }

// devices are the profiles of the report on screen.
func (m *Model) devices() []report.Device {
	if r := m.shown(); r != nil {
		return r.Devices
	}
	if p := m.Live.Progress.Partial; m.Pane == Running && p != nil {
		return p.Devices
	}
	return nil
}

// device is the profile on screen.
func (m *Model) device() *report.Device {
	ds := m.devices()
	if m.Results.Device < 0 || m.Results.Device >= len(ds) {
		return nil
	}
	return &ds[m.Results.Device]
}

// points are the points of the profile on screen.
func (m *Model) points() []report.Row {
	if d := m.device(); d != nil {
		return d.Points
	}
	return nil
}

// parts are the tables that a profile has, the one that answers the question first.
func parts(d *report.Device) []Part {
	var out []Part
	if d.PDRatio != nil {
		out = append(out, PartRatio)
	}
	if d.Aggregation != nil {
		out = append(out, PartAggregation)
	}
	if d.Prefill != nil {
		out = append(out, PartPrefill)
	}
	if d.Decode != nil {
		out = append(out, PartDecode)
	}
	return out
}

// Phase is the phase of the points of a part.
func (p Part) Phase() plan.Phase {
	switch p {
	case PartPrefill:
		return plan.PhasePrefill
	case PartDecode:
		return plan.PhaseDecode
	}
	return plan.PhaseAggregation
}

// Report is the report on screen, nil where there is none.
func (m *Model) Report() *report.Report { return m.shown() }

// CurrentEntry is the run on screen, nil where there is none.
func (m *Model) CurrentEntry() *Entry { return m.current() }

// Devices are the profiles with a tab.
func (m *Model) Devices() []report.Device { return m.devices() }

// CurrentDevice is the profile whose tab is shown, nil where there is none.
func (m *Model) CurrentDevice() *report.Device { return m.device() }

// PointsOf lists the points of the part on screen, for plots, in the order of the report.
func (m *Model) PointsOf() []report.Row {
	d := m.device()
	if d == nil {
		return nil
	}
	phase := m.Results.Part.Phase()
	picked := ofPhase(d.Points, phase)
	if picked == nil {
		return d.Points
	}
	out := make([]report.Row, len(picked))
	for i, at := range picked {
		out[i] = d.Points[at]
	}
	return out
}

// Value is the figure of a column in a row on screen, the change against the base included.
func (s *Shown) Value(id ColumnID) (float64, bool) {
	if id == ColDelta {
		switch {
		case s.BaseOf != nil:
			return Delta(s.Ratio.Value(), s.BaseOf.Value())
		case s.Base != nil:
			return Delta(s.Row.Throughput, s.Base.Throughput)
		}
		return 0, false
	}
	if c := &Columns[id]; c.Number != nil {
		return c.Number(s.Item)
	}
	return 0, false
}
