package pass

import (
	"fathom/sim/model"
	"fathom/sim/op"
)

// layer holds the constants of one kind of decoder layer.
type layer struct {
	facts  model.Layer
	gqa    gqa
	mla    mla
	shared shared
	delta  delta
	ffn    ffn
	moe    moe
}

// pass prices a whole forward: all stages one after the other, with the hidden states sent in between (simulation-model 8.5).
func (r *run) pass() {
	for i := range r.p.stages {
		s := &r.p.stages[i]
		before := r.sum.Seconds
		if s.first {
			if r.shape.Images > 0 && !r.shape.Decode && r.p.setup.Model.Vision != nil {
				r.vision()
			}
			r.embedding()
		}
		r.lookups()
		for j := range s.runs {
			n := &s.runs[j]
			r.times = n.times
			r.layer(n.layer, n.fused, r.p.across)
		}
		r.times = 1
		if s.last {
			r.head()
			if r.p.mtp > 0 {
				r.drafts()
			}
		}
		own := r.sum.Seconds - before
		if !s.last {
			r.send(op.Send(r.b.Tokens, r.p.hidden), s.next)
		}
		if r.rec != nil {
			r.recordStage(i, own, r.sum.Seconds-before-own)
		}
	}
}

// layer prices one decoder layer. fused tells that the residual add of the layer before is still to be done, leave that this
// layer leaves its own to the next norm.
func (r *run) layer(l *layer, fused, leave bool) {
	t, h := r.b.Tokens, r.p.hidden
	switch l.facts.Attention.Kind {
	case model.SharedKV:
		r.hyperLayer(l)
		return
	case model.MLA:
		r.norm(t, h, fused, nil)
		r.mlaBlock(&l.mla)
	case model.Linear:
		r.norm(t, h, fused, &r.p.linear)
		r.deltaBlock(&l.delta)
	default:
		r.norm(t, h, fused, l.gqa.input(r.p))
		r.gqaBlock(&l.gqa)
	}
	if l.facts.FFN.MoE() {
		r.norm(t, h, true, nil)
		r.moeBlock(&l.moe)
	} else {
		r.norm(t, h, true, l.ffn.input(r.p))
		r.ffnBlock(&l.ffn)
	}
	if !leave {
		r.move(op.Add, 4*t*h, 2*t*h, t, h)
	}
}
