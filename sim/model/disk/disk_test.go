package disk

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const config = `{"model_type": "qwen3", "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
	"head_dim": 16, "intermediate_size": 128, "vocab_size": 1000, "max_position_embeddings": 4096, "rms_norm_eps": 1e-6}`

func write(t *testing.T, text string, parts ...string) string {
	t.Helper()
	path := filepath.Join(parts...)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestWhereModelsAreFound(t *testing.T) {
	home, other := t.TempDir(), t.TempDir()
	env := map[string]string{"HOME": home, "HF_HOME": filepath.Join(other, "hf"), "MODELSCOPE_CACHE": filepath.Join(other, "ms")}
	f := Finder{Getenv: func(k string) string { return env[k] }}
	file := write(t, config, other, "plain", "config.json")
	write(t, config, home, "mine", "config.json")
	write(t, config, home, ".cache", "huggingface", "hub", "models--a--one", "snapshots", "abc", "config.json")
	write(t, strings.Replace(config, `layers": 2`, `layers": 5`, 1), other, "hf", "hub", "models--a--two", "snapshots", "abc", "config.json")
	write(t, strings.Replace(config, `layers": 2`, `layers": 7`, 1), other, "hf", "hub", "models--a--two", "snapshots", "def", "config.json")
	write(t, "def\n", other, "hf", "hub", "models--a--two", "refs", "main")
	write(t, config, other, "ms", "models", "b", "three-1___5", "config.json")
	for _, test := range []struct {
		text   string
		layers int
	}{{"Qwen/Qwen3-32B", 64}, {"qwen/qwen3-32b", 64}, {file, 2}, {filepath.Dir(file), 2}, {"~/mine", 2}, {"a/one", 2}, {"a/two", 7}, {"b/three-1.5", 2}} {
		m, err := f.Find(test.text)
		if err != nil {
			t.Errorf("%s: %v", test.text, err)
			continue
		}
		if len(m.Layers) != test.layers {
			t.Errorf("%s: %d layers, want %d", test.text, len(m.Layers), test.layers)
		}
	}
}

func TestWhatIsNotFoundSaysWhy(t *testing.T) {
	dir := t.TempDir()
	f := Finder{Getenv: func(string) string { return "" }}
	for text, want := range map[string]string{
		"Qwen/Qwen3-33B": "did you mean Qwen/Qwen3-32B",
		dir:              "config.json: no such file or directory",
		write(t, "{", dir, "broken", "config.json"):                       "no valid JSON at line 1",
		write(t, `{"model_type": "qwen33"}`, dir, "other", "config.json"): "--architecture qwen3",
		"a/../../b": "is not in the catalog",
	} {
		m, err := f.Find(text)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, %v, want %s", text, m, err, want)
		}
	}
	var unknown *Unknown
	if _, err := f.Find("no/such"); !errors.As(err, &unknown) {
		t.Errorf("no/such: %v", err)
	}
	f.Architecture = "qwen3"
	path := write(t, strings.Replace(config, `"qwen3"`, `"mystery"`, 1), dir, "mystery", "config.json")
	if m, err := f.Find(path); err != nil || m.Architecture != "qwen3" {
		t.Errorf("--architecture: %v, %v", m, err)
	}
}
