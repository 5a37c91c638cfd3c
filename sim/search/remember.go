package search

import (
	"fathom/sim/pass"
	"fathom/sim/serve"
)

// remembered keeps the forwards of one tuple: a pass depends on the number of requests only through those of the fullest
// DP rank, so that many probes share one (search-and-serving 11).
type remembered struct {
	forward serve.Forward
	dp      int
	results map[shape]pass.Result
	priced  int
}

// shape is what tells forwards of one tuple apart.
type shape struct {
	decode                 bool
	requests, query, total int
	images                 int
}

func (m *remembered) reset(f serve.Forward, dp int) {
	m.forward, m.dp = f, dp
	if m.results == nil {
		m.results = make(map[shape]pass.Result, 256)
	}
	clear(m.results)
}

func (m *remembered) Uniform(s pass.Shape) pass.Result {
	k := shape{s.Decode, (s.Requests + m.dp - 1) / m.dp, s.Query, s.Total, s.Images}
	if r, ok := m.results[k]; ok {
		return r
	}
	r := m.forward.Uniform(s)
	m.results[k] = r
	m.priced++
	return r
}

func (m *remembered) Mixed(p []pass.Piece) pass.Result {
	m.priced++
	return m.forward.Mixed(p)
}
