package geometry

import "fathom/sim/model"

// grouped is grouped-query attention over a cache of KV heads; one with multi-head and multi-query attention. Where
// there are fewer KV heads than ranks several ranks keep the same one.
func (b *builder) grouped(a model.Attention) Attention {
	h, dv, kvHeads := b.hidden, a.Values(), max(1, a.KVHeads)
	out := Attention{Own: a, KVHeads: b.heads(kvHeads)}
	own, dealt := &out.Own, Columns
	own.Heads, own.KVHeads = b.heads(a.Heads), out.KVHeads
	if b.wholeHeads {
		own.Heads, own.KVHeads, dealt = a.Heads, kvHeads, Whole
	}
	query := a.Heads * a.HeadDim
	if a.Gated {
		query *= 2
	}
	q := b.projection(Query, h, query, dealt, a.Heads)
	k := joined(b.projection(Key, h, kvHeads*a.HeadDim, dealt, kvHeads))
	v := joined(b.projection(Value, h, kvHeads*dv, dealt, kvHeads))
	q.Bias, k.Bias, v.Bias = a.Bias, a.Bias, a.Bias
	out.Matrices = make([]Matrix, 0, 5)
	out.Vectors = make([]Vector, 0, 3)
	if a.QRank > 0 { // queries over a latent of their own (Step-3, arXiv 2507.19427)
		out.Matrices = append(out.Matrices, b.projection(QueryDown, h, a.QRank, Whole, 0))
		out.Vectors = append(out.Vectors, whole(a.QRank, narrow))
		q.Part, q.All.In, q.Own.In = QueryUp, a.QRank, a.QRank
		k.Joined, k.Launches = false, 1
	}
	out.Matrices = append(out.Matrices, q)
	switch {
	case a.KVShared: // keys and values of an earlier layer
	case a.KeyIsValue:
		out.Matrices = append(out.Matrices, k)
	default:
		out.Matrices = append(out.Matrices, k, v)
	}
	out.Matrices = append(out.Matrices, b.output(a.Heads*dv, a.Heads, a.OutputBias))
	if a.Sinks {
		out.Vectors = append(out.Vectors, Vector{All: a.Heads, Own: own.Heads, Bytes: narrow})
	}
	switch a.QKNorm {
	case model.PerHead:
		out.Vectors = append(out.Vectors, whole(2*a.HeadDim, narrow))
		out.Kernels++
	case model.PerHeadBare:
		out.Kernels++
	case model.FullWidth: // the mean square spans all ranks
		out.Vectors = append(out.Vectors, Vector{All: (a.Heads + kvHeads) * a.HeadDim,
			Own: (own.Heads + own.KVHeads) * a.HeadDim, Bytes: narrow})
		out.Kernels += 2
		out.Reduces = 2
	}
	if !a.KVShared && !a.Cross {
		out.Caches = []Cache{{Elements: out.KVHeads * (a.HeadDim + dv), Every: 1, Reach: a.Window,
			Copies: max(1, b.sizes[TP]/kvHeads)}}
	}
	if !a.Cross { // requests without images have nothing to attend to
		out.Sees = []Span{{Every: 1, Reach: a.Window}}
	}
	out.PairFLOPs = 2 * float64(own.Heads*(a.HeadDim+dv))
	out.CachedFLOPs = out.PairFLOPs
	out.Live = (own.Heads + own.KVHeads) * (a.HeadDim + dv)
	return out
}
