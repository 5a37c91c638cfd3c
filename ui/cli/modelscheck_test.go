package cli

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// models check prints what the contract names (cli.md, second part), and ends with 2 where nothing can be planned.
func TestModelsCheck(t *testing.T) {
	l := newLab(t)
	config := func(name, text string) string {
		dir := filepath.Join(l.home, name)
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "config.json"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	const sizes = `"hidden_size":4096,"num_hidden_layers":4,"num_attention_heads":32,"num_key_value_heads":8,` +
		`"intermediate_size":14336,"vocab_size":32000,"max_position_embeddings":32768`
	awq := config("awq", `{"model_type":"llama",`+sizes+`,"strange":[1],"vision_config":{"hidden_size":64},`+
		`"quantization_config":{"quant_method":"awq","bits":4,"group_size":128}}`)
	if err := os.WriteFile(filepath.Join(awq, "model.safetensors.index.json"), []byte(`{"metadata":{"total_size":9}}`),
		0o600); err != nil {
		t.Fatal(err)
	}
	o := l.run(t, "models", "check", awq, "--format", "json")
	var got struct {
		Parameters   float64 `json:"parameters"`
		KV           float64 `json:"kv_bytes_per_token"`
		State        float64 `json:"state_bytes"`
		Quantization struct {
			Method, Source string
			Modules        []struct{ Kind, Format string }
		}
		Published     float64  `json:"weights_gib_as_published"`
		LeftOut       []string `json:"left_out"`
		NotUnderstood []string `json:"not_understood"`
	}
	if err := json.Unmarshal([]byte(o.stdout), &got); err != nil || o.code != Done {
		t.Fatalf("exit %d, %v, %s", o.code, err, o.stderr)
	}
	want := 2*32000*4096 + 4096 + 4*(2*4096*4096+2*4096*1024+3*4096*14336+2*4096.0)
	if got.Parameters != want || got.KV != 4*2*8*128*2 || got.State != 0 || got.Quantization.Method != "awq" ||
		len(got.Quantization.Modules) < 4 || got.Quantization.Modules[0].Format != "int4_g128" {
		t.Errorf("%+v", got)
	}
	if got.Published < 0.9 || got.Published > 1.1 {
		t.Errorf("%v GiB as published", got.Published)
	}
	if s := strings.Join(got.LeftOut, "; "); !strings.Contains(s, "vision tower") || !strings.Contains(s, "the index") {
		t.Errorf("left out: %q", got.LeftOut)
	}
	if len(got.NotUnderstood) != 1 || !strings.HasPrefix(got.NotUnderstood[0], "strange = ") {
		t.Errorf("not understood: %q", got.NotUnderstood)
	}
	if o := l.run(t, "models", "check", config("known", `{"model_type":"lfm2",`+sizes+`}`)); o.code != BadInput ||
		!strings.Contains(o.stderr, "short convolutions") {
		t.Errorf("a family that cannot be planned: exit %d, %s", o.code, o.stderr)
	}
	if o := l.run(t, "models", "check",
		config("odd", `{"model_type":"odd",`+sizes+`,"num_memory_heads":2}`)); o.code != BadInput ||
		!strings.Contains(o.stderr, "num_memory_heads = 2") {
		t.Errorf("a key that nobody knows: exit %d, %s", o.code, o.stderr)
	}
}

// What the files of a checkpoint contradict, and weights that are planned otherwise than they are stored, are warnings
// of a plan too. The tool of Ascend writes an object without a method, whose list then counts.
func TestPlanDoubts(t *testing.T) {
	l := newLab(t)
	const sizes = `"hidden_size":4096,"num_hidden_layers":1,"num_attention_heads":32,"num_key_value_heads":8,` +
		`"intermediate_size":14336,"vocab_size":32000,"max_position_embeddings":32768`
	bytes := 2 * (2*32000*4096 + 4096 + 2*4096*4096 + 2*4096*1024 + 3*4096*14336 + 2*4096)
	index := func(size int) string { return fmt.Sprintf(`{"metadata":{"total_size":%d}}`, size) }
	list := `{"lm_head.weight":"FLOAT"`
	for _, name := range []string{"self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj",
		"mlp.gate_proj", "mlp.up_proj", "mlp.down_proj"} {
		list += `,"model.layers.0.` + name + `.weight":"W8A8"`
	}
	list += "}"
	for i, c := range []struct{ more, index, list, want, never string }{
		{"", index(bytes), "", "", "the index"},
		{"", index(bytes / 2), "", "the index of the checkpoint", "32-bit"},
		{`,"torch_dtype":"float32"`, index(2 * bytes), "", "32-bit floats", "the index"},
		{`,"torch_dtype":"float32"`, index(bytes), "", "the index of the checkpoint", ""},
		{`,"quantization_config":{"quant_method":"fp8"}`, "", list, "the method fp8, which counts", ""},
		{`,"quantize":"w8a8","quantization_config":{"group_size":0,"kv_quant_type":null}`, "", list, "", "which counts"},
	} {
		dir := filepath.Join(l.home, fmt.Sprint("m", i))
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		for name, text := range map[string]string{"config.json": `{"model_type":"llama",` + sizes + c.more + "}",
			"model.safetensors.index.json": c.index, "quant_model_description.json": c.list} {
			if text == "" {
				continue
			}
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		o := l.run(t, "plan", dir, "--device", "TEST_DEVICE", "--num-devices", "1", "--input-length", "512",
			"--output-length", "128", "--quantize-linear-action", "AS_PUBLISHED", "--quantize-attention-action", "DISABLED")
		if o.code != Done || !strings.Contains(o.stderr, c.want) || c.never != "" && strings.Contains(o.stderr, c.never) {
			t.Errorf("%d: exit %d, want %q, not %q: %s", i, o.code, c.want, c.never, o.stderr)
		}
	}
}
