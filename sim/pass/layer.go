package pass

import (
	"fathom/sim/model"
	"fathom/sim/op"
)

// layer holds the constants of one kind of decoder layer.
type layer struct {
	facts  model.Layer
	live   float64 // elements of a token between the input and the output projection of its attention
	gqa    gqa
	mla    mla
	shared shared
	delta  delta
	state  state
	ffn    ffn
	moe    moe
}

// pass prices a whole forward: all stages one after the other, with the hidden states sent in between (simulation-model
// 8.5).
func (r *run) pass() {
	r.split = r.p.sequence && int(r.b.Tokens)%int(r.p.tp) == 0
	for i := range r.p.stages {
		s := &r.p.stages[i]
		before := r.sum.Seconds
		r.begin(1)
		if s.first {
			if r.shape.Images > 0 && !r.shape.Decode && r.p.setup.Model.Vision != nil {
				r.vision()
			}
			r.embedding()
		}
		r.lookups()
		for j := range s.runs {
			n := &s.runs[j]
			r.begin(n.times)
			r.layer(n.layer, n.fused, r.p.across)
		}
		r.begin(1)
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
		if len(r.p.stages) > 1 {
			r.sum.Slowest = max(r.sum.Slowest, r.sum.Seconds-before)
		}
		if r.rec != nil {
			r.recordStage(i, own, r.sum.Seconds-before-own)
		}
	}
}

// layer prices one decoder layer. fused tells that the residual add of the layer before is still to be done, leave that
// this layer leaves its own to the next norm.
func (r *run) layer(l *layer, fused, leave bool) {
	if l.facts.Attention.Kind == model.SharedKV {
		r.hyperLayer(l)
		return
	}
	if l.facts.FFN.None() || l.facts.Attention.Kind == model.NoAttention {
		r.single(l, fused, leave)
		return
	}
	in, after := l.input(r.p), l.afterAttention(r.p)
	split := r.splits(after)
	r.streamNorm(fused, in, split && r.splits(in), true)
	r.scatter = split
	r.attention(l)
	moe := l.facts.FFN.MoE()
	if r.p.norms > 1 {
		r.resultNorm()
		r.streamNorm(true, after, split, !moe || !l.moe.sliced || l.moe.router.kind == model.RawLogits)
	}
	if moe {
		r.moeBlock(&l.moe)
	} else {
		r.ffnBlock(&l.ffn)
	}
	r.resultNorm()
	r.ownEmbedding()
	r.scatter = false
	rows, h := r.b.Tokens, r.p.hidden
	if split {
		rows /= r.p.tp
	}
	if !leave {
		r.move(op.Add, 4*rows*h, 2*rows*h, rows, h)
	}
	if split && !r.splits(in) {
		r.allGather(&r.p.groups.tp, rows, h)
	}
}

// single prices a layer of one block, with the norm before it and the residual add after it.
func (r *run) single(l *layer, fused, leave bool) {
	attends := l.facts.Attention.Kind != model.NoAttention
	next := l.afterAttention(r.p)
	if attends {
		next = l.input(r.p)
	}
	r.streamNorm(fused, next, false, true)
	switch {
	case attends:
		r.attention(l)
	case l.facts.FFN.MoE():
		r.moeBlock(&l.moe)
	default:
		r.ffnBlock(&l.ffn)
	}
	r.resultNorm()
	if !leave {
		t, h := r.b.Tokens, r.p.hidden
		r.move(op.Add, 4*t*h, 2*t*h, t, h)
	}
}

// resultNorm norms the result of a block before it joins the residual stream, in families of four norms a layer.
func (r *run) resultNorm() {
	if r.p.norms > 2 {
		r.norm(r.b.Tokens, r.p.hidden, false, nil)
	}
}

// ownEmbedding brings the layer's own embedding of every token in: gate, product, projection and norm.
func (r *run) ownEmbedding() {
	t, h, w := r.b.Tokens, r.p.hidden, r.p.perLayer
	if w == 0 {
		return
	}
	r.add(op.Embed(t, w))
	r.project(&r.p.linear, t, h, w, w, false)
	r.move(op.Gelu, 2*t*w, 2*t*w, t, w)
	r.move(op.Mul, 4*t*w, 2*t*w, t, w)
	r.project(&r.p.linear, t, w, h, h, false)
	r.norm(t, h, false, nil)
	r.move(op.Add, 4*t*h, 2*t*h, t, h)
}

// attention runs the blocks of which New has prepared one. Called by name, because through a table the run would no
// longer live on the stack.
func (r *run) attention(l *layer) {
	switch l.facts.Attention.Kind {
	case model.GQA:
		r.gqaBlock(&l.gqa)
	case model.MLA:
		r.mlaBlock(&l.mla)
	case model.Linear:
		if l.facts.Attention.Rule == model.DeltaRule {
			r.deltaBlock(&l.delta)
		} else {
			r.stateBlock(&l.state)
		}
	case model.SharedKV:
		r.sharedBlock(&l.shared)
	default:
		panic("attention of kind " + l.facts.Attention.Kind.String() + " was prepared and has no operators")
	}
}

// input is the scheme of the linears that read the input norm, nil where an operator with products of its own does.
func (l *layer) input(p *Pricer) *op.Scheme {
	if l.facts.Attention.Kind == model.MLA {
		return nil
	}
	if l.facts.Attention.Kind == model.Linear {
		return &p.recurrent
	}
	return &p.projection
}

// afterAttention is the scheme of the linears that read the norm after attention.
func (l *layer) afterAttention(p *Pricer) *op.Scheme {
	if l.facts.FFN.MoE() || l.facts.FFN.None() {
		return nil
	}
	return l.ffn.input(p)
}
