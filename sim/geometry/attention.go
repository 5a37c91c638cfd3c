package geometry

import "fathom/sim/model"

// Attention is an attention block on one rank.
type Attention struct {
	// Own are the facts of the block with the heads of this rank: those that are projected. KVHeads are those whose cache
	// is read, more than a share of them where there are fewer heads than ranks.
	Own     model.Attention
	KVHeads int

	Matrices []Matrix
	Vectors  []Vector

	Caches []Cache
	State  []Kept

	// Sees are the keys that a query attends to. A (query, key) pair of a prompt costs PairFLOPs, one of a decode step
	// CachedFLOPs: latents are expanded to heads in prompts and read as they are in decode (DeepSeek-V2, arXiv 2405.04434,
	// section 2.1).
	Sees                   []Span
	PairFLOPs, CachedFLOPs float64

	// Kernels are the short ones beyond those of plain grouped attention, Products those that count like a matrix product
	// though they are none, Reduces collectives of a few numbers.
	Kernels, Products, Reduces int
	Live                       int // elements of a token between the input and the output projection
}

// Cache is what a layer keeps of its tokens on one rank.
type Cache struct {
	Elements int // of an entry
	Every    int // tokens for an entry; 0: only the ring
	Ring     int // entries that every request has beside, however short it is
	Reach    int // a request never needs more than its newest tokens, 0: all. The reference tool keeps all.
	Copies   int // ranks that hold the same entries
	Wide     bool
	Index    bool // of an indexer, which reads all of it for every query
}

// Kept is what a layer keeps of a request, whatever its length. The reference tool counts none.
type Kept struct {
	Elements int
	Bytes    float64 // of an element
}

// Span are keys of which one stands for Every tokens, among the newest Reach tokens (0: all).
type Span struct{ Every, Reach int }

// Find gives a matrix of the block; the zero Matrix where it has none of that part.
func (a *Attention) Find(p Part) Matrix { return find(a.Matrices, p) }

func find(list []Matrix, p Part) (none Matrix) {
	for i := range list {
		if list[i].Part == p {
			return list[i]
		}
	}
	return none
}

// StateBytes is the state of one request.
func (a *Attention) StateBytes() float64 {
	total := 0.0
	for _, s := range a.State {
		total += float64(s.Elements) * s.Bytes
	}
	return total
}

// Latent reports whether a token's cache is one vector for all heads.
func (a *Attention) Latent() bool { return a.Own.KVRank > 0 || a.Own.Kind == model.SharedKV }

// projection is a matrix of the attention; units are the heads that it is dealt by.
func (b *builder) projection(p Part, in, out int, d Dealt, units int) Matrix {
	return b.deal(Matrix{Part: p, Role: Projection, All: Size{in, out}, Dealt: d}, units)
}

// joined reads what the matrix before it has read.
func joined(m Matrix) Matrix {
	m.Joined, m.Launches = true, 0
	return m
}

// output is the projection back to the hidden states over its own group.
func (b *builder) output(in, heads int, bias bool) Matrix {
	if b.sizes[OutputTP] != b.sizes[TP] {
		heads = 0
	}
	return b.deal(Matrix{Part: Output, Role: Projection, Group: OutputTP, All: Size{in, b.hidden}, Dealt: Rows,
		Bias: bias},
		heads)
}

// heads is the share of heads of a rank.
func (b *builder) heads(n int) int { return ceil(n, b.sizes[TP]) }
