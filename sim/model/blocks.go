package model

// The parts that families share. Names of keys are those of the Hugging Face configurations.

// decoder reads the sizes outside the layers and gives the number of layers. Defaults are those of the reference tool's
// library: RMS norm epsilon 1e-6.
func (m *Model) decoder(r *reader) (layers int) {
	m.Hidden = r.whole("hidden_size", 1, maxWidth)
	m.Vocab = r.whole("vocab_size", 1, maxVocab)
	m.MaxPositions = r.whole("max_position_embeddings", 1, maxPositions)
	m.NormEps = r.fraction(r.first("rms_norm_eps", "layernorm_epsilon"), 1e-6, 0, 1)
	m.TiedEmbedding = r.flag("tie_word_embeddings", false)
	return r.whole("num_hidden_layers", 1, maxLayers)
}

// repeat fills the layers.
func (m *Model) repeat(layers int, layer func(i int) Layer) {
	m.Layers = make([]Layer, layers)
	for i := range m.Layers {
		m.Layers[i] = layer(i)
	}
}

// gqa reads grouped-query attention that rotates whole heads. Without head_dim a head has hidden / heads columns.
func (r *reader) gqa(hidden int) Attention {
	heads := r.whole("num_attention_heads", 1, maxHeads)
	kv := r.wholeOr("num_key_value_heads", heads, 1, maxHeads)
	r.divides("num_key_value_heads", kv, "num_attention_heads", heads)
	dim := 0
	if r.has("head_dim") {
		dim = r.whole("head_dim", 1, maxWidth)
	} else if r.divides("num_attention_heads", heads, "hidden_size", hidden) {
		dim = hidden / heads
	}
	bias := r.flag("attention_bias", false)
	return Attention{Kind: GQA, Heads: heads, KVHeads: kv, HeadDim: dim, RotaryDim: dim, Bias: bias, OutputBias: bias}
}

// dense reads a gated feed-forward block.
func (r *reader) dense() FFN { return FFN{Inner: r.whole("intermediate_size", 1, maxWidth)} }

// experts reads the routed experts; the keys of the number of experts and of their width differ by family.
func (r *reader) experts(count, inner string) FFN {
	f := FFN{Experts: r.whole(count, 1, maxExperts), TopK: r.whole("num_experts_per_tok", 1, maxExperts),
		ExpertInner: r.whole(inner, 1, maxWidth)}
	r.atMost("num_experts_per_tok", f.TopK, count, f.Experts)
	return f
}

// nested gives the object of the language model inside a multi-modal configuration. A configuration of the bare
// language model is read as it is.
func (r *reader) nested() *reader {
	if !r.has("text_config") {
		return r
	}
	return r.child("text_config")
}

// rotary gives the rotated columns of a head from the partial factor, which sits beside or inside the RoPE parameters.
func (r *reader) rotary(dim int, missing float64) int {
	factor := r.fraction("partial_rotary_factor", missing, 0, 1)
	if rope := r.child("rope_parameters"); rope != nil {
		factor = rope.fraction("partial_rotary_factor", factor, 0, 1)
	}
	return int(float64(dim) * factor)
}
