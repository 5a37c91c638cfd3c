package model

import (
	"os"
	"path/filepath"
	"testing"
)

// Published checkpoints and the longest request that vLLM takes them for: YaRN scales the number that it names,
// LongRoPE and Llama 3 state the scaled one, Gemma 3 states it though its scaling is linear.
func TestContextAfterRopeScaling(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		kind, rope string
		positions  string
		want       int
	}{
		{"qwen2", ``, "32768", 32768},
		{"qwen2", `"rope_scaling": null,`, "32768", 32768},
		{"qwen2", `"rope_scaling": {"type": "yarn", "factor": 4.0, "original_max_position_embeddings": 32768},`, "32768",
			131072},
		{"qwen2", `"rope_scaling": {"rope_type": "yarn", "factor": 4, "original_max_position_embeddings": 32768},`, "131072",
			131072},
		{"qwen2", `"rope_parameters": {"rope_type": "yarn", "factor": 4, "original_max_position_embeddings": 32768},`,
			"40960", 131072},
		{"llama", `"rope_scaling": {"type": "linear", "factor": 4.0},`, "16384", 65536},
		{"llama", `"rope_scaling": {"type": "dynamic", "factor": 2.0},`, "4096", 8192},
		{"llama", `"rope_scaling": {"rope_type": "llama3", "factor": 8.0, "original_max_position_embeddings": 8192},`,
			"131072", 131072},
		{"llama", `"rope_parameters": {"rope_type": "default", "rope_theta": 10000},`, "8192", 8192},
		{"gemma3_text", `"rope_scaling": {"rope_type": "linear", "factor": 8.0},`, "131072", 131072},
	} {
		path := filepath.Join(dir, "config.json")
		text := `{"model_type": "` + c.kind + `", ` + c.rope + ` "hidden_size": 1024, "num_hidden_layers": 2,
			"num_attention_heads": 8, "num_key_value_heads": 8, "head_dim": 128, "intermediate_size": 4096,
			"vocab_size": 1000, "max_position_embeddings": ` + c.positions + `}`
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		m, err := Load(path, "")
		if err != nil || m.Context != c.want {
			t.Errorf("%s %s %s: %v, %v; want %d", c.kind, c.rope, c.positions, m, err, c.want)
		}
	}
}
