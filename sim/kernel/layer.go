package kernel

import "fathom/sim/model"

// shape is what one kind of layer costs on one rank: parameters of its linear parts, sizes of its attention and its
// experts. Counts are per layer.
type shape struct {
	count int // layers of the kind

	attention float64 // parameters of the attention projections
	dense     float64 // parameters of the dense MLP or the shared experts
	// Inner width of the dense MLP or the shared experts on one rank.
	denseInner float64
	router     float64 // parameters of the expert gate

	attentionRows, denseRows, routerRows float64 // elements that their products read and write for a token

	// Prefill attention: operations per (query, key) pair. Decode: operations and cache bytes per token of context.
	pairFLOPs, tokenFLOPs float64
	kvElements            float64 // cache elements that a decode step reads per token of context
	kvStored              float64 // cache elements that are kept per token
	// cache elements read per token beside the attended ones: the indexer of sparse attention
	extraElements float64
	window        int     // tokens that attention reaches back, 0: all
	products      int     // matrix products of the attention block
	mlpProducts   int     // of the dense MLP or the shared experts
	small         int     // short kernels beyond those of a plain layer
	smallReduces  int     // collectives of a few numbers beyond the two of a layer
	state         float64 // bytes of recurrent state per sequence

	latentAttention bool

	experts, topK int
	inner         int // of one expert
}

// perRank rounds heads up: a rank has at least one whole head.
func perRank(n, ranks int) float64 { return float64((n + ranks - 1) / ranks) }

// shapes groups equal layers.
func shapes(m *model.Model, tp int) []shape {
	var out []shape
	var kinds []model.Layer
next:
	for _, l := range m.Layers {
		for i, k := range kinds {
			if k == l {
				out[i].count++
				continue next
			}
		}
		kinds = append(kinds, l)
		out = append(out, newShape(m, l, tp))
	}
	return out
}

func newShape(m *model.Model, l model.Layer, tp int) shape {
	s := shape{count: 1, window: l.Attention.Window}
	h := float64(m.Hidden)
	switch a := l.Attention; a.Kind {
	case model.MLA, model.SharedKV:
		s.latent(a, h, tp)
	case model.Linear:
		s.linear(a, h, tp)
	default:
		s.grouped(a, h, tp)
	}
	f := l.FFN
	if f.MoE() {
		s.experts, s.topK, s.inner = f.Experts, f.TopK, f.ExpertInner
		s.router = h * float64(f.Experts)
		s.denseInner = float64(f.SharedInner) / float64(tp)
		if f.SharedInner > 0 {
			s.mlpProducts = 2
		}
	} else {
		s.mlpProducts = 2
		s.denseInner = float64(f.Inner) / float64(tp)
	}
	s.dense = 3 * h * s.denseInner
	if s.denseInner > 0 {
		s.denseRows = 2*h + 3*s.denseInner
	}
	if s.experts > 0 {
		s.routerRows = h + float64(s.experts)
	}
	return s
}

// grouped is multi-head attention over a cache of KV heads. A rank keeps at least one KV head.
func (s *shape) grouped(a model.Attention, h float64, tp int) {
	heads, kv := perRank(a.Heads, tp), perRank(max(1, a.KVHeads), tp)
	key := float64(a.HeadDim)
	value := key
	if a.ValueDim > 0 {
		value = float64(a.ValueDim)
	}
	query := key
	if a.Gated {
		query *= 2
	}
	s.attention = h * (heads*(query+value) + kv*(key+value))
	s.attentionRows = 2*h + heads*(query+value) + kv*(key+value)
	s.products = 2
	s.pairFLOPs = 2 * heads * (key + value)
	s.tokenFLOPs = s.pairFLOPs
	s.kvElements = kv * (key + value)
	s.kvStored = s.kvElements
	switch a.QKNorm {
	case model.PerHead, model.PerHeadBare:
		s.small++
	case model.FullWidth: // the mean square spans all ranks
		s.small += 2
		s.smallReduces = 2
	}
}

// latent is attention over one compressed vector per token, the same on every rank. Prefill expands it to heads; decode
// absorbs the expansion, so that all heads read the vector once (DeepSeek-V2, arXiv 2405.04434, section 2.1).
func (s *shape) latent(a model.Attention, h float64, tp int) {
	heads := perRank(a.Heads, tp)
	rank := float64(a.KVRank)
	nope, rope, value := float64(a.NopeDim), float64(a.RopeDim), float64(a.ValueDim)
	if a.Kind == model.SharedKV {
		rank, value = float64(a.HeadDim)-rope, float64(a.HeadDim)
		nope = rank
	}
	s.latentAttention = true
	s.products = 5 // both query and both cache projections, output
	if a.QRank > 0 {
		s.attention = h*float64(a.QRank) + float64(a.QRank)*heads*(nope+rope)
	} else {
		s.attention = h * heads * (nope + rope)
	}
	s.attention += h*(rank+rope) + heads*value*h
	if a.Kind == model.MLA {
		s.attention += rank * heads * (nope + value)
	}
	s.attentionRows = 2*h + float64(2*a.QRank) + 2*(rank+rope) + heads*(2*nope+rope+2*value)
	s.pairFLOPs = 2 * heads * (nope + rope + value)
	s.tokenFLOPs = 2 * heads * (2*rank + rope)
	s.kvElements = rank + rope
	s.kvStored = s.kvElements
	if a.Ratio > 1 {
		s.kvElements /= float64(a.Ratio)
		s.kvStored = s.kvElements
	}
	if a.TopK > 0 {
		s.products += 3 // the indexer's query, key and weights
		s.small += 8    // its norm, rotations, quantisation, scores and selection (simulation-model 3.8)
		s.window = a.TopK
		index := float64(a.IndexHeads * a.IndexDim)
		s.attention += float64(max(a.QRank, 1))*index + h*float64(a.IndexDim+a.IndexHeads)
		s.extraElements = float64(a.IndexDim)
		s.kvStored += s.extraElements
	}
}

// linear is the gated delta rule: projections and a state of fixed size (simulation-model 3.6).
func (s *shape) linear(a model.Attention, h float64, tp int) {
	keys := perRank(a.KeyHeads, tp) * float64(a.KeyDim)
	values := perRank(a.ValueHeads, tp)
	width := values * float64(a.ValueDim)
	s.attention = h*(2*keys+2*width+2*values) + width*h
	s.attentionRows = 2*h + 2*keys + 3*width + 2*values
	s.products = 4 // two input projections, convolution, output
	s.small = 4    // gates, norms, state update
	// State of one key by value matrix per value head in 32 bits, and the convolution's window in 16.
	s.state = 4*values*float64(a.KeyDim*a.ValueDim) + 2*float64(max(0, a.ConvKernel-1))*(2*keys+width)
}

// kernels counts the launches of a layer: matrix products; norms, rotary embedding, cache write, attention, activation
// and collectives; with experts the gate, top-k, sorting, two grouped products, activation and the weighted sum.
func (s *shape) kernels() float64 {
	n := s.products + s.mlpProducts + 8
	if s.experts > 0 {
		n += 10
	}
	return float64(n)
}
