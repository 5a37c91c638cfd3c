package model

// attention reads the block of every slot that occurs.
func (b *builder) attention(slots []slot) map[slot]Attention {
	blocks := map[slot]Attention{}
	for _, s := range slots {
		if _, done := blocks[s]; done {
			continue
		}
		switch s {
		case linear:
			blocks[s] = b.linear()
		case none:
			blocks[s] = Attention{Kind: NoAttention}
		case compressed:
			blocks[s] = b.sharedKV()
		default:
			if ranks := b.r.count("kv_lora_rank"); b.r.flagWhere(ranks > 0, "use_mla", true) && ranks > 0 {
				blocks[s] = b.mla()
			} else {
				blocks[s] = b.grouped(s)
			}
		}
	}
	if b.f.Beside {
		blocks[linear] = b.linear()
	}
	return blocks
}

// count is a number of something, 0 where the file has none.
func (r *reader) count(key string) int { return r.wholeOr(key, 0, 0, maxPositions) }

// grouped reads grouped-query attention. Without head_dim a head has hidden / heads columns.
func (b *builder) grouped(s slot) Attention {
	r := b.r
	kv := b.keyHeads()
	r.divides("num_key_value_heads", kv, "num_attention_heads", b.heads)
	dim := 0
	if r.has("head_dim") {
		dim = r.whole("head_dim", 1, maxWidth)
	} else if r.divides("num_attention_heads", b.heads, "hidden_size", b.m.Hidden) {
		dim = b.m.Hidden / b.heads
		r.assume("head_dim", dim)
	}
	both := r.flag("attention_bias", false)
	a := Attention{Kind: GQA, Heads: b.heads, KVHeads: kv, HeadDim: dim, QKNorm: b.norm,
		Bias: r.flag("qkv_bias", both), OutputBias: r.flag("attention_out_bias", both), Sinks: b.f.Sinks,
		Gated: r.flag("attn_output_gate", false)}
	r.skip("qk_nope_head_dim", "qk_rope_head_dim") // zero or void without latents
	if r.flagWhere(r.has("q_lora_rank"), "use_mla", true) {
		a.QRank = r.count("q_lora_rank")
		if v := r.wholeOr("v_head_dim", 0, 0, maxWidth); v > 0 && v != dim {
			a.ValueDim = v
		}
	} else {
		r.skip("q_lora_rank", "kv_lora_rank", "v_head_dim")
	}
	a.RotaryDim = b.rotary(dim, "full_attention")
	switch s {
	case full:
		b.globalHeads(&a)
		a.Sinks = a.Sinks || r.flag("add_full_attention_sink_bias", false)
	case sliding:
		b.slidingHeads(&a)
	case chunked:
		a.Window = r.whole("attention_chunk_size", 1, maxPositions)
	case unrotated:
		a.RotaryDim, a.QKNorm = 0, NoNorm
	case cross:
		a.Cross, a.RotaryDim, a.QKNorm = true, 0, PerHead
	}
	a.JoinedRotary = b.f.JoinedRotary || a.RotaryDim > 0 && a.RotaryDim < a.HeadDim
	return a
}

// keyHeads is how many heads have keys of their own.
func (b *builder) keyHeads() int {
	r := b.r
	old := r.value("new_decoder_architecture") == false
	shared := r.has("multi_query_attention")
	switch {
	case r.has("attn_type") && r.text("attn_type", "") == "multiquery_attention", old && shared:
		r.skip("num_key_value_heads") // Falcon's old layers have one head, whatever its number says
		return 1
	case old, r.value("multi_query_attention") == false:
		r.skip("num_key_value_heads")
		return b.heads
	case shared && !r.has("new_decoder_architecture"): // nothing else says how many groups there are
		return r.wholeOr("num_key_value_heads", 1, 1, maxHeads)
	}
	return r.wholeOr("num_key_value_heads", b.heads, 1, maxHeads)
}

// globalHeads sets what full layers have for themselves in a model whose other layers slide (Gemma 4).
func (b *builder) globalHeads(a *Attention) {
	r := b.r
	if dim := r.count("global_head_dim"); dim > 0 && dim != a.HeadDim {
		a.HeadDim = dim
		a.RotaryDim = b.rotary(dim, "full_attention")
	}
	if kv := r.count("num_global_key_value_heads"); kv > 0 {
		a.KVHeads = kv
		r.divides("num_global_key_value_heads", kv, "num_attention_heads", a.Heads)
	}
	a.KeyIsValue = r.flag("attention_k_eq_v", false)
}

// slidingHeads sets the window and the heads that sliding layers have for themselves (MiMo-V2-Flash).
func (b *builder) slidingHeads(a *Attention) {
	r := b.r
	a.Window = r.whole("sliding_window", 1, maxPositions)
	a.Heads = r.wholeOr("swa_num_attention_heads", a.Heads, 1, maxHeads)
	a.KVHeads = r.wholeOr("swa_num_key_value_heads", a.KVHeads, 1, maxHeads)
	r.divides("swa_num_key_value_heads", a.KVHeads, "swa_num_attention_heads", a.Heads)
	if r.has("swa_head_dim") {
		a.HeadDim = r.whole("swa_head_dim", 1, maxWidth)
	}
	if v := r.count("swa_v_head_dim"); v > 0 {
		a.ValueDim = v
	}
	a.RotaryDim = b.rotary(a.HeadDim, "sliding_attention")
	a.Sinks = a.Sinks || r.flag("add_swa_attention_sink_bias", false)
}

// mla reads multi-head latent attention, sparse where it has an indexer.
func (b *builder) mla() Attention {
	r := b.r
	a := Attention{
		Kind: MLA, Heads: b.heads, KVHeads: b.heads,
		ValueDim: r.whole("v_head_dim", 1, maxWidth),
		QRank:    r.wholeOr("q_lora_rank", 0, 0, maxWidth),
		KVRank:   r.whole("kv_lora_rank", 1, maxWidth),
		NopeDim:  r.whole("qk_nope_head_dim", 1, maxWidth),
		RopeDim:  r.whole("qk_rope_head_dim", 1, maxWidth),
	}
	// Every head has keys of its own out of the one latent, and their width is that of its two parts.
	r.skip("num_key_value_heads", "head_dim", "use_mla", "rotary_dim", "partial_rotary_factor", "use_qk_norm",
		"attention_bias")
	a.HeadDim = a.NopeDim + a.RopeDim
	a.RotaryDim = a.RopeDim
	if r.count("index_topk") > 0 {
		a.TopK = r.whole("index_topk", 1, maxPositions)
		a.IndexHeads = r.whole("index_n_heads", 1, maxHeads)
		a.IndexDim = r.whole("index_head_dim", 1, maxWidth)
		a.OwnsIndexer = true
	}
	return a
}
