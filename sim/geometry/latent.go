package geometry

import "fathom/sim/model"

// latent is multi-head latent attention: one compressed vector for a token, the same on every rank, as are both down
// projections and the indexer of sparse attention. Serving engines run both down projections as one product; in decode
// the up projection of the cache runs in two halves, before and after the attention.
func (b *builder) latent(a model.Attention) Attention {
	h, heads := b.hidden, b.heads(a.Heads)
	out := Attention{Own: a}
	out.Own.Heads, out.Own.KVHeads, out.KVHeads = heads, heads, heads
	latent := b.projection(LatentDown, h, a.KVRank+a.RopeDim, Whole, 0)
	up := b.projection(LatentUp, a.KVRank, a.Heads*(a.NopeDim+a.ValueDim), Columns, a.Heads)
	up.Launches = 2
	out.Matrices = make([]Matrix, 0, 8)
	if a.QRank > 0 {
		out.Matrices = append(out.Matrices, b.projection(QueryDown, h, a.QRank, Whole, 0), joined(latent),
			b.projection(QueryUp, a.QRank, a.Heads*a.HeadDim, Columns, a.Heads))
	} else {
		out.Matrices = append(out.Matrices, b.projection(Query, h, a.Heads*a.HeadDim, Columns, a.Heads), joined(latent))
		out.Products = 1
	}
	out.Matrices = append(out.Matrices, up, b.output(a.Heads*a.ValueDim, a.Heads, a.OutputBias))
	out.Vectors = []Vector{whole(a.QRank+a.KVRank, narrow)}
	out.Caches = []Cache{{Elements: a.KVRank + a.RopeDim, Every: 1, Copies: b.sizes[TP]}}
	out.Sees = []Span{{Every: 1, Reach: a.TopK}}
	if a.OwnsIndexer {
		key, weight := joined(b.projection(IndexKey, h, a.IndexDim, Whole, 0)), b.projection(IndexWeight, h, a.IndexHeads,
			Whole, 0)
		weight.Joined, key.Launches = true, 1
		query := joined(b.projection(IndexQuery, max(1, a.QRank), a.IndexHeads*a.IndexDim, Whole, 0))
		query.Launches = 1
		out.Matrices = append(out.Matrices, query, key, weight)
		out.Vectors = append(out.Vectors, whole(2*a.IndexDim, narrow))
		out.Caches = append(out.Caches, Cache{Elements: a.IndexDim, Every: 1, Copies: b.sizes[TP], Index: true})
		out.Kernels = indexKernels
	}
	out.PairFLOPs = 2 * float64(heads*(a.NopeDim+a.RopeDim+a.ValueDim))
	out.CachedFLOPs = 2 * float64(heads*(2*a.KVRank+a.RopeDim))
	out.Live = a.QRank + a.KVRank + a.RopeDim + heads*(a.HeadDim+a.ValueDim)
	return out
}

// indexKernels are the short kernels of an indexer: its norm, rotations, quantisation, scores and selection
// (simulation-model 3.5, DeepSeek-V3.2).
const indexKernels = 8
