package memory

import (
	"fathom/hw"
	"fathom/sim/model"
	"fathom/sim/plan"
)

// rankShape is what one rank knows about its share of every layer.
type rankShape struct {
	m               *model.Model
	s               plan.Strategy
	tp, oTP, mlpTP  int
	headTP, moeTP   int
	experts, others hw.Layout
	scales          float64 // bytes of quantisation scales that the reference tool counts for a layer
}

func newShape(m *model.Model, s plan.Strategy, q plan.Quant) rankShape {
	sh := rankShape{m: m, s: s, tp: max(1, s.TP), moeTP: max(1, s.MoETP)}
	own := func(size int) int {
		if size > 0 {
			return size
		}
		return sh.tp
	}
	sh.oTP, sh.mlpTP, sh.headTP = own(s.OProjTP), own(s.MLPTP), own(s.LMHeadTP)
	sh.experts, sh.others = formats(q)
	sh.scales = scales(q.Linear)
	return sh
}

// stage gives the bytes of one pipeline stage (simulation-model 6.2).
func (sh rankShape) stage(st plan.Stage, mtp int) float64 {
	m := sh.m
	total := fp16 * 2 * float64(m.MaxPositions) * float64(m.TableWidth)
	for _, l := range st.Layers {
		total += sh.layer(l, false)
	}
	if st.Embedding {
		total += sh.embedding()
	}
	if !st.Head {
		return total
	}
	total += sh.head() + fp16*float64(m.Hidden)
	if m.Hyper != nil {
		total += hyperHead(m)
	}
	if mtp > 0 {
		// The MTP layers share one embedding and one head of their own, apart from the model's.
		total += fp16*float64(m.Vocab)*float64(m.Hidden) + sh.head()
		perLayer := sh.layer(m.MTPLayer, true) + sh.others.Matrix(2*m.Hidden, m.Hidden) + fp16*2*float64(m.Hidden)
		total += float64(mtp)*perLayer + fp32*float64(m.TableWidth) // and the frequencies of their own tables
	}
	return total
}

// embedding is the whole table on every rank unless it is split.
func (sh rankShape) embedding() float64 {
	rows, cols := sh.m.Vocab, sh.m.Hidden
	switch sh.s.WordEmbeddingTP {
	case plan.EmbeddingCol:
		cols = ceil(cols, sh.tp)
	case plan.EmbeddingRow:
		rows = ceil(rows, sh.tp)
	}
	return fp16 * float64(rows) * float64(cols)
}

// head is never quantised and never shares the embedding's table.
func (sh rankShape) head() float64 {
	return fp16 * float64(ceil(sh.m.Vocab, sh.headTP)) * float64(sh.m.Hidden)
}

// layer gives the bytes of one decoder layer; mtp marks the block of an MTP layer.
func (sh rankShape) layer(l model.Layer, mtp bool) float64 {
	total := fp16*2*float64(sh.m.Hidden) + sh.scales
	if sh.m.Hyper != nil {
		total += hyperLayer(sh.m)
	}
	switch l.Attention.Kind {
	case model.GQA:
		total += sh.gqa(l.Attention, mtp)
	case model.MLA:
		total += sh.mla(l.Attention)
	case model.SharedKV:
		total += sh.sharedKV(l.Attention)
	case model.Linear:
		total += sh.linearAttention(l.Attention)
	}
	if l.FFN.MoE() {
		return total + sh.router(l.FFN) + float64(sh.localExperts(l.FFN))*sh.expert(l.FFN) + sh.shared(l.FFN)
	}
	return total + sh.mlp(l.FFN)
}

// gqa counts queries, keys, values, output and norms. The reference tool leaves the queries, keys and values of an MTP
// block whole on every rank (simulation-model 8.1).
func (sh rankShape) gqa(a model.Attention, mtp bool) float64 {
	h := sh.m.Hidden
	heads, kv, dv := a.Heads/sh.tp, localKV(a, sh.tp), a.Values()
	if mtp {
		heads, kv = a.Heads, a.KVHeads
	}
	q, k, v := heads*a.HeadDim, kv*a.HeadDim, kv*dv
	total := sh.others.Matrix(h, k) + sh.others.Matrix(h, v) + sh.others.Matrix(a.Heads/sh.oTP*dv, h)
	if a.Gated {
		total += sh.others.Matrix(h, 2*q)
	} else {
		total += sh.others.Matrix(h, q)
	}
	extra := 0
	if a.Bias {
		extra += q + k + v
	}
	if a.OutputBias {
		extra += h
	}
	if a.Sinks {
		extra += heads
	}
	switch a.QKNorm {
	case model.PerHead:
		extra += 2 * a.HeadDim
	case model.FullWidth:
		extra += q + k
	}
	return total + fp16*float64(extra)
}

// mla counts latent attention; the down projections and the indexer are whole on every rank.
func (sh rankShape) mla(a model.Attention) float64 {
	h := sh.m.Hidden
	heads := a.Heads / sh.tp
	w := sh.others.Matrix
	total := w(h, a.KVRank+a.RopeDim) + w(a.KVRank, heads*(a.NopeDim+a.ValueDim)) + w(a.Heads/sh.oTP*a.ValueDim, h)
	if a.QRank > 0 {
		total += w(h, a.QRank) + w(a.QRank, heads*a.HeadDim)
	} else {
		total += w(h, heads*a.HeadDim)
	}
	total += fp16 * float64(a.QRank+a.KVRank)
	if a.OwnsIndexer {
		total += w(a.QRank, a.IndexHeads*a.IndexDim) + w(h, a.IndexDim) + w(h, a.IndexHeads) + fp16*2*float64(a.IndexDim)
	}
	return total
}

// linearAttention counts a delta-rule block; its convolution and its decay parameters are whole on every rank.
func (sh rankShape) linearAttention(a model.Attention) float64 {
	h := sh.m.Hidden
	values := a.ValueHeads / sh.tp
	qkv := 2*a.KeyHeads*a.KeyDim + a.ValueHeads*a.ValueDim
	w := sh.others.Matrix
	total := w(h, qkv/sh.tp) + w(h, values*a.ValueDim) + 2*w(h, values) + w(values*a.ValueDim, h)
	return total + fp16*float64(a.ConvKernel*qkv+a.ValueDim+2*a.ValueHeads)
}

// mlp counts a dense feed-forward block.
func (sh rankShape) mlp(f model.FFN) float64 {
	return sh.gated(sh.others, ceil(f.Inner, sh.mlpTP), f.Bias)
}

// gated counts gate, up and down projections.
func (sh rankShape) gated(l hw.Layout, inner int, bias bool) float64 {
	total := 2*l.Matrix(sh.m.Hidden, inner) + l.Matrix(inner, sh.m.Hidden)
	if bias {
		total += fp16 * float64(2*inner+sh.m.Hidden)
	}
	return total
}

// router counts the gate, which is never quantised.
func (sh rankShape) router(f model.FFN) float64 {
	total := fp16 * float64(f.Experts) * float64(sh.m.Hidden)
	if f.Bias {
		total += fp16 * float64(f.Experts)
	}
	if f.HashGate { // a table of expert numbers for every token id instead of a bias
		return total + 4*float64(sh.m.Vocab)*float64(f.TopK)
	}
	return total + float64(f.BiasBytes*f.Experts)
}

// localExperts is the number of routed experts whose weights the rank holds.
func (sh rankShape) localExperts(f model.FFN) int {
	if sh.s.ExternalShared && sh.s.HostExternal {
		return 0
	}
	return sh.s.Route(f, 1).Local
}

// expert counts one routed expert.
func (sh rankShape) expert(f model.FFN) float64 {
	return sh.gated(sh.experts, ceil(f.ExpertInner, sh.moeTP), f.Bias)
}

// shared counts the shared experts and their gate: whole on every rank, or split like a dense block, or on other ranks.
func (sh rankShape) shared(f model.FFN) float64 {
	if f.SharedInner == 0 || sh.s.ExternalShared && !sh.s.HostExternal {
		return 0
	}
	inner := f.SharedInner
	if sh.s.SharedExpertTP {
		inner = ceil(inner, sh.mlpTP)
	}
	total := sh.gated(sh.others, inner, false)
	if f.SharedGate {
		total += sh.others.Matrix(sh.m.Hidden, 1)
	}
	return total
}
