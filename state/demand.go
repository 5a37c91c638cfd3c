package state

import (
	"slices"

	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/report"
)

// mostPriced bounds the operator tables, sensitivities and benchmarks that are kept.
const mostPriced = 32

// demand asks for what the detail on screen needs and nobody has worked out yet.
func (u *update) demand() {
	if u.Pane != Showing {
		return
	}
	item, ok := u.Selected()
	if !ok {
		return
	}
	q, device := u.question()
	if q == nil {
		return
	}
	if x := item.Ratio; x != nil && u.Results.Detail == ServiceTab && q.Service.Asked() {
		key := u.keyOfPair(x)
		key.Device = device
		if u.ask(asked{key: key, tab: ServiceTab}) {
			u.emit(Serve{Key: key, Row: &x.Prefill, Pair: x, Request: q, Device: device})
		}
		return
	}
	for _, r := range rowsOf(item) {
		key := u.keyOf(r)
		key.Device = device
		a := asked{key: key, tab: u.Results.Detail}
		switch a.tab {
		case SensitivityTab:
			if u.ask(a) {
				u.emit(Sense{key, r, q, device})
			}
		case TrafficTab:
			if r.Phase == plan.PhaseAggregation && u.ask(a) {
				u.emit(Play{key, r, q, device})
			}
		case ServiceTab:
			if r.Phase == plan.PhaseAggregation && q.Service.Asked() && u.ask(a) {
				u.emit(Serve{Key: key, Row: r, Request: q, Device: device})
			}
		case OpsTab:
			for _, a.phase = range phasesOf(r) {
				if u.ask(a) {
					u.emit(Price{key, a.phase, r, q, device})
				}
			}
		}
	}
}

// phasesOf are the passes that a row is made of.
func phasesOf(r *report.Row) []plan.Phase {
	if r.Phase == plan.PhaseAggregation {
		return []plan.Phase{plan.PhasePrefill, plan.PhaseDecode}
	}
	return []plan.Phase{r.Phase}
}

// ask notes a question; false where it is answered or under way.
func (u *update) ask(a asked) bool {
	r := &u.Results
	if slices.Contains(r.asked, a) {
		return false
	}
	known := false
	switch a.tab {
	case SensitivityTab:
		known = slices.ContainsFunc(r.senses, func(s sensed) bool { return s.key == a.key })
	case TrafficTab:
		known = slices.ContainsFunc(r.plays, func(p played) bool { return p.key == a.key })
	case ServiceTab:
		known = slices.ContainsFunc(r.services, func(p servedRow) bool { return p.key == a.key })
	default:
		known = slices.ContainsFunc(r.passes, func(p pricedPass) bool { return p.key == a.key && p.phase == a.phase })
	}
	if known {
		return false
	}
	r.asked = append(slices.Clone(r.asked), a)
	return true
}

// answered takes a question off the list; false where nobody asked.
func (u *update) answered(a asked) bool {
	at := slices.Index(u.Results.asked, a)
	if at < 0 {
		return false
	}
	u.Results.asked = slices.Delete(slices.Clone(u.Results.asked), at, at+1)
	return true
}

func (u *update) priced(e Priced) {
	if u.answered(asked{key: e.Key, tab: OpsTab, phase: e.Phase}) {
		u.Results.passes = keep(u.Results.passes, pricedPass{e.Key, e.Phase, e.Pass, worded(e.Err)})
	}
}

func (u *update) sensed(e Sensed) {
	if u.answered(asked{key: e.Key, tab: SensitivityTab}) {
		u.Results.senses = keep(u.Results.senses, sensed{e.Key, e.Levers, worded(e.Err)})
	}
}

func (u *update) played(e Played) {
	if u.answered(asked{key: e.Key, tab: TrafficTab}) {
		u.Results.plays = keep(u.Results.plays, played{e.Key, e.Traffic, e.Curve, worded(e.Err)})
	}
}

func (u *update) served(e Served) {
	if u.answered(asked{key: e.Key, tab: ServiceTab}) {
		u.Results.services = keep(u.Results.services, servedRow{e.Key, e.Service, e.Day, worded(e.Err)})
	}
}

// keep appends to a copy and drops the oldest beyond the bound.
func keep[T any](list []T, x T) []T {
	list = append(slices.Clone(list), x)
	return list[max(0, len(list)-mostPriced):]
}

func worded(err error) message.Message {
	if err == nil {
		return message.Message{}
	}
	return said(err)
}

// Operators is the operator table of one phase of the selected row. Both results are empty while it is being priced.
func (m *Model) Operators(row *report.Row, phase plan.Phase) (*Pass, message.Message) {
	key := m.keyOf(row)
	_, key.Device = m.question()
	for i := range m.Results.passes {
		if p := &m.Results.passes[i]; p.key == key && p.phase == phase {
			return p.pass, p.err
		}
	}
	return nil, message.Message{}
}

// Levers is what would move a row, strongest first; done is false while it is being worked out.
func (m *Model) Levers(row *report.Row) (levers []Lever, err message.Message, done bool) {
	key := m.keyOf(row)
	_, key.Device = m.question()
	for i := range m.Results.senses {
		if s := &m.Results.senses[i]; s.key == key {
			return s.levers, s.err, true
		}
	}
	return nil, message.Message{}, false
}

// Benchmark is what a benchmark of a row would show, with its load curve; done is false while it is being played.
func (m *Model) Benchmark(row *report.Row) (t *report.Traffic, curve []report.LoadPoint, err message.Message,
	done bool) {
	key := m.keyOf(row)
	_, key.Device = m.question()
	for i := range m.Results.plays {
		if p := &m.Results.plays[i]; p.key == key {
			return p.traffic, p.curve, p.err, true
		}
	}
	return nil, nil, message.Message{}, false
}

// Serves reports whether the plan on screen names a trace, conversations or a day.
func (m *Model) Serves() bool {
	q, _ := m.question()
	return q != nil && q.Service.Asked()
}

// Service is what a row makes of the trace, the conversations or the day of its plan; done is false while it is being
// played.
func (m *Model) Service(row *report.Row) (s *report.Service, d *report.Day, err message.Message, done bool) {
	return m.serviceOf(m.keyOf(row))
}

// PairService is the same of a pair of prefill and decode instances.
func (m *Model) PairService(x *report.Ratio) (s *report.Service, err message.Message, done bool) {
	s, _, err, done = m.serviceOf(m.keyOfPair(x))
	return s, err, done
}

func (m *Model) serviceOf(key RowKey) (s *report.Service, d *report.Day, err message.Message, done bool) {
	_, key.Device = m.question()
	for i := range m.Results.services {
		if p := &m.Results.services[i]; p.key == key {
			return p.service, p.day, p.err, true
		}
	}
	return nil, nil, message.Message{}, false
}
