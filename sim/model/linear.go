package model

// linear reads a block with a recurrent state; which one its keys tell.
func (b *builder) linear() Attention {
	r := b.r
	switch {
	case r.has("linear_num_value_heads"), r.has("linear_num_key_heads"):
		return b.deltaRule()
	case r.has("linear_attn_config"):
		return b.kda()
	case r.has("mamba_n_heads") || r.has("mamba_d_head"):
		return b.mamba2()
	case r.has("mamba_d_state"):
		return b.mamba1()
	case r.has("attn_type_list") || r.has("layer_group_size") || r.has("head_dim"):
		return b.lightning()
	}
	r.fail("layer_types", "config.linear-sizes")
	return Attention{}
}

// deltaRule reads the gated delta rule of Qwen3-Next and Qwen3.5.
func (b *builder) deltaRule() Attention {
	r := b.r
	a := Attention{
		Kind:       Linear,
		KeyHeads:   r.whole("linear_num_key_heads", 1, maxHeads),
		ValueHeads: r.whole("linear_num_value_heads", 1, maxHeads),
		KeyDim:     r.whole("linear_key_head_dim", 1, maxWidth),
		ValueDim:   r.whole("linear_value_head_dim", 1, maxWidth),
		ConvKernel: r.whole("linear_conv_kernel_dim", 1, maxWidth),
	}
	r.divides("linear_num_key_heads", a.KeyHeads, "linear_num_value_heads", a.ValueHeads)
	return a
}

// kda reads Kimi delta attention (arXiv 2510.26692).
func (b *builder) kda() Attention {
	c := b.r.child("linear_attn_config")
	if c == nil {
		return Attention{}
	}
	heads, dim := c.whole("num_heads", 1, maxHeads), c.whole("head_dim", 1, maxWidth)
	return Attention{Kind: Linear, Rule: KDA, KeyHeads: heads, ValueHeads: heads, KeyDim: dim, ValueDim: dim,
		ConvKernel: c.whole("short_conv_kernel_size", 1, maxWidth)}
}

// mamba2 reads a state-space block with heads (arXiv 2405.21060). Its inner width is stated, or the heads' together.
func (b *builder) mamba2() Attention {
	r := b.r
	a := Attention{Kind: Linear, Rule: Mamba2,
		KeyHeads:   r.wholeOr("mamba_n_groups", 1, 1, maxHeads),
		KeyDim:     r.whole("mamba_d_state", 1, maxWidth),
		ConvKernel: r.whole("mamba_d_conv", 1, maxWidth),
	}
	a.ValueHeads = r.whole("mamba_n_heads", 1, maxHeads)
	inner := r.count("mamba_d_ssm")
	if _, word := r.value("mamba_d_head").(string); word || !r.has("mamba_d_head") { // "auto"
		if inner == 0 {
			inner = r.whole("mamba_expand", 1, 64) * b.m.Hidden
		}
		r.divides("mamba_n_heads", a.ValueHeads, "hidden_size", inner)
		a.ValueDim = inner / a.ValueHeads
		r.assume("mamba_d_head", a.ValueDim)
	} else {
		a.ValueDim = r.whole("mamba_d_head", 1, maxWidth)
		r.skip("mamba_expand")
	}
	if inner > 0 && inner != a.ValueHeads*a.ValueDim {
		r.atMost("mamba_d_ssm", inner, "mamba_n_heads", a.ValueHeads*a.ValueDim)
		r.atMost("mamba_n_heads", a.ValueHeads*a.ValueDim, "mamba_d_ssm", inner)
	}
	r.divides("mamba_n_groups", a.KeyHeads, "mamba_n_heads", a.ValueHeads)
	return a
}

// mamba1 reads a selective state-space block (arXiv 2312.00752): every column of the inner width is a head of its own.
func (b *builder) mamba1() Attention {
	r := b.r
	rank := 0
	if _, word := r.value("mamba_dt_rank").(string); !word {
		rank = r.count("mamba_dt_rank")
	}
	if rank == 0 { // "auto", or absent
		rank = (b.m.Hidden + 15) / 16
		r.assume("mamba_dt_rank", rank)
	}
	return Attention{Kind: Linear, Rule: Mamba1, KeyHeads: 1, ValueDim: 1, StepRank: rank,
		ValueHeads: r.whole("mamba_expand", 1, 64) * b.m.Hidden,
		KeyDim:     r.whole("mamba_d_state", 1, maxWidth), ConvKernel: r.whole("mamba_d_conv", 1, maxWidth)}
}

// lightning reads linear attention with a fixed decay (arXiv 2401.04658): the heads of the full layers, none shared.
func (b *builder) lightning() Attention {
	dim := b.m.Hidden / b.heads
	if b.r.has("head_dim") {
		dim = b.r.whole("head_dim", 1, maxWidth)
	}
	return Attention{Kind: Linear, Rule: Lightning, KeyHeads: b.heads, ValueHeads: b.heads, KeyDim: dim, ValueDim: dim}
}
