package model

import (
	"testing"

	"fathom/hw"
)

// Every catalog file loads under the name that its file has, says where its facts come from, and has layers unless its
// family cannot be priced.
func TestCatalogLoads(t *testing.T) {
	entries := Catalog()
	if len(entries) < 72 {
		t.Errorf("catalog has %d models, want at least the 69 of the reference list and 3 of measured runs", len(entries))
	}
	for _, e := range entries {
		m, err := e.Load()
		if err != nil {
			t.Errorf("%s: %v", e.Name, err)
			continue
		}
		if m.Name != e.Name || m.Source == "" {
			t.Errorf("%s: name %q, source %q", e.Name, m.Name, m.Source)
		}
		if m.Unsupported == "" && len(m.Layers) == 0 {
			t.Errorf("%s: no layers", e.Name)
		}
	}
}

func TestFind(t *testing.T) {
	for _, name := range []string{"Qwen/Qwen3-32B", "qwen/qwen3-32b", "Qwen3-32B"} {
		m, err := Find(name)
		if err != nil || m.Name != "Qwen/Qwen3-32B" {
			t.Errorf("Find(%q) = %v, %v", name, m, err)
		}
	}
	_, err := Find("Qwen/Qwen3-33B")
	want := `model "Qwen/Qwen3-33B" is not in the catalog: did you mean Qwen/Qwen3-32B, Qwen/Qwen3-30B-A3B, Qwen/Qwen3-32B-FP8?` +
		` (a directory with config.json works too)`
	if err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

// What Hugging Face calls fp8 has a scale for every block of weights, unless its blocks have no size; other formats
// have not.
func TestBlocksOfEightBits(t *testing.T) {
	for name, want := range map[string]bool{
		"deepseek-ai/DeepSeek-V3": true, "Qwen/Qwen3-235B-A22B-FP8": true, "Qwen/Qwen3-32B-FP8-Static-PerTensor": false,
		"Qwen/Qwen3-32B":       false,
		"moonshotai/Kimi-K2.5": false,
	} {
		if m, err := Find(name); err != nil || (m.Published == hw.FormatFP8Block) != want {
			t.Errorf("%s: %v, %v", name, m, err)
		}
	}
	of := func(q any) bool { return blockFP8(map[string]any{"quantization_config": q}) }
	if !of(map[string]any{"quant_method": "fp8", "weight_block_size": []any{128.0, 128.0}}) ||
		of(map[string]any{"quant_method": "fp8", "weight_block_size": nil}) || of("fp8") {
		t.Error("the size of blocks decides")
	}
	if !blockFP8(map[string]any{"text_config": map[string]any{"quantization_config": map[string]any{"quant_method": "fp8"}}}) {
		t.Error("a model for images keeps it with its text")
	}
}
