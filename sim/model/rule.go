package model

import (
	"regexp"
	"strings"

	"fathom/hw"
)

// rule gives modules whose names match a format.
type rule struct {
	exact   map[string]bool // whole names, or those of parents
	match   []*regexp.Regexp
	linears bool // all linear layers
	head    bool // that of the vocabulary among them
	format  hw.Format
	key     string // that gives the names, for complaints
	used    bool   // some module has matched
}

func (r *rule) matches(names []string) bool {
	for _, n := range names {
		for name := n; ; {
			if r.exact[name] {
				return true
			}
			cut := strings.LastIndexByte(name, '.')
			if cut < 0 {
				break
			}
			name = name[:cut]
		}
		for _, m := range r.match {
			if m.MatchString(n) {
				return true
			}
		}
	}
	return false
}

// newRule reads patterns: names, names with stars, and regular expressions after "re:". "Linear" is every linear layer.
func newRule(r *reader, key string, patterns []any, format hw.Format) rule {
	out := rule{exact: map[string]bool{}, format: format, key: r.prefix + key}
	for i, v := range patterns {
		p, ok := v.(string)
		expression := ""
		switch {
		case !ok:
			r.fail(key, "config.module-names", show(v), i)
		case p == "Linear":
			out.linears, out.head = true, true
		case strings.HasPrefix(p, "re:"):
			expression = "^(?:" + p[len("re:"):] + ")"
		case strings.ContainsRune(p, '*'):
			expression = "^" + strings.ReplaceAll(regexp.QuoteMeta(p), `\*`, ".*") + "$"
		default:
			out.exact[p] = true
		}
		if expression == "" {
			continue
		}
		m, err := regexp.Compile(expression)
		if err != nil {
			r.fail(key, "config.module-pattern", show(v), i)
			continue
		}
		out.match = append(out.match, m)
	}
	return out
}

// scheme is how a checkpoint is quantised: rules in the order in which they count.
type scheme struct {
	method string
	rules  []rule
	kv     hw.Format
	fell   bool // some module is in 16 bits because no rule names it
}

// named reports whether any rule tells layers apart.
func (s *scheme) named() bool {
	for i := range s.rules {
		r := &s.rules[i]
		if len(r.exact) > 0 {
			return true
		}
		for _, m := range r.match {
			if strings.ContainsAny(m.String(), "0123456789") {
				return true
			}
		}
	}
	return false
}

// of gives the format of a module under any of its names.
func (s *scheme) of(names []string, head bool) hw.Format {
	for i := range s.rules {
		if r := &s.rules[i]; r.matches(names) || r.linears && (r.head || !head) {
			r.used = true
			return r.format
		}
	}
	s.fell = s.fell || !head
	return hw.FormatBF16
}

// lost is a rule that quantises modules of names that nobody knows, where others have no rule: they may be the same.
func (s *scheme) lost() *rule {
	for i := range s.rules {
		if r := &s.rules[i]; s.fell && !r.used && !r.linears && r.format != hw.FormatBF16 {
			return r
		}
	}
	return nil
}

// Spellings of modules: prefixes of a layer, then the modules of each kind below it. A rule counts that names any.
var (
	layerPrefixes = []string{"model.layers.", "model.language_model.layers.", "language_model.model.layers.",
		"backbone.layers.", "layers.", "transformer.layers.", "thinker.model.layers.", "language_model.layers.",
		"model.model.layers."}
	modules = map[string][][]string{
		"projection": {{"self_attn.q_proj", "attn.q_proj", "mixer.q_proj", "self_attn.qkv_proj", "self_attn.query_key_value",
			"attention.query_key_value", "self_attn.W_pack", "attention.wqkv", "attn.wq"},
			{"self_attn.k_proj", "mixer.k_proj", "self_attn.qkv_proj", "attention.query_key_value"},
			{"self_attn.v_proj", "mixer.v_proj", "self_attn.qkv_proj", "attention.query_key_value"}},
		"latent": {{"self_attn.q_a_proj", "attn.wq_a", "self_attn.fused_qkv_a_proj", "attn.fused_wqa_wkv"},
			{"self_attn.q_b_proj", "attn.wq_b", "self_attn.q_proj"},
			{"self_attn.kv_a_proj_with_mqa", "attn.wkv", "attn.fused_wqa_wkv"},
			{"self_attn.kv_b_proj", "attn.wkv_b"}},
		"output": {{"self_attn.o_proj", "attn.o_proj", "mixer.o_proj", "attention.dense", "attention.wo", "attn.wo_b"}},
		"state": {{"linear_attn.in_proj_qkv", "linear_attn.in_proj_qkvz", "mamba.in_proj", "mixer.in_proj",
			"self_attn.q_proj",
			"self_attn.qkv_proj"}, {"linear_attn.out_proj", "mamba.out_proj", "mixer.out_proj", "self_attn.o_proj"}},
		"dense": {{"mlp.gate_proj", "mlp.gate_up_proj", "feed_forward.gate_proj", "feed_forward.w1", "mixer.up_proj",
			"mlp.dense_h_to_4h", "shared_mlp.input_linear", "mlps.0.gate_proj"}, {"mlp.down_proj", "feed_forward.down_proj",
			"feed_forward.w2", "mixer.down_proj", "mlp.dense_4h_to_h", "shared_mlp.output_linear", "mlps.0.down_proj"}},
		"shared": {{"mlp.shared_experts.gate_proj", "mlp.shared_expert.gate_proj", "mixer.shared_experts.up_proj",
			"ffn.shared_experts.w1", "ffn.shared_experts.gate_proj", "feed_forward.shared_expert.gate_proj",
			"mlp.shared_mlp.gate_proj"}},
		"expert": {{"mlp.experts.0.gate_proj", "block_sparse_moe.experts.0.w1", "mixer.experts.0.up_proj", "ffn.experts.0.w1",
			"ffn.experts.0.gate_proj",
			"feed_forward.experts.0.gate_proj", "mlp.experts.gate_up_proj", "feed_forward.experts.gate_up_proj",
			"block_sparse_moe.input_linear"}, {"mlp.experts.0.down_proj", "block_sparse_moe.experts.0.w2",
			"mixer.experts.0.down_proj", "ffn.experts.0.w2", "ffn.experts.0.down_proj",
			"feed_forward.experts.0.down_proj", "mlp.experts.down_proj"}},
	}
	heads = []string{"lm_head", "head", "language_model.lm_head", "model.lm_head", "output_layer", "thinker.lm_head",
		"transformer.output_layer", "model.language_model.lm_head"}
)
