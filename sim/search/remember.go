package search

import (
	"fathom/sim/pass"
	"fathom/sim/serve"
)

// remembered keeps the forwards of one tuple: a pass depends on the number of requests only through those of the
// fullest DP rank, so that many probes share one (search-and-serving 11).
type remembered struct {
	forward serve.Forward
	dp      int
	results map[shape]pass.Result
}

// mostRemembered bounds the memory of a worker: prompts of a hundred thousand chunks ask for as many forwards.
const mostRemembered = 1 << 17

// shape is what tells forwards of one tuple apart.
type shape struct {
	decode                 bool
	requests, query, total int
	images                 int
	pieces                 uint64 // digest of a mixed batch, 0 for a uniform one
}

func (m *remembered) reset(f serve.Forward, dp int) {
	m.forward, m.dp = f, dp
	if m.results == nil {
		m.results = make(map[shape]pass.Result, 32)
	}
	clear(m.results)
}

func (m *remembered) Uniform(s pass.Shape) pass.Result {
	k := shape{decode: s.Decode, requests: (s.Requests + m.dp - 1) / m.dp, query: s.Query, total: s.Total,
		images: s.Images}
	if r, ok := m.results[k]; ok {
		return r
	}
	r := m.forward.Uniform(s)
	if len(m.results) >= mostRemembered {
		clear(m.results)
	}
	m.results[k] = r
	return r
}

// Mixed forwards differ from probe to probe; remembering them would not pay.
func (m *remembered) Mixed(p []pass.Piece) pass.Result { return m.forward.Mixed(p) }
