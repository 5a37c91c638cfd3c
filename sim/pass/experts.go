package pass

import "fathom/sim/op"

// experts runs the local experts on the rows that they received.
func (r *run) experts(m *moe, e *routing) {
	h, n := m.width, 2*e.received*m.width
	if !r.p.compile {
		r.expertCats(m, e)
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
	if m.facts.Plain {
		first = op.GroupedLinear(s, e.received, h, m.inner, e.active)
	}
	second := op.GroupedLinear(s, e.received, m.inner, h, e.active)
	if m.facts.Bias {
		first.AddExpertBias(2*m.inner, e.active)
		second.AddExpertBias(h, e.active)
	}
	r.add(first)
	if m.facts.Plain {
		r.move(op.Gelu, 2*e.received*m.inner, 2*e.received*m.inner, e.received, m.inner)
	}
	if s.Input != op.BlockScale { // the MXFP4 kernel quantises its own result
		r.quantise(s, e.received, m.inner)
	}
	r.add(second)
	if m.reduce {
		r.allReduce(&r.p.groups.moeTP, e.received, h)
	}
}

// expertCats join the chunks that every local expert got from the source ranks; experts without rows join nothing.
func (r *run) expertCats(m *moe, e *routing) {
	outer := r.times
	for _, s := range e.shares {
		if s.experts == 0 {
			continue
		}
		r.times = outer * s.experts
		n := 2 * s.rows * m.width
		r.move(op.Cat, n, n, s.rows, m.width)
	}
	if idle := e.local - e.active; idle > 0 {
		r.times = outer * idle
		r.move(op.Cat, 0, 0, 0, m.width)
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
			h := m.width
			r.move(op.Pad, 2*s.rows*h, 2*s.padded*h, s.rows, h)
		}
		r.expertChain(m, s.padded)
	}
	r.times = outer
}

func (r *run) expertChain(m *moe, rows float64) {
	p, s, h := r.p, &r.p.expert, m.width
	if m.regroup {
		r.gateUpRegrouped(&p.groups.moeTP, s, rows, m.inner, m.full, m.facts.Bias)
		down := row{group: &p.groups.moeTP, fed: m.full, full: m.full, weights: m.inner, out: h, bias: m.facts.Bias}
		r.rowRegrouped(s, &down, rows)
		return
	}
	if m.facts.Plain {
		r.project(s, rows, h, m.inner, m.inner, m.facts.Bias)
		r.move(op.Gelu, 2*rows*m.inner, 2*rows*m.inner, rows, m.inner)
	} else if p.compile {
		r.project(s, rows, h, 2*m.inner, m.inner, m.facts.Bias)
		r.add(op.SwigluOf(rows, m.inner))
	} else {
		r.gateUpEager(s, rows, h, m.inner, m.facts.Bias)
	}
	r.quantise(s, rows, m.inner)
	down := op.Linear(s, rows, m.inner, h, h)
	if m.facts.Bias {
		down.AddBias(h)
	}
	r.reduced(down, &p.groups.moeTP, rows, h)
}
