package pass

import (
	"fathom/sim/model"
	"fathom/sim/op"
)

// moe holds the constants of an expert block on rank 0.
type moe struct {
	router     router
	experts    int // routed experts, with redundant ones
	local      int // of them on this rank
	topK       int
	ranks      int     // EP
	pad        int     // expert rows are padded to a multiple of it
	inner      float64 // columns of an expert on this rank
	full       float64 // columns of an expert
	regroup    bool    // expert linears are split over a group that is not the TP group, beside EP
	reduce     bool    // expert results are summed over the MoE-TP group
	sliced     bool    // TP ranks hold disjoint tokens inside the block
	gathered   bool    // without EP the rows of all DP ranks come together
	weight     float64 // bytes of a routing weight
	shared     float64 // columns of the shared expert on this rank, 0: none
	sharedGate bool
}

// rows is the number of rows that the block works on.
func (r *run) expertRows(m *moe) float64 {
	t := r.b.Tokens
	switch {
	case m.sliced:
		return ceil(t, r.p.tp)
	case m.gathered:
		return t * r.p.groups.dp.Size
	}
	return t
}

// moeBlock is a feed-forward block with routed experts (simulation-model 3.5): route, dispatch, experts, combine.
func (r *run) moeBlock(m *moe) {
	p, t, h := r.p, r.b.Tokens, r.p.hidden
	tokens := r.expertRows(m)
	pads := m.sliced && tokens*p.tp != t
	if m.gathered {
		r.allGather(&p.groups.dp, t, h)
	}
	if pads && m.router.kind != model.RawLogits {
		r.move(op.Pad, 2*t*h, 2*tokens*p.tp*h, t, h)
	}
	r.route(m, tokens, pads)
	if m.shared > 0 && p.compile {
		r.quantise(&p.linear, tokens, h)
	}
	e := m.route(tokens, p.switches.ExpertBalance)
	r.add(op.RouteRows(tokens, e.rows, h, 8))
	r.collective(op.Exchange(e.rows, e.received, e.travel, h, 2), &p.groups.ep)
	r.experts(m, &e)
	r.move(op.Cat, 2*e.received*h, 2*e.received*h, e.received, h)
	r.collective(op.Exchange(e.received, e.rows, e.travel, h, 2), &p.groups.ep)
	r.add(op.UnpermuteRows(e.rows, h, 8))
	r.weigh(m, &e)
	r.sharedExpert(m, tokens)
	if m.weight == 4 {
		r.convert(4*tokens*h, 2*tokens*h, tokens, h)
	}
	if m.sliced {
		r.allGather(&p.groups.tp, tokens, h)
	}
}

// weigh multiplies the experts' results by the routing weights and sums them over the experts of a token. FP32 weights make
// the result FP32.
func (r *run) weigh(m *moe, e *routing) {
	h, n := r.p.hidden, e.rows*r.p.hidden
	r.move(op.Mul, 2*n+m.weight*e.rows, m.weight*n, e.rows, h)
	r.move(op.SumDim, m.weight*n, m.weight*e.tokens*h, e.rows, h)
}

// sharedExpert runs on the rows of the block and is added to the routed result.
func (r *run) sharedExpert(m *moe, rows float64) {
	if m.shared == 0 {
		return
	}
	p, s, h := r.p, &r.p.linear, r.p.hidden
	f := m.shared
	if p.compile {
		r.product(s, rows, h, 2*f, f, false)
		r.add(op.SwigluOf(rows, f))
	} else {
		r.gateUpEager(s, rows, f)
	}
	r.project(s, rows, f, h, h, false)
	r.move(op.Add, (m.weight+2)*rows*h, m.weight*rows*h, rows, h)
}

// gateUpEager is gate, up and their product as operators of their own.
func (r *run) gateUpEager(s *op.Scheme, rows, inner float64) {
	h, n := r.p.hidden, rows*inner
	r.project(s, rows, h, inner, inner, false)
	r.move(op.Silu, 2*n, 2*n, rows, inner)
	r.project(s, rows, h, inner, inner, false)
	r.move(op.Mul, 4*n, 2*n, rows, inner)
}
