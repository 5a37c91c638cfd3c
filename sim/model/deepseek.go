package model

var (
	_ = register(family{types: []string{"deepseek_v3", "kimi_k2"}, compared: true, read: readDeepSeekV3})
	_ = register(family{types: []string{"deepseek_v2"}, read: readDeepSeekV2})
	_ = register(family{types: []string{"kimi_k25"}, read: readKimiK25})
)

// readDeepSeekV3 reads multi-head latent attention with routed and shared experts (simulation-model 3.5).
func readDeepSeekV3(r *reader, m *Model) {
	sparse := r.deepseekExperts(RawLogits)
	sparse.BiasBytes = 2
	m.deepseek(r, r.mla(m), sparse)
}

// readDeepSeekV2 reads DeepSeek-V2: the same blocks with a softmax gate and, in the Lite model, queries without a
// latent.
func readDeepSeekV2(r *reader, m *Model) {
	m.deepseek(r, r.mla(m), r.deepseekExperts(SoftmaxTopK))
}

// readKimiK25 reads the language model of Kimi-K2.5, which is a Kimi-K2. Its vision tower has no operator list here, so
// the model takes no images.
func readKimiK25(r *reader, m *Model) {
	if text := r.nested(); text != nil {
		readDeepSeekV3(text, m)
	}
}

// mla reads multi-head latent attention. Its rotated columns are the only ones in the RoPE tables.
func (r *reader) mla(m *Model) Attention {
	a := Attention{
		Kind:     MLA,
		Heads:    r.whole("num_attention_heads", 1, maxHeads),
		ValueDim: r.whole("v_head_dim", 1, maxWidth),
		QRank:    r.wholeOr("q_lora_rank", 0, 1, maxWidth),
		KVRank:   r.whole("kv_lora_rank", 1, maxWidth),
		NopeDim:  r.whole("qk_nope_head_dim", 1, maxWidth),
		RopeDim:  r.whole("qk_rope_head_dim", 1, maxWidth),
	}
	a.KVHeads = a.Heads
	a.HeadDim = a.NopeDim + a.RopeDim
	a.RotaryDim = a.RopeDim
	m.TableWidth = a.RopeDim
	return a
}

// deepseekExperts reads routed experts and the shared ones, which have the width of the routed ones.
func (r *reader) deepseekExperts(router Router) FFN {
	f := r.experts("n_routed_experts", "moe_intermediate_size")
	f.Router = router
	f.Groups = r.wholeOr("n_group", 1, 1, maxExperts)
	f.TopGroups = r.wholeOr("topk_group", 1, 1, maxExperts)
	r.divides("n_group", f.Groups, "n_routed_experts", f.Experts)
	r.atMost("topk_group", f.TopGroups, "n_group", f.Groups)
	f.SharedInner = r.wholeOr("n_shared_experts", 0, 0, maxExperts) * f.ExpertInner
	return f
}

// deepseek fills the layers: the first ones are dense, of the others every moe_layer_freq-th routes to experts.
func (m *Model) deepseek(r *reader, a Attention, sparse FFN) {
	layers := m.decoder(r)
	first := r.wholeOr("first_k_dense_replace", 0, 0, maxLayers)
	step := r.wholeOr("moe_layer_freq", 1, 1, maxLayers)
	dense := FFN{}
	if first > 0 || step > 1 {
		dense = r.dense()
	}
	m.repeat(layers, func(i int) Layer {
		if i < first || i%step != 0 {
			return Layer{a, dense}
		}
		return Layer{a, sparse}
	})
	m.MTPHeads = r.wholeOr("num_nextn_predict_layers", 0, 0, maxLayers)
	m.MTPLayer = m.Layers[layers-1]
}
