package pass

import (
	"fathom/hw/message"
	"fathom/sim/geometry"
	"fathom/sim/model"
	"fathom/sim/op"
)

// state holds the constants of a block with a recurrent state that is no gated delta rule: Mamba, Mamba-2, Kimi delta
// attention, lightning attention.
type state struct {
	op.Delta
	products []geometry.Matrix // in order, without the output projection
	channels bool              // of one column each (Mamba)
	delta    bool              // the state is corrected before it is read
	sums     float64           // columns of a product that is summed over the ranks, 0: none
	out      row
}

// newLinear prepares a block with a recurrent state. Keys that groups of heads share are replicated where there are
// more ranks.
func (p *Pricer) newLinear(l *layer, g *geometry.Attention) error {
	a := &l.facts.Attention
	if a.Rule == model.DeltaRule {
		return p.newDelta(l, g)
	}
	if tp := p.setup.Strategy.TP; a.ValueHeads%tp != 0 {
		return message.Fault("pass.heads-divisor", tp, a.ValueHeads, p.setup.Model.Name)
	}
	own := &g.Own
	s := state{Delta: op.Delta{KeyHeads: float64(own.KeyHeads), ValueHeads: float64(own.ValueHeads),
		KeyDim: float64(a.KeyDim), ValueDim: float64(a.ValueDim), Kernel: float64(a.ConvKernel)},
		channels: a.Rule == model.Mamba1, delta: a.Rule == model.KDA}
	for _, m := range g.Matrices {
		if m.Part != geometry.Output {
			s.products = append(s.products, m)
		}
	}
	s.sums = float64(g.Find(geometry.StateInput).Own.Out)
	s.out = p.newRow(&p.groups.out, g.Find(geometry.Output), float64(own.ValueHeads*a.ValueDim))
	l.state = s
	return nil
}

// stateBlock is such a block from the normed input to the output projection: products, convolution, the recurrence,
// gated norm. The reference tool has none of them: operators follow those that it has for the gated delta rule.
func (r *run) stateBlock(s *state) {
	t, tp := r.b.Tokens, &r.p.groups.tp
	r.projectState(s)
	if s.Kernel > 0 {
		d := s.Delta
		if s.channels { // the values alone
			d.KeyHeads = 0
		}
		r.add(d.Conv(t, r.decodesState()))
	}
	if s.sums > 0 {
		r.allReduce(tp, t, s.sums)
	}
	switch step := r.decodesState(); {
	case s.delta && step:
		r.add(s.Gating(t))
		r.add(s.Recurrent(t))
	case s.delta:
		r.add(s.Gating(t))
		r.add(s.Chunked(t, r.resumed()))
	case step || s.channels:
		r.add(s.Step(t, r.b.Requests, step))
	default:
		r.add(s.Scan(t, r.b.Requests))
	}
	r.add(s.GatedNorm(t))
	r.rowLinear(&r.p.recurrent, &s.out)
}

// decodesState reports whether every token updates a stored state.
func (r *run) decodesState() bool { return r.b.Decode }

// projectState runs the products; those that read the same rows are one where the code is compiled.
func (r *run) projectState(s *state) {
	p, scheme, t := r.p, &r.p.recurrent, r.b.Tokens
	for i := 0; i < len(s.products); {
		m := &s.products[i]
		out, first := float64(m.Own.Out), float64(m.Own.Out)
		i++
		for p.compile && i < len(s.products) && s.products[i].Joined {
			out += float64(s.products[i].Own.Out)
			i++
		}
		r.project(scheme, t, float64(m.Own.In), out, first, m.Bias)
	}
}
