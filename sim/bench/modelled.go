package bench

import (
	"math"

	"fathom/sim/pass"
	"fathom/sim/serve"
	"fathom/sim/traffic"
)

// modelled is the clock of the operator model: a step costs what a forward with the same requests costs. Forwards are
// about one DP rank, the fullest one. In a pipeline a step is a round through all stages, at the pace of the slowest.
type modelled struct {
	forward serve.Forward
	dp      int
	stages  int
}

// round is the time from one step of a micro-batch to its next.
func (m modelled) round(r pass.Result) float64 {
	return math.Max(r.Seconds, float64(m.stages)*r.Slowest)
}

// Seconds implements traffic.Clock. Of a context that falls between two whole tokens the two are mixed, so that the
// time is linear in it as far as the forward's is.
func (m modelled) Seconds(st traffic.State) float64 {
	if len(st.Prompts) > 0 {
		return m.round(m.forward.Mixed(m.pieces(st)))
	}
	mean := st.Context / float64(st.Decoding)
	whole := math.Floor(mean)
	low := m.decode(st, int(whole))
	if mean == whole {
		return low
	}
	return low + (mean-whole)*(m.decode(st, int(whole)+1)-low)
}

func (m modelled) decode(st traffic.State, total int) float64 {
	return m.round(m.forward.Uniform(pass.Shape{Decode: true, Requests: st.Decoding, Query: max(1, st.Width),
		Total: total}))
}

// pieces are those of the fullest rank: prompts go round robin, so that it has every dp-th of them.
func (m modelled) pieces(st traffic.State) []pass.Piece {
	list := make([]pass.Piece, 0, 1+(len(st.Prompts)+m.dp-1)/m.dp)
	for i := 0; i < len(st.Prompts); i += m.dp {
		p := st.Prompts[i]
		list = append(list, pass.Piece{Query: p.Query, Total: p.Done + p.Query, Count: 1})
	}
	if st.Decoding > 0 {
		list = append(list, pass.Piece{Query: max(1, st.Width), Total: int(math.Ceil(st.Context / float64(st.Decoding))),
			Count: (st.Decoding + m.dp - 1) / m.dp, Decode: true})
	}
	return list
}

// room is the KV cache of all ranks in tokens: what a decode step with one request leaves free, and what that request
// takes; endless for a model whose layers keep no more for a longer context.
func (m modelled) room(l Lengths) int {
	total := l.Input + l.Output
	r := m.forward.Uniform(pass.Shape{Decode: true, Requests: 1, Query: 1, Total: total}).Memory
	switch {
	case r.Available < 0:
		return noRoom
	case r.KV <= 0:
		return endless
	}
	return int((r.Available+r.KV)/(r.KV/float64(total))) * m.dp
}
