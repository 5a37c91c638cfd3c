package model

// indexedRatio is the compression whose layers select entries with an indexer; their compressors overlap.
const indexedRatio = 4

// sharedKV reads one shared KV head of window and compressed entries (DeepSeek-V4, simulation-model appendix A).
func (b *builder) sharedKV() Attention {
	r := b.r
	a := Attention{
		Kind: SharedKV, Heads: b.heads, KVHeads: 1, Sinks: true,
		HeadDim:      r.whole("head_dim", 1, maxWidth),
		RopeDim:      r.whole("qk_rope_head_dim", 1, maxWidth),
		QRank:        r.whole("q_lora_rank", 1, maxWidth),
		OutRank:      r.whole("o_lora_rank", 1, maxWidth),
		OutputGroups: r.whole("o_groups", 1, maxHeads),
		Window:       r.whole("sliding_window", 1, maxPositions),
	}
	r.skip("num_key_value_heads", "attention_bias", "partial_rotary_factor")
	a.RotaryDim = a.RopeDim
	a.NopeDim = a.HeadDim - a.RopeDim
	if r.wholeOr("qk_nope_head_dim", a.NopeDim, 0, maxWidth) != a.NopeDim {
		r.fail("qk_nope_head_dim", "config.contradicts", show(r.values["qk_nope_head_dim"]), "head_dim - qk_rope_head_dim",
			a.NopeDim)
	}
	r.atMost("qk_rope_head_dim", a.RopeDim, "head_dim", a.HeadDim)
	r.divides("o_groups", a.OutputGroups, "num_attention_heads", a.Heads)
	return a
}

// ratios gives the compression of every layer; a further entry is that of the MTP layer.
func (b *builder) ratios() []int {
	ratios := b.r.wholes("compress_ratios", 0, maxWidth)
	if len(ratios) < b.layers {
		b.r.fail("compress_ratios", "config.one-each-layer", len(ratios), b.layers)
		return make([]int, b.layers)
	}
	return ratios
}

// compress gives a block its ratio, and the indexer that goes with the smallest one.
func (b *builder) compress(a Attention, ratio int) Attention {
	r := b.r
	a.Ratio, a.TopK, a.IndexHeads, a.IndexDim, a.OwnsIndexer = ratio, 0, 0, 0, false
	if ratio == indexedRatio {
		a.TopK = r.whole("index_topk", 1, maxPositions)
		a.IndexHeads = r.whole("index_n_heads", 1, maxHeads)
		a.IndexDim = r.whole("index_head_dim", 1, maxWidth)
		a.OwnsIndexer = true
	}
	return a
}

// streams sets ratios, hash gates and hyper-connections, which go together in DeepSeek-V4.
func (b *builder) streams() {
	r, m := b.r, b.m
	ratios, hashed := b.ratios(), r.wholeOr("num_hash_layers", 0, 0, maxLayers)
	for i := range m.Layers {
		l := &m.Layers[i]
		l.Attention = b.compress(l.Attention, ratios[i])
		l.FFN.HashGate = i < hashed
		l.FFN.Clamped = true
	}
	m.Hyper = &Hyper{Streams: r.whole("hc_mult", 1, 64), Iterations: r.whole("hc_sinkhorn_iters", 1, 1000)}
}

// furtherShared is the block of an MTP layer: the further ratio, and no hash.
func (b *builder) furtherShared(last Layer) Layer {
	ratios := b.ratios()
	last.Attention = b.compress(last.Attention, ratios[len(ratios)-1])
	if len(ratios) > b.layers {
		last.Attention = b.compress(last.Attention, ratios[b.layers])
	}
	last.FFN.HashGate = false
	return last
}
