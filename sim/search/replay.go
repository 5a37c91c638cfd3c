package search

import (
	"fathom/sim/pass"
	"fathom/sim/serve"
)

// recordLimit is how many shapes the reference tool's record of priced forwards holds; the one not used for longest
// goes first.
const recordLimit = 128

// record is what a run with several profiles remembers of one phase. It ties the profiles together: whether a forward
// is priced or re-priced depends on what was asked before, so tuples that share a record are searched one after the
// other.
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

// replayed prices forwards as the reference tool does when a run has several profiles: the first request for a shape in
// the whole run is priced directly, every later one is re-priced from its record, which has forgotten the lengths
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
	k := shape{decode: s.Decode, requests: s.Requests, query: s.Query, total: s.Total, images: s.Images}
	return m.price(k, func(again bool) pass.Result {
		s.Replayed = again
		return m.forward.Uniform(s)
	})
}

// mixedReplayer re-prices the forward of a mixed batch.
type mixedReplayer interface {
	MixedReplayed([]pass.Piece) pass.Result
}

func (m *replayed) Mixed(pieces []pass.Piece) pass.Result {
	return m.price(shape{pieces: digest(pieces)}, func(again bool) pass.Result {
		if r, ok := m.forward.(mixedReplayer); ok && again {
			return r.MixedReplayed(pieces)
		}
		return m.forward.Mixed(pieces)
	})
}

func (m *replayed) price(k shape, forward func(again bool) pass.Result) pass.Result {
	if m.once {
		if r, ok := m.asked[k]; ok {
			return r
		}
	}
	r := forward(m.record.ask(recorded{m.tuple, k}))
	if m.once {
		m.asked[k] = r
	}
	return r
}

// digest tells mixed batches apart (FNV-1a over their lengths).
func digest(pieces []pass.Piece) uint64 {
	h := uint64(14695981039346656037)
	for _, p := range pieces {
		for _, v := range [...]int{p.Query, p.Total, max(1, p.Count)} {
			h = (h ^ uint64(v)) * 1099511628211
		}
	}
	return h
}
