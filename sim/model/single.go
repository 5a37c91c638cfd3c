package model

// Single blocks: in the Nemotron-H families a layer is attention, a state-space block or a feed-forward block, alone.
// A block that reads the result of attention or state stands with it in one layer here.

var singleWords = map[string]byte{"mamba": 'M', "attention": '*', "mlp": '-', "moe": 'E'}

// single reports whether layers_block_type names feed-forward blocks.
func (b *builder) single() bool {
	for _, v := range b.r.list("layers_block_type") {
		if v == "mlp" || v == "moe" {
			return true
		}
	}
	return false
}

// letters gives the blocks as letters: M state space, * attention, - dense, E experts.
func (b *builder) letters() string {
	r := b.r
	var s string
	if r.has("layers_block_type") {
		for i, v := range r.list("layers_block_type") {
			word, _ := v.(string)
			c, ok := singleWords[word]
			if !ok {
				r.fail("layers_block_type", "config.block-kinds", show(v), i)
				return ""
			}
			s += string(c)
		}
	}
	if p := r.text("hybrid_override_pattern", s); s == "" {
		s = p
	} else if p != s {
		r.fail("hybrid_override_pattern", "config.other-blocks")
	}
	if len(s) != b.layers {
		r.fail("num_hidden_layers", "config.block-count", b.layers, len(s))
	}
	return s
}

// blocks fills the layers of a pattern of single blocks.
func (b *builder) blocks() {
	r := b.r
	pattern := b.letters()
	if *r.err != nil {
		return
	}
	var dense, sparse FFN
	kinds := map[slot]Attention{}
	open := false
	for i := range pattern {
		var s slot
		switch c := pattern[i]; c {
		case 'M':
			s = linear
		case '*':
			s = full
		case '-', 'E':
			f := &dense
			if c == 'E' {
				f = &sparse
			}
			if f.None() && c == 'E' {
				*f = b.sparse()
			} else if f.None() {
				*f = b.dense()
			}
			if !open {
				b.m.Layers = append(b.m.Layers, Layer{Attention: Attention{Kind: NoAttention}})
				b.at = append(b.at, numbered{i, i})
			}
			b.m.Layers[len(b.m.Layers)-1].FFN = *f
			b.at[len(b.at)-1].ffn = i
			open = false
			continue
		default:
			r.fail("hybrid_override_pattern", "config.letters-blocks", string(c), i)
			return
		}
		if _, ok := kinds[s]; !ok {
			kinds[s] = b.attention([]slot{s})[s]
		}
		b.m.Layers = append(b.m.Layers, Layer{Attention: kinds[s]})
		b.at = append(b.at, numbered{i, i})
		open = true
	}
	r.skip("intermediate_size", "moe_intermediate_size", "moe_shared_expert_intermediate_size", "sliding_window",
		"first_k_dense_replace", "shared_expert_intermediate_size", "n_shared_experts")
}
