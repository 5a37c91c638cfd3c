package kernel

import (
	"fathom/hw"
	"fathom/sim/geometry"
)

// shape is what one kind of layer costs on one rank, and how many layers are of the kind. Its sizes come from
// sim/geometry.
type shape struct {
	count float64

	projections, dense, router product
	denseInner                 float64 // inner width of the dense MLP or the shared experts

	// What a query attends to. Prompts pay for (query, key) pairs, decode steps for keys that are read.
	sees                   []geometry.Span
	pairFLOPs, cachedFLOPs float64
	keyBytes               float64 // of the cache for a key that is attended to
	indexBytes             float64 // of an indexer's cache for a token of context
	state                  float64 // bytes of recurrent state per sequence
	small                  int     // short kernels beyond those of a plain layer
	reduces                int     // collectives of a few numbers beyond the two of a layer
	latent                 bool

	experts, topK float64
	inner         float64 // of one expert, on all its ranks
	expertParams  float64 // of one expert, on all its ranks
	missed        float64 // logarithm of the chance that a token leaves an expert out
}

// product is what a block has of matrix products over the same rows, priced as one.
type product struct {
	params   float64
	width    float64 // elements that the products read and write for a token
	launches int     // products that are launched
	format   hw.Format

	cube, weights, rows float64 // seconds per token of arithmetic; to read the weights; per token to move the rows
	overhead            float64 // seconds of all launches
}

// add puts a matrix to the product.
func (p *product) add(m *geometry.Matrix) {
	p.params += m.Own.Elements()
	p.width += float64(m.Own.Out)
	if !m.Joined {
		p.width += float64(m.Own.In)
	}
	p.launches += m.Launches
}

// newShape reads a layer.
func newShape(l *geometry.Layer, f *Formats) shape {
	a, ffn := &l.Attention, &l.FFN
	s := shape{sees: a.Sees, pairFLOPs: a.PairFLOPs, cachedFLOPs: a.CachedFLOPs, state: a.StateBytes(), small: a.Kernels,
		reduces: a.Reduces, latent: a.Latent()}
	s.projections.format, s.dense.format, s.router.format = f.Attention, f.Dense, hw.FormatBF16
	s.projections.launches = a.Products
	for i := range a.Matrices {
		s.projections.add(&a.Matrices[i])
	}
	for i := range ffn.Matrices {
		if m := &ffn.Matrices[i]; m.Role == geometry.Gate {
			s.router.add(m)
		} else {
			s.dense.add(m)
		}
	}
	for _, c := range a.Caches {
		bytes := float64(c.Elements) * f.KV.Bytes()
		switch {
		case c.Index:
			s.indexBytes += bytes / float64(max(1, c.Every))
		case c.Wide:
			s.keyBytes += float64(c.Elements) * hw.FormatBF16.Bytes()
		default:
			s.keyBytes += bytes
		}
	}
	s.denseInner = float64(ffn.Own.Inner)
	if facts := &l.Facts.FFN; facts.MoE() {
		s.denseInner = float64(ffn.Own.SharedInner)
		s.experts, s.topK, s.inner = float64(facts.Experts), float64(facts.TopK), float64(facts.ExpertInner)
		for i := range ffn.Expert {
			s.expertParams += ffn.Expert[i].All.Elements()
		}
	}
	return s
}

// products is how many matrix products a layer launches, its gate of experts left out.
func (s *shape) products() int { return s.projections.launches + s.dense.launches }

// kernels counts the launches of a layer: matrix products; norms, rotary embedding, cache write, attention, activation
// and collectives; with experts the gate, top-k, sorting, two grouped products, activation and the weighted sum.
func (s *shape) kernels() float64 {
	n := s.products() + 8
	if s.experts > 0 {
		n += 10
	}
	return float64(n)
}
