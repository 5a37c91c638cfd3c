package model

// Parameters counts the language model as its checkpoint holds it: one embedding, a head of its own unless it is tied,
// MTP layers and vision tower left out. Active are those that one token uses: all but the experts that it is not routed
// to. Both are 0 for a family that cannot be priced.
func (m *Model) Parameters() (total, active float64) {
	for _, l := range m.Layers {
		a := l.Attention.parameters(m.Hidden) + 2*float64(m.Hidden) + m.hyperLayer()
		fixed, expert := l.FFN.parameters(m.Hidden)
		total += a + fixed + float64(l.FFN.Experts)*expert
		active += a + fixed + float64(l.FFN.TopK)*expert
	}
	if len(m.Layers) == 0 {
		return 0, 0
	}
	around := float64(m.Vocab)*float64(m.Hidden) + float64(m.Hidden)
	if !m.TiedEmbedding {
		around += float64(m.Vocab) * float64(m.Hidden)
	}
	if m.Hyper != nil {
		s := float64(m.Hyper.Streams)
		around += s*s*float64(m.Hidden) + s + 1
	}
	return total + around, active + around
}

// hyperLayer counts the two hyper-connections of a layer: projection, base and three scales.
func (m *Model) hyperLayer() float64 {
	if m.Hyper == nil {
		return 0
	}
	s := float64(m.Hyper.Streams)
	mix := (2 + s) * s
	return 2 * (mix*s*float64(m.Hidden) + mix + 3)
}

// parameters counts one attention block.
func (a Attention) parameters(hidden int) float64 {
	h := float64(hidden)
	switch a.Kind {
	case MLA:
		return a.latent(h)
	case SharedKV:
		return a.shared(h)
	case Linear:
		keys, values := float64(a.KeyHeads*a.KeyDim), float64(a.ValueHeads*a.ValueDim)
		mixed := 2*keys + values
		return h*(mixed+2*values+2*float64(a.ValueHeads)) + float64(a.ConvKernel)*mixed + float64(a.ValueDim+2*a.ValueHeads)
	}
	q, k, v := float64(a.Heads*a.HeadDim), float64(a.KVHeads*a.HeadDim), float64(a.KVHeads*a.Values())
	out := float64(a.Heads * a.Values())
	n := h * (q + k + v + out)
	if a.Gated {
		n += h * q
	}
	if a.Bias {
		n += q + k + v
	}
	if a.OutputBias {
		n += h
	}
	if a.Sinks {
		n += float64(a.Heads)
	}
	switch a.QKNorm {
	case PerHead:
		n += 2 * float64(a.HeadDim)
	case FullWidth:
		n += q + k
	}
	return n
}

// latent counts multi-head latent attention with its norms and its indexer.
func (a Attention) latent(h float64) float64 {
	heads := float64(a.Heads)
	q, kv := float64(a.QRank), float64(a.KVRank)
	n := h*(kv+float64(a.RopeDim)) + kv + kv*heads*float64(a.NopeDim+a.ValueDim) + heads*float64(a.ValueDim)*h
	if a.QRank > 0 {
		n += h*q + q + q*heads*float64(a.HeadDim)
	} else {
		n += h * heads * float64(a.HeadDim)
	}
	if a.OwnsIndexer {
		index := float64(a.IndexHeads) * float64(a.IndexDim)
		n += q*index + h*float64(a.IndexDim) + h*float64(a.IndexHeads) + 2*float64(a.IndexDim)
	}
	return n
}

// shared counts the attention of DeepSeek-V4 with its compressors.
func (a Attention) shared(h float64) float64 {
	heads, dim, q := float64(a.Heads), float64(a.HeadDim), float64(a.QRank)
	n := h*q + q + q*heads*dim + h*dim + dim + heads
	n += heads*dim*float64(a.OutRank) + float64(a.OutputGroups*a.OutRank)*h
	n += a.compressor(h, dim)
	if a.OwnsIndexer {
		index := float64(a.IndexDim)
		n += q*float64(a.IndexHeads)*index + h*float64(a.IndexHeads) + a.compressor(h, index)
	}
	return n
}

// compressor counts keys and gates, position biases and norm; overlapping compressors are twice as wide.
func (a Attention) compressor(h, dim float64) float64 {
	if a.Ratio == 0 {
		return 0
	}
	width := dim
	if a.Ratio == indexedRatio {
		width *= 2
	}
	return 2*h*width + float64(a.Ratio)*width + dim
}

// parameters counts one feed-forward block: what every token uses, and one routed expert.
func (f FFN) parameters(hidden int) (fixed, expert float64) {
	h := float64(hidden)
	gated := func(inner int, bias bool) float64 {
		n := 3 * h * float64(inner)
		if bias {
			n += 2*float64(inner) + h
		}
		return n
	}
	if !f.MoE() {
		return gated(f.Inner, f.Bias), 0
	}
	fixed = float64(f.Experts)*h + gated(f.SharedInner, false)
	if f.SharedGate {
		fixed += h
	}
	if f.Bias || f.BiasBytes > 0 && !f.HashGate {
		fixed += float64(f.Experts)
	}
	return fixed, gated(f.ExpertInner, f.Bias)
}

// Values is the width of a value head.
func (a Attention) Values() int {
	if a.ValueDim > 0 {
		return a.ValueDim
	}
	return a.HeadDim
}
