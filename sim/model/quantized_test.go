package model

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fathom/hw"
)

// sparseSmall is a configuration with experts, a shared one and a dense first layer.
func sparseSmall() map[string]any {
	c := with(with(small(), "model_type", "glm4_moe"), "n_routed_experts", 8.0)
	for k, v := range map[string]any{"num_experts_per_tok": 2.0, "moe_intermediate_size": 512.0, "n_shared_experts": 1.0,
		"first_k_dense_replace": 1.0} {
		c[k] = v
	}
	return c
}

// Every method gives each kind of module its format, with the exceptions that it states.
func TestQuantizationConfig(t *testing.T) {
	const none, int4, fp8 = hw.FormatBF16, hw.FormatINT4G128, hw.FormatFP8
	group := func(weights, act string) string {
		return `{"quant_method":"compressed-tensors","config_groups":{"group_0":{"targets":["Linear"],"weights":` + weights +
			`,"input_activations":` + act + `}},"ignore":["lm_head","re:.*self_attn.*"]}`
	}
	all := func(f hw.Format) Stored {
		return Stored{Projection: f, Output: f, Dense: f, Shared: f, Expert: f}
	}
	ffn := func(f hw.Format) Stored { return Stored{Dense: f, Shared: f, Expert: f} }
	for _, c := range []struct {
		config string
		want   Stored
	}{
		{`{"quant_method":"awq","bits":4,"group_size":128}`, all(int4)},
		{`{"quant_method":"awq","w_bit":4,"group_size":64,"modules_to_not_convert":["self_attn"]}`, ffn(hw.FormatINT4G64)},
		{`{"quant_method":"awq","bits":4,"group_size":128,"modules_to_not_convert":["gate","shared_expert_gate"]}`,
			all(int4)},
		{`{"quant_method":"awq","bits":4,"group_size":128,"modules_to_not_convert":["self_attn","layers.10","shared_experts"]}`,
			Stored{Dense: int4, Expert: int4}},
		{`{"quant_method":"gptq","bits":8,"group_size":128}`, all(hw.FormatW8A16)},
		{`{"quant_method":"gptq","bits":4,"group_size":128,"dynamic":{"-:.*shared_experts.*":{}}}`,
			Stored{Projection: int4, Output: int4, Dense: int4, Expert: int4}},
		{`{"quant_method":"fp8","weight_block_size":[128,128]}`, all(hw.FormatFP8Block)},
		{`{"quant_method":"fp8","weight_block_size":null}`, all(fp8)},
		{`{"quant_method":"fp8","activation_scheme":"static","ignored_layers":["mlp.experts"]}`,
			Stored{Projection: fp8, Output: fp8, Dense: fp8, Shared: fp8}},
		{`{"quant_method":"fbgemm_fp8","modules_to_not_convert":["self_attn","shared_experts"]}`,
			Stored{Dense: hw.FormatFP8Channel, Expert: hw.FormatFP8Channel}},
		{group(`{"num_bits":8,"type":"float","strategy":"channel"}`, `{"num_bits":8,"type":"float"}`),
			ffn(hw.FormatFP8Channel)},
		{group(`{"num_bits":8,"type":"float","strategy":"tensor"}`, `{"num_bits":8}`), ffn(fp8)},
		{group(`{"num_bits":8,"type":"float","strategy":"block","block_structure":[128,128]}`, `{}`), ffn(hw.FormatFP8Block)},
		{group(`{"num_bits":8,"type":"int","strategy":"channel"}`, `{"num_bits":8}`), ffn(hw.FormatINT8)},
		{group(`{"num_bits":8,"type":"int"}`, `null`), ffn(hw.FormatW8A16)},
		{group(`{"num_bits":4,"type":"int","group_size":32}`, `null`), ffn(hw.FormatINT4)},
		{group(`{"num_bits":4,"type":"int","group_size":128}`, `{"num_bits":8}`), ffn(hw.FormatW4A8)},
		{group(`{"num_bits":4,"type":"float","group_size":16}`, `{"num_bits":4}`), ffn(hw.FormatNVFP4)},
		{group(`{"num_bits":4,"type":"float","group_size":16}`, `null`), ffn(hw.FormatNVFP4A16)},
		{group(`{"num_bits":4,"type":"float","group_size":32}`, `{"num_bits":8}`), ffn(hw.FormatMXFP4)},
		{`{"quant_method":"mxfp4"}`, Stored{Expert: hw.FormatMXFP4}},
		{`{"quant_method":"bitsandbytes","load_in_4bit":true}`, all(hw.FormatNF4)},
		{`{"quant_method":"bitsandbytes","_load_in_4bit":true,"bnb_4bit_use_double_quant":true}`, all(hw.FormatNF4Double)},
		{`{"quant_method":"fp8","activation_scheme":"static","ignored_layers":["lm_head"],"kv_cache_scheme":"static"}`,
			Stored{Projection: fp8, Output: fp8, Dense: fp8, Shared: fp8, Expert: fp8, KV: fp8}},
		{`{"quant_method":"bitsandbytes","load_in_8bit":true,"llm_int8_skip_modules":["mlp"]}`,
			Stored{Projection: hw.FormatW8A16, Output: hw.FormatW8A16}},
		{`{"quant_algo":"FP8","quant_method":"modelopt","ignore":["lm_head","model.layers.*.mlp.shared_experts*"],
			"kv_cache_scheme":{"num_bits":8,"type":"float"}}`,
			Stored{Projection: fp8, Output: fp8, Dense: fp8, Expert: fp8, KV: fp8}},
		{`{"quant_algo":"MIXED_PRECISION","quant_method":"modelopt","quantized_layers":{
			"model.layers.0.mlp.gate_proj":{"quant_algo":"FP8"},"model.layers.0.mlp.down_proj":{"quant_algo":"FP8"},
			"model.layers.1.mlp.experts":{"quant_algo":"NVFP4"},"lm_head":{"quant_algo":"W4A16_NVFP4"}}}`,
			Stored{Dense: fp8, Expert: hw.FormatNVFP4, Head: hw.FormatNVFP4A16}},
	} {
		var q map[string]any
		if err := json.Unmarshal([]byte(c.config), &q); err != nil {
			t.Fatal(err)
		}
		m, err := Parse("m", "test", with(sparseSmall(), "quantization_config", q))
		if err != nil {
			t.Errorf("%s: %v", c.config, err)
		} else if m.Stored != c.want || m.Quantization == nil {
			t.Errorf("%s:\n got %+v\nwant %+v", c.config, m.Stored, c.want)
		}
	}
	if m, err := Parse("m", "test", sparseSmall()); err != nil || m.Quantization != nil || m.Stored != (Stored{}) {
		t.Errorf("without a word of quantisation: %+v, %v", m, err)
	}
}

// What nobody knows is named with its key and what would be right.
func TestQuantizationErrors(t *testing.T) {
	for config, want := range map[string]string{
		`{"quant_method":"magic"}`: "quantization_config.quant_method = magic is a way to quantise that fathom " +
			"does not know",
		`{"quant_method":"gptq","bits":3}`: "quantization_config.bits = 3: fathom prices 4 and 8 bits",
		`{"quant_method":"compressed-tensors","config_groups":{},"ignore":["re:("]}`: "quantization_config.ignore has " +
			"re:( at " +
			"entry 0, which is no regular expression",
		`{"quant_method":"compressed-tensors"}`:            "quantization_config.config_groups is missing: add it",
		`{"quant_method":"fp8","kv_cache_scheme":"magic"}`: "quantization_config.kv_cache_scheme = magic: write static",
		`{"quant_algo":"FP2"}`: "quantization_config.quant_algo = FP2 is a format that fathom " +
			"does not know",
		`{"quant_method":"awq","group_size":0.5}`: "quantization_config.group_size = 0.5: write a whole number",
	} {
		var q map[string]any
		if err := json.Unmarshal([]byte(config), &q); err != nil {
			t.Fatal(err)
		}
		if _, err := Parse("m", "test", with(small(), "quantization_config", q)); err == nil ||
			!strings.HasPrefix(err.Error(), "config.json: "+want) {
			t.Errorf("%s:\n got %v\nwant %s", config, err, want)
		}
	}
}

// A directory: the file beside config.json counts where config.json is silent, and the index gives the size.
func TestCheckpointDirectory(t *testing.T) {
	dir := t.TempDir()
	write(t, dense, dir, "config.json")
	write(t, `{"quantization":{"quant_algo":"NVFP4","exclude_modules":["lm_head","*self_attn*"]}}`, dir, quantFile)
	write(t, `{"metadata":{"total_size":123456789},"weight_map":{"a":"b"}}`, dir, indexFile)
	m, err := Load(dir, "")
	if err != nil || m.Stored != (Stored{Dense: hw.FormatNVFP4}) || m.Quantization.Source != quantFile ||
		m.TotalBytes != 123456789 || !m.Local {
		t.Fatalf("%+v, %v", m, err)
	}
	write(t, `{"metadata":{"total_size":-1}}`, dir, indexFile)
	if _, err := Load(dir, ""); err == nil || !strings.Contains(err.Error(), "metadata.total_size = -1") {
		t.Errorf("a negative size: %v", err)
	}
	os.Remove(filepath.Join(dir, indexFile))
	write(t, `{"quantization":`, dir, quantFile)
	if _, err := Load(dir, ""); err == nil || !strings.Contains(err.Error(), quantFile) {
		t.Errorf("a broken file: %v", err)
	}
}

// A kind of module that is stored in two formats is planned as one of them, and the rest is named.
func TestMixedKindIsTold(t *testing.T) {
	group := func(bits float64, targets ...any) map[string]any {
		return map[string]any{"targets": targets, "weights": map[string]any{"num_bits": bits, "type": "int",
			"strategy": "channel", "symmetric": true}}
	}
	m, err := Parse("m", "test", map[string]any{"model_type": "llama", "hidden_size": 1024.0, "vocab_size": 1000.0,
		"max_position_embeddings": 4096.0, "num_hidden_layers": 2.0, "num_attention_heads": 8.0, "num_key_value_heads": 8.0,
		"intermediate_size": 2048.0, "rms_norm_eps": 1e-5, "tie_word_embeddings": false,
		"quantization_config": map[string]any{"quant_method": "compressed-tensors", "format": "mixed-precision",
			"config_groups": map[string]any{"group_0": group(8, "re:.*down_proj"), "group_1": group(4, "Linear")}}})
	if err != nil || len(m.LeftOut) != 1 || !strings.Contains(m.LeftOut[0].String(),
		"dense: 33% of these matrices are stored as") {
		t.Errorf("%v: %q", err, m.LeftOut)
	}
}
