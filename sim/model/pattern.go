package model

import (
	"slices"
	"strings"
)

// slot is the place of a layer in the pattern of a model: which of its attention blocks the layer has.
type slot uint8

const (
	full slot = iota
	sliding
	chunked    // attention within a chunk
	unrotated  // full attention without RoPE beside chunked layers
	cross      // attention to image tokens
	linear     // a recurrent state
	compressed // DeepSeek-V4
	none
)

// slotWords are the words of layer_types.
var slotWords = map[string]slot{"full_attention": full, "attention": full, "global_attention": full,
	"sliding_attention": sliding, "chunked_attention": chunked, "linear_attention": linear, "mamba": linear,
	"mamba2": linear, "kda": linear, "cross_attention": cross, "compressed_sparse_attention": full}

// slots reads the pattern. Files say it in a dozen ways, some in two at once, which then must agree.
func (b *builder) slots() []slot {
	r := b.r
	if r.has("compress_ratios") {
		r.skip("layer_types")
		return slices.Repeat([]slot{compressed}, b.layers)
	}
	var said string
	var out []slot
	for _, p := range patterns {
		if !r.has(p.key) {
			continue
		}
		was := r.facts.defaulted[p.key]
		if out != nil && was { // the family's usual pattern, and the file has one
			r.skip(p.key)
			continue
		}
		next := p.read(b, p.key)
		switch {
		case *r.err != nil:
			return nil
		case next == nil:
		case out == nil:
			said, out = p.key, next
		case !slices.Equal(out, next):
			r.fail(p.key, "config.other-kinds", r.spelled(said))
			return nil
		}
	}
	if out != nil {
		if !slices.Contains(out, sliding) {
			r.skip("sliding_window", "use_sliding_window", "max_window_layers")
		}
		if !slices.Contains(out, chunked) {
			r.skip("attention_chunk_size", "no_rope_layer_interval")
		}
		if !slices.Contains(out, linear) && !b.f.Beside { // a file of attention layers may keep the other kind's sizes
			r.skip("mamba_n_heads", "mamba_d_head", "mamba_d_state", "mamba_n_groups", "mamba_d_conv", "mamba_expand")
		}
		return out
	}
	return b.windows()
}

// windows is the pattern of a model of which no key gives one: all layers slide or none, or the later ones do.
func (b *builder) windows() []slot {
	r := b.r
	all := slices.Repeat([]slot{full}, b.layers)
	if r.count("attention_chunk_size") > 0 {
		every := r.wholeOr("no_rope_layer_interval", 4, 1, maxLayers)
		for i := range all {
			all[i] = chunked
			if (i+1)%every == 0 {
				all[i] = unrotated
			}
		}
		return all
	}
	r.skip("no_rope_layer_interval")
	window := max(0, r.wholeOr("sliding_window", 0, -1, maxPositions)) // Grok-2 writes -1 for none
	switch {
	case window == 0 || !r.flag("use_sliding_window", true):
		r.skip("max_window_layers")
	case r.count("max_window_layers") > 0:
		for i := range all {
			if i >= r.count("max_window_layers") {
				all[i] = sliding
			}
		}
	case b.f.AllSlide || r.has("use_sliding_window"):
		return slices.Repeat([]slot{sliding}, b.layers)
	default:
		r.fail("sliding_window", "config.which-slide", window)
	}
	return all
}

// patterns are the keys that give every layer its kind, the plainest first.
var patterns = []struct {
	key  string
	read func(*builder, string) []slot
}{
	{"layer_types", (*builder).named},
	{"layers_block_type", (*builder).named},
	{"hybrid_layer_pattern", func(b *builder, key string) []slot { return b.marked(key, full, sliding) }},
	{"attn_type_list", func(b *builder, key string) []slot { return b.marked(key, linear, full) }},
	{"linear_attn_config", (*builder).listed},
	{"attn_layer_period", func(b *builder, key string) []slot {
		period := b.r.wholeOr(key, 1, 1, maxLayers)
		offset := b.r.wholeOr("attn_layer_offset", 0, 0, maxLayers)
		return b.each(func(i int) slot { return either(i%period == offset, full, linear) })
	}},
	{"full_attention_interval", func(b *builder, key string) []slot {
		every := b.r.wholeOr(key, 1, 1, maxLayers)
		return b.each(func(i int) slot { return either((i+1)%every == 0, full, linear) })
	}},
	{"layer_group_size", func(b *builder, key string) []slot {
		every := b.r.wholeOr(key, 1, 1, maxLayers)
		return b.each(func(i int) slot { return either((i+1)%every == 0, full, linear) })
	}},
	{"cross_attention_layers", func(b *builder, key string) []slot {
		at := b.r.wholes(key, 0, maxLayers)
		return b.each(func(i int) slot { return either(slices.Contains(at, i), cross, full) })
	}},
	{"sliding_window_pattern", (*builder).periodic},
}

func either(yes bool, a, b slot) slot {
	if yes {
		return a
	}
	return b
}

func (b *builder) each(kind func(i int) slot) []slot {
	out := make([]slot, b.layers)
	for i := range out {
		out[i] = kind(i)
	}
	return out
}

// named reads a word for every layer.
func (b *builder) named(key string) []slot {
	var known []string
	for w := range slotWords {
		known = append(known, w)
	}
	slices.Sort(known)
	words := b.r.words(key, b.layers, known...)
	if words == nil {
		return nil
	}
	out := b.each(func(i int) slot { return slotWords[words[i]] })
	if slices.Contains(out, chunked) { // full layers beside chunked ones have no RoPE (Llama 4)
		for i := range out {
			out[i] = either(out[i] == full, unrotated, out[i])
		}
	}
	return out
}

// marked reads 0 or 1 for every layer.
func (b *builder) marked(key string, zero, one slot) []slot {
	list := b.r.marks(key, b.layers)
	if list == nil {
		return nil
	}
	return b.each(func(i int) slot { return either(list[i] == 1, one, zero) })
}

// marks reads a list of 0 and 1, one for each layer.
func (r *reader) marks(key string, layers int) []int {
	list := r.wholes(key, 0, 1)
	if len(list) != layers {
		r.fail(key, "config.zero-or-one", len(list), layers)
		return nil
	}
	return list
}

// listed reads which layers are full, counted from 1 (Kimi Linear).
func (b *builder) listed(key string) []slot {
	c := b.r.child(key)
	if c == nil {
		return nil
	}
	at := c.wholes("full_attn_layers", 1, maxLayers)
	if len(at) == 0 {
		c.fail("full_attn_layers", "config.missing")
		return nil
	}
	if kda := c.wholes("kda_layers", 1, maxLayers); len(kda) > 0 && len(kda)+len(at) != b.layers {
		c.fail("kda_layers", "config.full-attention", len(kda), len(at), b.layers)
	}
	return b.each(func(i int) slot { return either(slices.Contains(at, i+1), full, linear) })
}

// periodic reads the length of a period whose last layer is full, or a period in letters (L slides, G is full).
func (b *builder) periodic(key string) []slot {
	r := b.r
	if b.r.count("sliding_window") == 0 {
		return nil
	}
	if letters, ok := r.value(key).(string); ok {
		if letters == "" || strings.Trim(letters, "LG") != "" {
			r.fail(key, "config.letters-slide", show(letters))
			return nil
		}
		return b.each(func(i int) slot {
			return either(letters[i%len(letters)] == 'L' && !(i == b.layers-1), sliding, full)
		})
	}
	every := r.wholeOr(key, 1, 1, maxLayers)
	return b.each(func(i int) slot { return either((i+1)%every == 0, full, sliding) })
}
