package state

import (
	"fathom/sim/report"
	"fathom/state/table"
)

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
	picked := table.OfPhase(d.Points, phase)
	if picked == nil {
		return d.Points
	}
	out := make([]report.Row, len(picked))
	for i, at := range picked {
		out[i] = d.Points[at]
	}
	return out
}
