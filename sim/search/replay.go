package search

import (
	"fathom/sim/pass"
	"fathom/sim/serve"
)

// replayed prices forwards as the reference tool does when a run has several profiles: the first request for a shape in the
// whole run is priced directly, every later one is re-priced from its record, which has forgotten the lengths
// (search-and-serving 7). A shape is told apart by the requests of the instance, not of the rank.
type replayed struct {
	forward  serve.Forward
	recorded map[shape]bool // of this tuple and phase, by every profile so far
	asked    map[shape]pass.Result
	once     bool // aggregation asks for a shape once per tuple; the single phases ask at every probe
}

func (m *replayed) reset(f serve.Forward, recorded map[shape]bool, once bool) {
	m.forward, m.recorded, m.once = f, recorded, once
	if m.asked == nil {
		m.asked = make(map[shape]pass.Result, 256)
	}
	clear(m.asked)
}

func (m *replayed) Uniform(s pass.Shape) pass.Result {
	k := shape{s.Decode, s.Requests, s.Query, s.Total, s.Images}
	if m.once {
		if r, ok := m.asked[k]; ok {
			return r
		}
	}
	s.Replayed = m.recorded[k]
	m.recorded[k] = true
	r := m.forward.Uniform(s)
	if m.once {
		m.asked[k] = r
	}
	return r
}

func (m *replayed) Mixed(p []pass.Piece) pass.Result { return m.forward.Mixed(p) }
