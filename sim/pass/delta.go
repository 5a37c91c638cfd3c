package pass

import (
	"fathom/hw/message"
	"fathom/sim/geometry"
	"fathom/sim/op"
)

// delta holds the constants of a linear-attention block (gated delta rule) on one rank.
type delta struct {
	op.Delta
	out row
}

// newDelta prepares linear attention; key and value heads are split over TP and never replicated.
func (p *Pricer) newDelta(l *layer, g *geometry.Attention) error {
	a := &l.facts.Attention
	tp := p.setup.Strategy.TP
	if a.KeyHeads%tp != 0 || a.ValueHeads%tp != 0 {
		return message.Fault("pass.kv-divisor", tp, a.KeyHeads, a.ValueHeads, p.setup.Model.Name)
	}
	own := &g.Own
	l.delta = delta{Delta: op.Delta{KeyHeads: float64(own.KeyHeads), ValueHeads: float64(own.ValueHeads),
		KeyDim: float64(a.KeyDim), ValueDim: float64(a.ValueDim), Kernel: float64(a.ConvKernel)}}
	l.delta.out = p.newRow(&p.groups.out, g.Find(geometry.Output), float64(own.ValueHeads*a.ValueDim))
	return nil
}

// deltaBlock is linear attention from the normed input to the output projection (simulation-model 3.5, Qwen3.5).
func (r *run) deltaBlock(d *delta) {
	t := r.b.Tokens
	r.projectDelta(d)
	step := r.stepwise()
	r.add(d.Conv(t, step))
	r.add(d.Gating(t))
	if step {
		r.add(d.Recurrent(t))
	} else {
		r.add(d.Chunked(t, r.resumed()))
	}
	r.add(d.GatedNorm(t))
	r.rowLinear(&r.p.recurrent, &d.out)
}

// projectDelta projects queries, keys and values together, the gate, and two small vectors of every head.
func (r *run) projectDelta(d *delta) {
	p, s, t := r.p, &r.p.recurrent, r.b.Tokens
	qkv, z, v := d.Width(), d.ValueHeads*d.ValueDim, d.ValueHeads
	switch {
	case !p.compile:
		r.project(s, t, p.hidden, qkv, qkv, false)
		r.project(s, t, p.hidden, z, z, false)
		r.project(s, t, p.hidden, v, v, false)
		r.project(s, t, p.hidden, v, v, false)
	case s.Input == op.BlockScale:
		r.product(s, t, p.hidden, qkv, qkv, false)
		r.product(s, t, p.hidden, z, z, false)
		r.product(s, t, p.hidden, 2*v, v, false)
	default:
		r.product(s, t, p.hidden, qkv+z+2*v, qkv, false)
	}
}

// stepwise reports whether the recurrent form runs: only eager, and only for one token per request, or for the tokens
// that verify drafts. Compiled decode takes the prefill form.
func (r *run) stepwise() bool {
	return !r.p.compile && r.b.Decode && r.b.Tokens == r.b.Requests*float64(1+r.p.mtp) &&
		r.b.MinQuery == float64(1+r.p.mtp)
}

// resumed reports whether the chunked form starts from a stored state.
func (r *run) resumed() bool {
	if r.p.compile && r.b.Decode {
		return false
	}
	for i := range r.b.Pieces {
		if c := &r.b.Pieces[i]; c.Total > c.Query {
			return true
		}
	}
	return false
}
