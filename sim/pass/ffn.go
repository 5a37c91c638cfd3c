package pass

import (
	"fathom/sim/cost"
	"fathom/sim/geometry"
	"fathom/sim/op"
)

// ffn holds the constants of a feed-forward block on one rank.
type ffn struct {
	inner   float64 // columns of gate and of up on this rank
	full    float64 // columns of the whole layer
	regroup bool    // its group is not the TP group (simulation-model 5.3)
	bias    bool
	plain   bool // not gated
	down    row
}

// newFFN prepares a feed-forward block.
func (p *Pricer) newFFN(f *geometry.FFN) ffn {
	m := f.Find(geometry.DownProj)
	down := p.newRow(&p.groups.mlp, m, float64(m.Own.In))
	if down.regroup {
		down.fed = down.full
	}
	return ffn{inner: float64(m.Own.In), full: down.full, regroup: down.regroup, bias: m.Bias,
		plain: f.Own.Plain, down: down}
}

// input is the scheme of the linears that read the norm before, nil where rows are exchanged in between.
func (f *ffn) input(p *Pricer) *op.Scheme {
	if f.regroup {
		return nil
	}
	return &p.linear
}

// ffnBlock is a gated feed-forward block: gate and up, swiglu, down.
func (r *run) ffnBlock(f *ffn) {
	p, s, t := r.p, &r.p.linear, r.b.Tokens
	if f.regroup {
		r.gateUpRegrouped(f.down.group, s, t, f.inner, f.full, f.bias)
		r.rowLinear(s, &f.down)
		return
	}
	if f.plain {
		r.project(s, t, p.hidden, f.inner, f.inner, f.bias)
		r.move(op.Gelu, 2*t*f.inner, 2*t*f.inner, t, f.inner)
		r.rowLinear(s, &f.down)
		return
	}
	if p.compile {
		r.product(s, t, p.hidden, 2*f.inner, f.inner, f.bias)
		r.add(op.SwigluOf(t, f.inner))
	} else {
		r.gateUpEager(s, t, p.hidden, f.inner, f.bias)
	}
	r.rowLinear(s, &f.down)
}

// gateUpRegrouped is gate and up over a group that is not the TP group: rows are gathered, the results gathered in both
// directions, and the activation runs at full width. Compiled, both share the first gather and are one product.
func (r *run) gateUpRegrouped(g *cost.Group, s *op.Scheme, rows, inner, full float64, bias bool) {
	p := r.p
	own := rows / p.groups.tp.Size
	wide := own * g.Size
	back := func() {
		r.allGather(g, wide, inner)
		r.allGather(&p.groups.tp, own, full)
	}
	if p.compile {
		r.allGather(g, own, p.hidden)
		r.project(s, wide, p.hidden, 2*inner, inner, bias)
		back()
		back()
		r.add(op.SwigluOf(rows, full))
		return
	}
	n := rows * full
	r.allGather(g, own, p.hidden)
	r.project(s, wide, p.hidden, inner, inner, bias)
	back()
	r.move(op.Silu, 2*n, 2*n, rows, full)
	r.allGather(g, own, p.hidden)
	r.project(s, wide, p.hidden, inner, inner, bias)
	back()
	r.move(op.Mul, 4*n, 2*n, rows, full)
}
