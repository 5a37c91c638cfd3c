package model

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const dense = `{"model_type":"qwen3","hidden_size":1024,"vocab_size":1000,"max_position_embeddings":4096,"num_hidden_layers":2,
 "num_attention_heads":16,"num_key_value_heads":8,"head_dim":128,"intermediate_size":3072}`

func write(t *testing.T, content string, path ...string) string {
	t.Helper()
	file := filepath.Join(path...)
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// A file under any name, or a directory with config.json.
func TestLoad(t *testing.T) {
	dir := t.TempDir()
	file := write(t, dense, dir, "config.json")
	other := write(t, dense, dir, "my model.json")
	for _, path := range []string{dir, file, other} {
		m, err := Load(path, "")
		if err != nil || m.Name != path || len(m.Layers) != 2 || !strings.HasPrefix(m.Source, "inspected local file "+dir) {
			t.Errorf("%s: %+v, %v", path, m, err)
		}
	}
	if m, err := Load(dir, "llama"); err != nil || m.Architecture != "llama" || m.Layers[0].Attention.QKNorm != NoNorm {
		t.Errorf("as Llama: %+v, %v", m, err)
	}
}

func TestLoadErrors(t *testing.T) {
	dir := t.TempDir()
	empty := t.TempDir()
	broken := write(t, `{"model_type": "qwen3", "hidden_size": 12,}`, dir, "broken.json")
	huge := write(t, strings.Repeat(" ", maxConfig+1), dir, "huge.json")
	for path, want := range map[string]string{
		filepath.Join(dir, "none"): `model "` + filepath.Join(dir, "none") +
			`": there is no such file: name a directory with config.json, such a file, or a model of the catalog`,
		empty: `model "` + empty + `": the directory holds no config.json: name a directory that does`,
		broken: broken + ": no valid JSON at line 1, column 43 (invalid character '}' looking for " +
			"beginning of object key string): correct the file",
		huge: huge + ": is larger than 4 MiB: name a file such as config.json",
	} {
		if _, err := Load(path, ""); err == nil || err.Error() != want {
			t.Errorf("%s:\n got %v\nwant %s", path, err, want)
		}
	}
	write(t, dense, dir, "config.json")
	write(t, `{"min_pixels": 0}`, dir, "preprocessor_config.json")
	if _, err := Load(dir, ""); err != nil {
		t.Errorf("a text model takes no pixel limits: %v", err)
	}
}

// The pixel limits come from the preprocessor's file, under either pair of names.
func TestPreprocessor(t *testing.T) {
	vl := `{"model_type":"qwen3_vl","text_config":` + dense + `,"vision_config":{"hidden_size":64,"num_heads":4,"depth":2,
	 "intermediate_size":128,"out_hidden_size":1024,"num_position_embeddings":256}}`
	for content, want := range map[string][2]int{
		"":                                       {defaultMinPixels, defaultMaxPixels},
		`{"min_pixels":3136,"max_pixels":12845}`: {3136, 12845},
		`{"size":{"shortest_edge":65536,"longest_edge":1048576}}`: {65536, 1048576},
	} {
		dir := t.TempDir()
		write(t, vl, dir, "config.json")
		if content != "" {
			write(t, content, dir, "preprocessor_config.json")
		}
		m, err := Load(dir, "")
		if err != nil || m.Vision.MinPixels != want[0] || m.Vision.MaxPixels != want[1] {
			t.Errorf("%s: %+v, %v, want %v", content, m, err, want)
		}
	}
	dir := t.TempDir()
	write(t, vl, dir, "config.json")
	write(t, `{"min_pixels":9,"max_pixels":4}`, dir, "preprocessor_config.json")
	want := "preprocessor_config.json: min_pixels = 9 is more than max_pixels = 4: correct one of them"
	if _, err := Load(dir, ""); err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("got %v, want …%s", err, want)
	}
}

// Environment variables as the tools that own the caches read them.
func TestCachesFrom(t *testing.T) {
	for _, c := range []struct {
		env  map[string]string
		want Caches
	}{
		{nil, Caches{"/home/u/.cache/huggingface/hub", "/home/u/.cache/modelscope/hub"}},
		{map[string]string{"HF_HOME": "/hf"}, Caches{"/hf/hub", "/home/u/.cache/modelscope/hub"}},
		{map[string]string{"HF_HOME": "/hf", "HUGGINGFACE_HUB_CACHE": "/old"},
			Caches{"/old", "/home/u/.cache/modelscope/hub"}},
		{map[string]string{"HF_HUB_CACHE": "/hub", "MODELSCOPE_CACHE": "/ms"}, Caches{"/hub", "/ms"}},
		{map[string]string{"XDG_CACHE_HOME": "/x"}, Caches{"/x/huggingface/hub", "/home/u/.cache/modelscope/hub"}},
	} {
		if got := CachesFrom(func(k string) string { return c.env[k] }, "/home/u"); got != c.want {
			t.Errorf("%v: %+v, want %+v", c.env, got, c.want)
		}
	}
}

// Catalog first, then a path, then the caches of downloaded models; the snapshot that main names wins.
func TestResolve(t *testing.T) {
	hub, scope := t.TempDir(), t.TempDir()
	write(t, strings.Replace(dense, `"num_hidden_layers":2`, `"num_hidden_layers":9`, 1), hub, "models--me--mine",
		"snapshots", "aaa", "config.json")
	write(t, dense, hub, "models--me--mine", "snapshots", "bbb", "config.json")
	write(t, "bbb\n", hub, "models--me--mine", "refs", "main")
	write(t, dense, scope, "models", "you", "Yours-2___5", "config.json")
	c := Caches{HuggingFace: hub, ModelScope: scope}
	for _, name := range []string{"me/mine", "you/Yours-2.5"} {
		m, err := Resolve(name, "", c)
		if err != nil || m.Name != name || len(m.Layers) != 2 {
			t.Errorf("%s: %+v, %v", name, m, err)
		}
	}
	if m, err := Resolve("Qwen/Qwen3-8B", "llama", c); err != nil || m.Architecture != "llama" {
		t.Errorf("a catalog model as another family: %+v, %v", m, err)
	}
	for _, name := range []string{"me/other", "../mine", "me/../mine", "/", "", "a/b/c"} {
		if m, err := Resolve(name, "", Caches{HuggingFace: hub}); err == nil && m.Name != name {
			t.Errorf("%q resolves to %+v", name, m)
		}
	}
	if _, err := Resolve("Qwen/Qwen3-31B", "", c); err == nil ||
		!strings.Contains(err.Error(), "did you mean Qwen/Qwen3-32B") {
		t.Errorf("no nearest name: %v", err)
	}
}
