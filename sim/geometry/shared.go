package geometry

import "fathom/sim/model"

// indexedRatio is the compression whose layers select entries with an indexer; their compressors overlap and are twice
// as wide (simulation-model A.1).
const indexedRatio = 4

// shared is the attention of DeepSeek-V4: one key and value head for all query heads over a ring of the newest tokens
// and compressed entries of older ones (simulation-model, appendix A). The main cache stays in 16 bits.
func (b *builder) shared(a model.Attention) Attention {
	h, dim, heads := b.hidden, a.HeadDim, b.heads(a.Heads)
	out := Attention{Own: a, KVHeads: 1}
	out.Own.Heads, out.Own.KVHeads = heads, 1
	out.Own.OutputGroups, out.Own.IndexHeads = b.heads(a.OutputGroups), b.heads(a.IndexHeads)
	down := b.deal(Matrix{Part: OutputDown, Role: Projection, All: Size{a.Heads * dim, a.OutRank}, Dealt: Rows}, a.Heads)
	out.Matrices = []Matrix{b.projection(QueryDown, h, a.QRank, Whole, 0),
		joined(b.projection(LatentDown, h, dim, Whole, 0)),
		b.projection(QueryUp, a.QRank, a.Heads*dim, Columns, a.Heads),
		down, b.output(a.OutputGroups*a.OutRank, a.OutputGroups, a.OutputBias)}
	out.Vectors = []Vector{whole(a.QRank+dim, narrow), whole(a.Heads, wide)}
	b.compressor(&out, Compressor, dim)

	entry := dim
	if b.draft { // rows of an MTP layer keep the rotated columns apart (simulation-model 8.1)
		entry += a.RopeDim
	}
	out.Caches = []Cache{{Elements: entry, Every: a.Ratio, Ring: a.Window, Copies: 1, Wide: true}}
	out.Sees = []Span{{Every: 1, Reach: a.Window}}
	if a.Ratio > 0 {
		out.Sees = append(out.Sees, Span{Every: a.Ratio, Reach: a.TopK * a.Ratio})
	}
	if a.OwnsIndexer {
		out.Matrices = append(out.Matrices, b.projection(IndexQuery, a.QRank, a.IndexHeads*a.IndexDim, Columns, a.IndexHeads),
			b.projection(IndexWeight, h, a.IndexHeads, Columns, a.IndexHeads))
		b.compressor(&out, IndexCompressor, a.IndexDim)
		out.Caches = append(out.Caches, Cache{Elements: a.IndexDim, Every: a.Ratio, Copies: 1, Index: true})
		out.Kernels = indexKernels
	}
	out.PairFLOPs = 4 * float64(heads*dim)
	out.CachedFLOPs = out.PairFLOPs
	out.Live = a.QRank + dim + 2*heads*dim
	return out
}

// compressor adds keys and gates as one product, position biases and a norm. The reference tool stores none of it.
func (b *builder) compressor(out *Attention, p Part, dim int) {
	a := &out.Own
	if a.Ratio == 0 {
		return
	}
	width := dim
	if a.Ratio == indexedRatio {
		width *= 2
	}
	m := b.projection(p, b.hidden, 2*width, Whole, 0)
	m.Unstored = true
	out.Matrices = append(out.Matrices, m)
	out.Vectors = append(out.Vectors, Vector{All: a.Ratio*width + dim, Own: a.Ratio*width + dim, Bytes: narrow,
		Unstored: true})
}
