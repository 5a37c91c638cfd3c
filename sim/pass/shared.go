package pass

import "fathom/sim/op"

// sharedExpert runs every row of the block through the shared expert and adds its result to the routed one. Compiled,
// its input is quantised already.
func (r *run) sharedExpert(m *moe, rows float64) {
	p, s, h, f := r.p, &r.p.shared, r.p.hidden, m.shared
	switch {
	case m.facts.Plain:
		r.project(s, rows, h, f, f, false)
		r.move(op.Gelu, 2*rows*f, 2*rows*f, rows, f)
	case p.compile && m.clamped:
		r.gateUp(m, rows)
		r.add(op.ClampedSwigluOf(rows, f))
	case p.compile:
		r.gateUp(m, rows)
		r.add(op.SwigluOf(rows, f))
	case m.clamped:
		r.project(s, rows, h, f, f, false)
		r.project(s, rows, h, f, f, false)
		r.add(op.ClampedSwigluOf(rows, f))
	default:
		r.gateUpEager(s, rows, h, f, false)
	}
	r.project(s, rows, f, h, h, false)
	width := m.weight
	if m.sharded {
		r.allReduce(&p.groups.mlp, rows, h)
		width = 2 // the routed result is FP16 again
	}
	if m.sharedGate {
		r.gateShared(s, rows)
	}
	r.move(op.Add, (width+2)*rows*h, width*rows*h, rows, h)
}

// gateUp is the merged product of gate and up, with the shared expert's own gate as one more column where scales allow
// it.
func (r *run) gateUp(m *moe, rows float64) {
	s, h, f := &r.p.shared, r.p.hidden, m.shared
	switch {
	case !m.sharedGate:
		r.product(s, rows, h, 2*f, f, false)
	case s.Input == op.BlockScale:
		r.product(s, rows, h, 2*f, f, false)
		r.product(s, rows, h, 1, 1, false)
	default:
		r.product(s, rows, h, 2*f+1, f, false)
	}
}

// gateShared scales the shared expert's result by its own gate.
func (r *run) gateShared(s *op.Scheme, rows float64) {
	h := r.p.hidden
	if !r.p.compile {
		r.project(s, rows, h, 1, 1, false)
	}
	r.move(op.Sigmoid, 2*rows, 2*rows, rows, 1)
	r.move(op.Mul, 2*rows+2*rows*h, 2*rows*h, rows, h)
}

// gateUpEager is gate, up and their product as operators of their own.
func (r *run) gateUpEager(s *op.Scheme, rows, h, inner float64, bias bool) {
	n := rows * inner
	r.project(s, rows, h, inner, inner, bias)
	r.move(op.Silu, 2*n, 2*n, rows, inner)
	r.project(s, rows, h, inner, inner, bias)
	r.move(op.Mul, 4*n, 2*n, rows, inner)
}

// hostedExpert is the shared expert on a rank that holds nothing else: plain linears on the rows that it was sent.
func (r *run) hostedExpert(m *moe, rows float64) {
	s, h, f := &r.p.shared, r.p.hidden, m.shared
	if m.facts.Plain {
		r.project(s, rows, h, f, f, false)
		r.move(op.Gelu, 2*rows*f, 2*rows*f, rows, f)
	} else if r.p.compile {
		r.project(s, rows, h, 2*f, f, false)
		r.add(op.SwigluOf(rows, f))
	} else {
		r.gateUpEager(s, rows, h, f, false)
	}
	r.project(s, rows, f, h, h, false)
}
