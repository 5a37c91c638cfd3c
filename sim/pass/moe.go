package pass

import (
	"fathom/sim/model"
	"fathom/sim/op"
	"fathom/sim/plan"
)

// moe holds the constants of an expert block on the simulated rank.
type moe struct {
	facts      model.FFN
	strategy   plan.Strategy
	router     router
	ranks      int     // EP
	inner      float64 // columns of an expert on this rank
	full       float64 // columns of an expert
	regroup    bool    // expert linears are split over a group that is not the TP group, beside EP
	reduce     bool    // expert results are summed over the MoE-TP group
	sliced     bool    // TP ranks hold disjoint tokens inside the block
	gathered   bool    // without EP the rows of all DP ranks come together
	weight     float64 // bytes of a routing weight
	indexBytes float64 // bytes of an expert's number
	hash       bool    // experts are looked up by token id

	width      float64 // columns of the rows that experts work on
	shared     float64 // columns of the shared expert on this rank, 0: none
	sharedGate bool    // it has a gate of its own
	clamped    bool    // its activation is clamped
	sharded    bool    // it is split over the MLP group and runs after the block
	hosts      int     // ranks that hold only the shared expert, 0: every rank has it
	hosting    bool    // this rank is one of them
}

// moeBlock is a feed-forward block with routed experts (simulation-model 3.5): route, dispatch, experts, combine.
func (r *run) moeBlock(m *moe) {
	p, t, h := r.p, r.b.Tokens, r.p.hidden
	keep := r.scatter // split rows stay where they are
	r.scatter = false
	e := m.spread(t, p.switches.ExpertBalance, p.setup.Busiest)
	tokens := e.tokens
	pads := m.sliced && tokens*p.tp != t
	if m.gathered {
		r.allGather(&p.groups.dp, t, h)
	}
	if pads && m.router.kind != model.RawLogits {
		r.move(op.Pad, 2*t*h, 2*tokens*p.tp*h, t, h)
	}
	r.route(m, tokens, pads)
	here := m.shared > 0 && m.hosts == 0
	if here && p.compile {
		rows := tokens
		if m.sharded {
			rows = t
		}
		r.quantise(&p.shared, rows, h)
	}
	if m.facts.Latent > 0 {
		r.project(&p.linear, tokens, h, m.width, m.width, false)
	}
	r.dispatched(m, &e)
	r.weigh(m, &e)
	if m.facts.Latent > 0 {
		r.project(&p.linear, tokens, m.width, h, h, false)
	}
	if here && !m.sharded {
		r.sharedExpert(m, tokens)
	}
	if m.weight == 4 {
		r.convert(4*tokens*h, 2*tokens*h, tokens, h)
	}
	if m.sliced && !keep {
		r.allGather(&p.groups.tp, tokens, h)
	}
	if here && m.sharded {
		r.sharedExpert(m, t)
	}
}

// dispatched sends rows to their experts, runs these and brings the results back into token order.
func (r *run) dispatched(m *moe, e *routing) {
	h, n := m.width, 2*e.received*m.width
	if m.hosts > 0 { // the column of the shared expert joins numbers and weights
		k := m.router.topK
		r.move(op.Cat, 8*e.tokens*k+4*e.tokens, 4*e.rows, e.tokens, k+1)
		r.move(op.Cat, 2*e.tokens*k+4*e.tokens, 4*e.rows, e.tokens, k+1)
	}
	if r.p.fuseExperts && m.ranks > 1 && !m.hosting && !m.apart(e) {
		r.fusedExperts(m, e)
		return
	}
	r.add(op.RouteRows(e.tokens, e.rows, h, m.indexBytes))
	r.exchange(e.rows, e.received, e.travel, h)
	if m.hosting {
		r.hostedExpert(m, e.received)
	} else {
		r.experts(m, e)
		r.move(op.Cat, n, n, e.received, h)
	}
	r.exchange(e.received, e.rows, e.travel, h)
	r.add(op.UnpermuteRows(e.rows, h, m.indexBytes))
}

// exchange sends rows of a width between attention and expert ranks.
func (r *run) exchange(sent, received, travel, width float64) {
	before := r.sum.Seconds
	r.collective(op.Exchange(sent, received, travel, width, 2), &r.p.groups.ep)
	r.sum.Exchange += r.sum.Seconds - before
}

// weigh multiplies the experts' results by the routing weights and sums them over the experts of a token. FP32 weights
// make the result FP32.
func (r *run) weigh(m *moe, e *routing) {
	h, n := m.width, e.rows*m.width
	r.move(op.Mul, 2*n+m.weight*e.rows, m.weight*n, e.rows, h)
	r.move(op.SumDim, m.weight*n, m.weight*e.tokens*h, e.rows, h)
}
