package pass

import "fathom/sim/op"

// experts runs the local experts on the rows that they received.
func (r *run) experts(m *moe, e *routing) {
	h, n := r.p.hidden, 2*e.received*r.p.hidden
	if !r.p.compile {
		r.expertCats(e)
		r.move(op.Cat, n, n, e.received, h)
		r.expertChains(m, e)
		return
	}
	if m.ranks > 1 && e.active < e.local {
		r.move(op.CatList, n, n, e.received, h)
	}
	if m.apart(e) {
		r.expertChains(m, e)
		return
	}
	s := &r.p.expert
	r.quantise(s, e.received, h)
	first := op.GroupedSwiglu(s, e.received, h, m.inner, e.active)
	second := op.GroupedLinear(s, e.received, m.inner, h, e.active)
	if m.facts.Bias {
		first.AddExpertBias(2*m.inner, e.active)
		second.AddExpertBias(h, e.active)
	}
	r.add(first)
	if s.Input != op.BlockScale { // the MXFP4 kernel quantises its own result
		r.quantise(s, e.received, m.inner)
	}
	r.add(second)
	if m.reduce {
		r.allReduce(&r.p.groups.moeTP, e.received, h)
	}
}

// expertCats join the chunks that every local expert got from the source ranks; experts without rows join nothing.
func (r *run) expertCats(e *routing) {
	outer := r.times
	for _, s := range e.shares {
		if s.experts == 0 {
			continue
		}
		r.times = outer * s.experts
		n := 2 * s.rows * r.p.hidden
		r.move(op.Cat, n, n, s.rows, r.p.hidden)
	}
	if idle := e.local - e.active; idle > 0 {
		r.times = outer * idle
		r.move(op.Cat, 0, 0, 0, r.p.hidden)
	}
	r.times = outer
}

// expertChains run one expert after the other: always when eager, compiled where they cannot be merged.
func (r *run) expertChains(m *moe, e *routing) {
	outer := r.times
	for i := range e.shares {
		s := &e.shares[i]
		if s.experts == 0 {
			continue
		}
		r.times = outer * s.experts
		if s.padded != s.rows {
			h := r.p.hidden
			r.move(op.Pad, 2*s.rows*h, 2*s.padded*h, s.rows, h)
		}
		r.expertChain(m, s.padded)
	}
	r.times = outer
}

func (r *run) expertChain(m *moe, rows float64) {
	p, s, h := r.p, &r.p.expert, r.p.hidden
	if m.regroup {
		r.gateUpRegrouped(&p.groups.moeTP, s, rows, m.inner, m.full, m.facts.Bias)
		down := row{group: &p.groups.moeTP, fed: m.full, full: m.full, weights: m.inner, out: h, bias: m.facts.Bias}
		r.rowRegrouped(s, &down, rows)
		return
	}
	if p.compile {
		r.project(s, rows, h, 2*m.inner, m.inner, m.facts.Bias)
		r.add(op.SwigluOf(rows, m.inner))
	} else {
		r.gateUpEager(s, rows, m.inner, m.facts.Bias)
	}
	r.quantise(s, rows, m.inner)
	down := op.Linear(s, rows, m.inner, h, h)
	if m.facts.Bias {
		down.AddBias(h)
	}
	r.reduced(down, &p.groups.moeTP, rows, h)
}
