package search

import (
	"fathom/sim/pass"
	"fathom/sim/serve"
)

// recordLimit is how many shapes the reference tool's record of priced forwards holds; the one not used for longest goes first.
const recordLimit = 128

// record is what a run with several profiles remembers of one phase. It ties the profiles together: whether a forward is
// priced or re-priced depends on what was asked before, so tuples that share a record are searched one after the other.
type record struct {
	used  map[recorded]int // when each was last asked for
	clock int
}

// recorded is a shape of one tuple; a shape is told apart by the requests of the instance, not of the rank.
type recorded struct {
	tuple int
	shape shape
}

// ask tells whether the shape is on record, and puts it there.
func (r *record) ask(k recorded) bool {
	r.clock++
	_, known := r.used[k]
	if !known && len(r.used) >= recordLimit {
		var oldest recorded
		least := r.clock
		for old, at := range r.used {
			if at < least {
				oldest, least = old, at
			}
		}
		delete(r.used, oldest)
	}
	r.used[k] = r.clock
	return known
}

// replayed prices forwards as the reference tool does when a run has several profiles: the first request for a shape in the
// whole run is priced directly, every later one is re-priced from its record, which has forgotten the lengths
// (search-and-serving 7).
type replayed struct {
	forward serve.Forward
	record  *record
	tuple   int
	asked   map[shape]pass.Result
	once    bool // aggregation asks for a shape once per tuple; the single phases ask at every probe
}

func (m *replayed) reset(f serve.Forward, r *record, tuple int, once bool) {
	m.forward, m.record, m.tuple, m.once = f, r, tuple, once
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
	s.Replayed = m.record.ask(recorded{m.tuple, k})
	r := m.forward.Uniform(s)
	if m.once {
		m.asked[k] = r
	}
	return r
}

// Mixed forwards of length distributions are priced directly: how their records are told apart is not known.
func (m *replayed) Mixed(p []pass.Piece) pass.Result { return m.forward.Mixed(p) }
