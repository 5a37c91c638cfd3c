package model

import (
	"slices"
	"strconv"
	"strings"

	"fathom/hw/message"
)

// feedForward gives the block of every layer.
func (b *builder) feedForward() []FFN {
	r := b.r
	out := make([]FFN, b.layers)
	if _, own := b.f.Same["moe_intermediate_size"]; !b.r.stated("num_experts") &&
		(r.uniform("num_experts_per_tok", 0, 0, maxExperts) > 0 || !own && r.has("moe_intermediate_size")) {
		r.whole("num_experts", 1, maxExperts) // the other keys of experts say that there are some
	}
	// A file of dense layers may keep keys of experts that say there are none.
	if r.uniform("num_experts", 0, 0, maxExperts) <= 1 || !r.flag("enable_moe_block", true) {
		r.skip("num_experts_per_tok", "moe_intermediate_size", "decoder_sparse_step", "n_group", "topk_group",
			"first_k_dense_replace", "expert_layer_period", "expert_layer_offset", "n_shared_experts", "mlp_only_layers",
			"interleave_moe_layer_step", "shared_expert_intermediate_size", "enable_moe_block", "moe_layer_freq")
		d := b.dense()
		wide := d
		if r.flag("use_double_wide_mlp", false) {
			wide.Inner *= 2
		}
		shared := b.r.count("num_kv_shared_layers")
		for i := range out {
			if out[i] = d; i >= b.layers-shared {
				out[i] = wide
			}
		}
		return out
	}
	sparse := b.sparse()
	routes := b.routes()
	if *r.err != nil {
		return out
	}
	var d FFN
	if slices.Contains(routes, false) {
		d = b.dense()
	} else if !b.f.Double {
		r.skip("intermediate_size")
	}
	for i := range out {
		if out[i] = d; routes[i] {
			out[i] = sparse
		}
	}
	return out
}

// stated reports whether the file has a key, be it with null.
func (r *reader) stated(key string) bool { return r.facts.spelling[key] != "" }

// dense reads a dense block.
func (b *builder) dense() FFN {
	key := "intermediate_size"
	if !b.r.has(key) && b.f.Same["moe_intermediate_size"] == key { // one width for both
		key = "moe_intermediate_size"
	}
	if key == "intermediate_size" {
		return FFN{Inner: b.inner(), Bias: b.r.flag("mlp_bias", false), Plain: b.plain()}
	}
	return FFN{Inner: b.r.whole(key, 1, maxWidth), Bias: b.r.flag("mlp_bias", false), Plain: b.plain()}
}

// inner is the width of dense blocks, which some families give as a multiple of the hidden size.
func (b *builder) inner() int {
	r := b.r
	if b.f.Times == 0 || r.has("intermediate_size") {
		r.skip("expansion_ratio")
		return r.whole("intermediate_size", 1, maxWidth)
	}
	wide := b.m.Hidden * r.wholeOr("expansion_ratio", b.f.Times, 1, 64)
	r.assume("intermediate_size", wide)
	return wide
}

var routers = map[string]Router{"": SoftmaxTopK, "softmax": SoftmaxTopK, "raw_logits": RawLogits,
	"grouped_sigmoid": GroupedSigmoid, "biased_sigmoid": BiasedSigmoid, "sqrt_softplus": SqrtSoftplus}

// sparse reads routed experts and the shared ones beside them.
func (b *builder) sparse() FFN {
	r := b.r
	f := FFN{
		Experts: r.uniform("num_experts", 1, 1, maxExperts), ExpertInner: b.expertWidth(),
		TopK:   b.width("num_experts_per_tok"),
		Router: routers[b.f.Router], BiasBytes: b.f.BiasBytes, Plain: b.plain(), Bias: b.f.ExpertBias,
		Latent: r.count("moe_latent_size"),
	}
	r.atMost("num_experts_per_tok", f.TopK, "num_experts", f.Experts+r.count("zero_expert_num"))
	if b.f.Router == "" && !r.has("n_group") {
		r.skip("topk_group")
		r.assume("n_group", nil)
	} else {
		f.Groups = r.wholeOr("n_group", 1, 0, maxExperts)
		f.TopGroups = r.wholeOr("topk_group", 1, 0, maxExperts)
		f.Groups, f.TopGroups = max(1, f.Groups), max(1, f.TopGroups)
		r.divides("n_group", f.Groups, "num_experts", f.Experts)
		r.atMost("topk_group", f.TopGroups, "n_group", f.Groups)
	}
	if b.f.Router == "biased_sigmoid" {
		f.Groups, f.TopGroups = 0, 0
	}
	f.SharedInner = b.shared(f)
	f.SharedGate = b.f.SharedGate && f.SharedInner > 0
	if zero := r.count("zero_expert_num"); zero > 0 {
		f.Identity = zero
		real := float64(f.TopK) * float64(f.Experts) / float64(f.Experts+zero)
		b.r.facts.assumed = append(b.r.facts.assumed, message.New("assumed.identity", f.TopK, real, zero,
			f.Experts+zero))
		f.TopK = max(1, int(real+0.5))
	}
	return f
}

// expertWidth is that of the dense blocks where the file has no other, in a family that says so or that nobody knows.
func (b *builder) expertWidth() int {
	if (len(b.f.Types) == 0 || b.f.OneWidth) && !b.r.stated("moe_intermediate_size") && b.r.has("intermediate_size") {
		b.r.assume("moe_intermediate_size", b.r.count("intermediate_size"))
		return b.width("intermediate_size")
	}
	return b.width("moe_intermediate_size")
}

// width is a size that must be there and may be listed for every layer.
func (b *builder) width(key string) int {
	if !b.r.has(key) {
		return b.r.whole(key, 1, maxWidth)
	}
	return b.r.uniform(key, 1, 1, maxWidth)
}

// shared gives the width of all shared experts together: their own, or that of so many routed ones.
func (b *builder) shared(f FFN) int {
	r := b.r
	switch {
	case b.f.SharedOfExperts:
		return f.ExpertInner
	case b.f.DenseBeside:
		r.skip("residual_moe")
		return b.inner()
	case r.count("shared_expert_intermediate_size") > 0:
		r.skip("n_shared_experts")
		return r.whole("shared_expert_intermediate_size", 1, maxWidth)
	}
	return r.uniform("n_shared_experts", 0, 0, maxExperts) * f.ExpertInner
}

// routes marks the layers with experts. Each key takes some away.
func (b *builder) routes() []bool {
	r := b.r
	first := r.wholeOr("first_k_dense_replace", 0, 0, maxLayers)
	start := r.wholeOr("moe_layer_start_index", 0, 0, maxLayers)
	end := r.wholeOr("moe_layer_end_index", b.layers-1, -1, maxLayers)
	if end < 0 {
		end = b.layers - 1
	}
	every := r.wholeOr("moe_layer_interval", 1, 1, maxLayers)
	step := r.wholeOr("decoder_sparse_step", 1, 1, maxLayers)
	leave := r.wholeOr("interleave_moe_layer_step", 1, 1, maxLayers)
	period, offset := r.wholeOr("expert_layer_period", 1, 1, maxLayers), r.wholeOr("expert_layer_offset", 0, 0, maxLayers)
	only := r.wholes("mlp_only_layers", 0, maxLayers)
	words := r.words("mlp_layer_types", b.layers, "dense", "sparse")
	freq, marks := 1, []int(nil)
	if _, list := r.value("moe_layer_freq").([]any); list {
		marks = r.marks("moe_layer_freq", b.layers)
	} else {
		freq = r.wholeOr("moe_layer_freq", 1, 1, maxLayers)
	}
	said := b.truths("is_moe_layer")
	listed := b.moeLayers()
	out := make([]bool, b.layers)
	for i := range out {
		out[i] = i >= first && i%freq == 0 && i >= start && i <= end && (i+1)%every == 0 && (i+1)%step == 0 &&
			(i+1)%leave == 0 && i%period == offset%period && !slices.Contains(only, i) && (marks == nil || marks[i] == 1) &&
			(listed == nil || slices.Contains(listed, i))
		if words != nil {
			out[i] = words[i] == "sparse"
		}
		if said != nil {
			out[i] = said[i]
		}
	}
	return out
}

// truths is a list of true and false, one for each layer, or nil.
func (b *builder) truths(key string) []bool {
	list := b.r.list(key)
	if list == nil {
		return nil
	}
	if len(list) != b.layers {
		b.r.fail(key, "config.one-each-layer", len(list), b.layers)
		return nil
	}
	out := make([]bool, len(list))
	for i, v := range list {
		yes, ok := v.(bool)
		if !ok {
			b.r.fail(key, "config.entry-one-of", show(v), i, "true, false")
			return nil
		}
		out[i] = yes
	}
	return out
}

// moeLayers is a list of layers with experts, as numbers or as text with commas.
func (b *builder) moeLayers() []int {
	r := b.r
	text, ok := r.value("moe_layers").(string)
	if !ok {
		if list := r.wholes("moe_layers", 0, maxLayers); len(list) > 0 {
			return list
		}
		return nil
	}
	var out []int
	for _, word := range strings.Split(text, ",") {
		i, err := strconv.Atoi(strings.TrimSpace(word))
		if err != nil || i < 0 || i >= b.layers {
			r.fail("moe_layers", "config.layer-numbers", show(word), b.layers)
			return nil
		}
		out = append(out, i)
	}
	return out
}
