package model

import (
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"fathom/hw"
	"fathom/hw/message"
)

// quantised reads how the checkpoint is quantised, from quantization_config or else from hf_quant_config.json, whose
// content is given where there is one, or else from the list of tensors that Ascend's tool writes. Engines take the
// method that the configuration names, those for Ascend too unless they are told another one; the tool itself writes an
// object that names none.
func (m *Model) quantised(outer, text *reader, file, described []byte, at []numbered) {
	q := text
	if !q.has("quantization_config") {
		q = outer
	}
	source := outer.file
	if q = q.child("quantization_config"); q == nil && file != nil {
		config, err := decode(file)
		if err != nil {
			outer.fail("hf_quant_config.json", "config.broken", err)
			return
		}
		r := &reader{file: quantFile, values: config, err: outer.err}
		if q, source = r.child("quantization"), quantFile; q == nil {
			r.fail("quantization", "config.missing")
		}
	}
	var s *scheme
	switch {
	case *outer.err != nil:
		return
	case q != nil && (described == nil || q.methodical()):
		if s = readScheme(q, text); described != nil && s != nil {
			m.LeftOut = append(m.LeftOut, message.New("omitted.both", s.method, filepath.Base(source), describedFile))
		}
	case described != nil:
		s, source = ascend(described, outer.err), describedFile
	case !neutral(outer.values["quantize"]): // MindIE's word for a list that is not here
		outer.fail("quantize", "config.undescribed", show(outer.values["quantize"]), describedFile)
	}
	if *outer.err != nil || s == nil || len(m.Layers) == 0 {
		return
	}
	m.Quantization = &Quantization{Method: s.method, Source: source}
	m.Stored = s.stored(m, at)
	if r := s.lost(); r != nil {
		outer.fail(r.key, "config.lost-targets", r.format.String())
		return
	}
	m.Quantization.Modules = m.formats()
}

// methodical reports whether an object names a method other than Ascend's, whose formats are in a list of their own.
func (r *reader) methodical() bool {
	method := r.values["quant_method"]
	return !neutral(method) && method != "ascend" || r.has("quant_algo") || r.has("config_groups")
}

// readScheme reads one object. Every method has its own way to say the same things.
func readScheme(q, text *reader) *scheme {
	method := q.text("quant_method", "")
	s := &scheme{method: method}
	if _, stated := q.values["quant_algo"]; stated && method == "" {
		s.method = "modelopt"
	}
	if c := q.child("sparsity_config"); c != nil && c.text("format", "dense") != "dense" {
		c.fail("format", "config.sparse", c.text("format", ""))
	}
	s.kv = cacheFormat(q)
	switch {
	case s.method == "modelopt", strings.HasPrefix(s.method, "modelopt_"):
		s.modelopt(q)
	case method == "compressed-tensors":
		s.ignore(q, "ignore")
		s.groups(q)
	case method == "awq", method == "gptq", method == "gptqmodel", method == "auto-round", method == "intel/auto-round",
		method == "awq_marlin", method == "gptq_marlin":
		s.except(q, "modules_to_not_convert")
		s.dynamic(q, "dynamic")
		s.dynamic(q, "extra_config")
		s.all(weightOnly(q, q.wholeOr("bits", q.wholeOr("w_bit", 4, 1, 16), 1, 16), 128))
		s.rules[len(s.rules)-1].head = q.flag("lm_head", false)
	case method == "fp8", method == "fbgemm_fp8":
		s.float8(q, text)
	case method == "mxfp4":
		s.rules = append(s.rules, newRule(q, "quant_method", []any{`re:.*\.experts.*`}, hw.FormatMXFP4))
	case method == "bitsandbytes":
		s.except(q, "llm_int8_skip_modules")
		if q.flag("load_in_8bit", false) || q.flag("_load_in_8bit", false) {
			s.all(hw.FormatW8A16)
		} else if q.flag("bnb_4bit_use_double_quant", false) {
			s.all(hw.FormatNF4Double)
		} else {
			s.all(hw.FormatNF4)
		}
	default:
		q.fail("quant_method", "config.unknown-method", show(method))
		return nil
	}
	return s
}

// all gives the remaining linear layers a format.
func (s *scheme) all(f hw.Format) { s.rules = append(s.rules, rule{linears: true, format: f}) }

// ignore keeps named modules in 16 bits.
func (s *scheme) ignore(q *reader, key string) {
	if list := q.list(key); len(list) > 0 {
		s.rules = append(s.rules, newRule(q, key, list, hw.FormatBF16))
	}
}

// except keeps modules in 16 bits whose names contain a word. A name does not go on where the word ends: "gate" is the
// router of experts, not gate_proj (Mixtral and Qwen MoE in AWQ are published with it), and layers.1 is not layers.10.
func (s *scheme) except(q *reader, key string) {
	var list []any
	for _, v := range q.list(key) {
		if word, ok := v.(string); ok {
			word = strings.ReplaceAll(regexp.QuoteMeta(strings.Trim(word, "*")), `\*`, ".*")
			list = append(list, "re:.*"+word+`(?:[^_\d].*)?$`)
		}
	}
	if len(list) > 0 {
		s.rules = append(s.rules, newRule(q, key, list, hw.FormatBF16))
	}
}

// dynamic reads what GPTQ and AutoRound do otherwise for some modules: patterns with a minus are kept, the others have
// bits and groups of their own (GPTQModel, QuantizeConfig.dynamic; AutoRound, extra_config).
func (s *scheme) dynamic(q *reader, key string) {
	d := q.child(key)
	if d == nil {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(d.values)) {
		p, kept := strings.CutPrefix(name, "-:")
		p, pattern := strings.CutPrefix(p, "+:")
		if key == "dynamic" && (pattern || kept || strings.ContainsAny(p, `\.*[(`)) {
			p = "re:" + p
		}
		f := hw.FormatBF16
		if own := d.child(name); !kept && own != nil {
			if bits := own.wholeOr("bits", q.wholeOr("bits", 4, 1, 16), 1, 16); bits < 16 {
				f = weightOnly(own, bits, q.wholeOr("group_size", 128, -1, 1<<16))
			}
		}
		s.rules = append(s.rules, newRule(q, key, []any{p}, f))
	}
}

// weightOnly is the format of integers beside 16-bit activations, in groups of so many where the object says no other.
func weightOnly(q *reader, bits, usual int) hw.Format {
	group := q.wholeOr("group_size", q.wholeOr("q_group_size", usual, -1, 1<<16), -1, 1<<16)
	switch bits {
	case 8:
		return hw.FormatW8A16
	case 4:
		if f, ok := hw.FormatINT4.Grouped(group); ok && group > 0 {
			return f
		}
		return hw.FormatINT4G128 // of whole columns: the scales hardly count
	}
	q.fail("bits", "config.bits", bits)
	return hw.FormatBF16
}

// float8 reads 8-bit floats with scales for blocks or for whole matrices; experts may be narrower by a list of their
// own or by expert_dtype.
func (s *scheme) float8(q, text *reader) {
	base := hw.FormatFP8Block
	if _, stated := q.values["weight_block_size"]; stated && !q.has("weight_block_size") {
		base = hw.FormatFP8
	}
	switch {
	case q.text("quant_method", "") == "fbgemm_fp8":
		base = hw.FormatFP8Channel
	case q.has("activation_scheme") && q.text("activation_scheme", "") == "static" && !q.has("weight_block_size"):
		base = hw.FormatFP8
	}
	if q.has("quantized_layers") {
		s.listed(q)
	} else if text.values["expert_dtype"] == "fp4" {
		s.rules = append(s.rules, newRule(q, "expert_dtype", []any{"re:.*\\.experts\\..*"}, hw.FormatMXFP4))
	}
	s.except(q, "modules_to_not_convert")
	s.except(q, "ignored_layers")
	s.all(base)
}

// modelopt reads what NVIDIA's tool writes, into config.json or into a file of its own.
func (s *scheme) modelopt(q *reader) {
	s.ignore(q, "exclude_modules")
	s.ignore(q, "ignore")
	algo := q.text("quant_algo", "")
	switch {
	case q.has("quantized_layers"):
		s.listed(q)
	case strings.EqualFold(algo, "MIXED_PRECISION") && q.has("config_groups"):
		s.groups(q)
	case algo == "" && q.has("config_groups"):
		s.groups(q)
	case algo == "": // only the cache
	default:
		s.all(algorithm(q, "quant_algo", algo))
		s.rules[len(s.rules)-1].head = true
	}
}

// listed reads a format for each named module.
func (s *scheme) listed(q *reader) {
	layers := q.child("quantized_layers")
	if layers == nil {
		return
	}
	by := map[hw.Format][]any{}
	for _, name := range slices.Sorted(maps.Keys(layers.values)) {
		l := layers.child(name)
		if l == nil {
			return
		}
		f := algorithm(l, "quant_algo", l.text("quant_algo", ""))
		by[f] = append(by[f], name)
	}
	for f := range hw.NumFormats {
		if names := by[f]; len(names) > 0 {
			s.rules = append(s.rules, newRule(q, "quantized_layers", names, f))
		}
	}
}

// algorithms are the names that NVIDIA's tool has for formats.
var algorithms = map[string]hw.Format{"NVFP4": hw.FormatNVFP4, "NVFP4_AWQ": hw.FormatNVFP4,
	"W4A16_NVFP4": hw.FormatNVFP4A16, "FP8": hw.FormatFP8, "FP8_PB_WO": hw.FormatFP8Block,
	"FP8_PB_REAL":               hw.FormatFP8Block,
	"FP8_PER_CHANNEL_PER_TOKEN": hw.FormatFP8Channel, "W8A16": hw.FormatW8A16, "W4A16": hw.FormatINT4G128,
	"W4A16_AWQ": hw.FormatINT4G128, "W4A8_AWQ": hw.FormatW4A8, "INT8_SQ": hw.FormatINT8,
	"W8A8_SQ_PER_CHANNEL": hw.FormatINT8,
	"MXFP4":               hw.FormatMXFP4, "W4A8_MXFP4_FP8": hw.FormatMXFP4, "MXFP8": hw.FormatFP8Block}

func algorithm(q *reader, key, name string) hw.Format {
	f, ok := algorithms[strings.ToUpper(name)]
	if !ok {
		q.fail(key, "config.unknown-format", show(name),
			strings.Join(slices.Sorted(maps.Keys(algorithms)), ", "))
	}
	return f
}

// groups reads schemes for lists of modules.
func (s *scheme) groups(q *reader) {
	groups := q.child("config_groups")
	if groups == nil {
		q.fail("config_groups", "config.missing-formats")
		return
	}
	for _, name := range slices.Sorted(maps.Keys(groups.values)) {
		g := groups.child(name)
		if g == nil {
			return
		}
		w := g.child("weights")
		if w == nil {
			continue // only activations or the cache
		}
		s.rules = append(s.rules, newRule(g, "targets", g.list("targets"), groupFormat(w, g.child("input_activations"))))
	}
}

// groupFormat is the format of weights beside activations, nil where these stay in 16 bits.
func groupFormat(w, act *reader) hw.Format {
	bits, kind, strategy := w.whole("num_bits", 1, 16), w.text("type", "int"), w.text("strategy", "")
	group := 0
	if w.has("group_size") {
		group = w.wholeOr("group_size", 0, -1, 1<<16)
	}
	float := kind == "float"
	switch {
	case bits == 8 && act == nil:
		return hw.FormatW8A16
	case bits == 8 && float && (strategy == "block" || w.has("block_structure")):
		return hw.FormatFP8Block
	case bits == 8 && float && strategy == "channel":
		return hw.FormatFP8Channel
	case bits == 8 && float:
		return hw.FormatFP8
	case bits == 8:
		return hw.FormatINT8
	case bits == 4 && float && group == 32:
		return hw.FormatMXFP4
	case bits == 4 && float && act == nil:
		return hw.FormatNVFP4A16
	case bits == 4 && float:
		return hw.FormatNVFP4
	case bits == 4 && act != nil:
		return hw.FormatW4A8
	case bits == 4:
		if f, ok := hw.FormatINT4.Grouped(group); ok && group > 0 {
			return f
		}
		return hw.FormatINT4G128
	}
	w.fail("num_bits", "config.bits", bits)
	return hw.FormatBF16
}

// cacheFormat is what the checkpoint has scales for. AutoFP8 writes the one word "static" for scales of 8-bit floats.
func cacheFormat(q *reader) hw.Format {
	if word, ok := q.values["kv_cache_scheme"].(string); ok {
		if q.text("kv_cache_scheme", "") == "static" {
			return hw.FormatFP8
		}
		q.fail("kv_cache_scheme", "config.static", show(word))
		return hw.FormatBF16
	}
	if c := q.child("kv_cache_scheme"); c != nil {
		switch float := c.text("type", "float") == "float"; {
		case c.wholeOr("num_bits", 16, 1, 16) != 8:
		case float:
			return hw.FormatFP8
		default:
			return hw.FormatINT8
		}
	}
	if f, ok := algorithms[strings.ToUpper(q.text("kv_cache_quant_algo", ""))]; ok {
		return f
	}
	return hw.FormatBF16
}
