package state

import (
	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/explain"
	"fathom/sim/plan"
	"fathom/sim/report"
)

// Why is what can be said about one row (search-and-serving 9.2).
type Why struct {
	Row         *report.Row
	Evidence    explain.Evidence
	Bottlenecks []explain.Bottleneck
	Limit       message.Message // what keeps the batch from growing
	HasLimit    bool
	Grade       explain.Grade
	Checks      []explain.Check
}

// Why explains the selected row; a pair of shapes gives one for each side.
func (m *Model) Why() []Why {
	item, ok := m.Selected()
	if !ok {
		return nil
	}
	q, _ := m.question()
	var out []Why
	for _, r := range rowsOf(item) {
		w := Why{Row: r, Bottlenecks: explain.Bottlenecks(*r), Checks: m.checks(r)}
		if len(w.Bottlenecks) > 0 {
			w.Evidence = explain.PhaseBreakdown
		}
		for _, p := range m.Results.passes {
			if p.key == m.keyOf(r) && p.pass != nil {
				w.Evidence = explain.OpBound
			}
		}
		w.Limit, w.HasLimit = explain.Limit(*r, m.points())
		if q != nil && q.Model != nil {
			w.Grade = m.besideFirst(r, q, explain.Judge(*r, q))
		} else {
			w.Grade = explain.Grade{Verdict: explain.Insufficient}
		}
		out = append(out, w)
	}
	return out
}

// besideFirst adds to the grade of a row how it stands to the best row of the first profile, where both are of one
// fidelity.
func (m *Model) besideFirst(r *report.Row, q *plan.Request, g explain.Grade) explain.Grade {
	rep, d := m.shown(), m.device()
	if rep == nil || d == nil || len(rep.Devices) < 2 || rep.Devices[0].Device == d.Device ||
		rep.Devices[0].Fidelity != d.Fidelity {
		return g
	}
	first := rep.Devices[0].Section(r.Phase)
	pa, pb := profileNamed(q, rep.Devices[0].Device), profileNamed(q, d.Device)
	if first == nil || first.Best == nil || r.Throughput <= 0 || pa == nil || pb == nil {
		return g
	}
	return g.With(explain.Compare(*first.Best, *r, pa, pb))
}

func profileNamed(q *plan.Request, name string) *hw.Profile {
	return q.On(name, plan.PhasePrefill)
}

// question is the request of the run on screen and the profile on screen.
func (m *Model) question() (*plan.Request, string) {
	device := ""
	if d := m.device(); d != nil {
		device = d.Device
	}
	if item, ok := m.Selected(); ok && item.Cross != nil {
		device = item.Cross.Device
	}
	if r := m.shown(); r != nil && r.Request != nil {
		return r.Request, device
	}
	if e := m.current(); e != nil {
		return e.Request, device
	}
	return nil, device
}

// Headline is the answer of the tab on screen: the best row or pair; where none is feasible the nearest row and what
// would admit it.
type Headline struct {
	Row      *report.Row
	Ratio    *report.Ratio
	Nearest  *report.Near
	Limit    message.Message
	HasLimit bool
	Base     *report.Row // the winner of the run compared against, nil: none
	BaseOf   *report.Ratio
}

// Headline of the profile on screen.
func (m *Model) Headline() Headline {
	d := m.device()
	if d == nil {
		return Headline{}
	}
	best := bestOf(d, m.Results.Part)
	h := Headline{Row: best.Row, Ratio: best.Ratio}
	if b := m.base(); b.device != nil {
		was := bestOf(b.device, m.Results.Part)
		h.Base, h.BaseOf = was.Row, was.Ratio
	}
	if h.Row != nil {
		x := m.Results.limit
		if x.row != h.Row || x.points != len(d.Points) {
			x = limitOf(h.Row, d.Points)
		}
		h.Limit, h.HasLimit = x.Message, x.known
	}
	if h.Row == nil && h.Ratio == nil && len(d.Nearest) > 0 {
		h.Nearest = &d.Nearest[0]
	}
	return h
}

// limited is what keeps a row from a larger batch, looked up among so many points.
type limited struct {
	message.Message
	known  bool
	row    *report.Row
	points int
}

func limitOf(r *report.Row, points []report.Row) limited {
	said, ok := explain.Limit(*r, points)
	return limited{said, ok, r, len(points)}
}
