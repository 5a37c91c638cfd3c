package model

import (
	"encoding/json"
	"maps"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"fathom/hw/message"
	"fathom/hw/unraced"
)

// small is a valid dense configuration that tests spoil one key at a time.
func small() map[string]any {
	return map[string]any{
		"model_type": "qwen3", "hidden_size": 1024.0, "vocab_size": 1000.0, "max_position_embeddings": 4096.0,
		"num_hidden_layers": 2.0, "num_attention_heads": 16.0, "num_key_value_heads": 8.0, "head_dim": 128.0,
		"intermediate_size": 3072.0,
	}
}

func with(config map[string]any, key string, value any) map[string]any {
	c := maps.Clone(config)
	if value == nil {
		delete(c, key)
	} else {
		c[key] = value
	}
	return c
}

// Each problem is one line that names the file, the key, the value and what to do.
func TestParseErrors(t *testing.T) {
	deepseek := map[string]any{
		"model_type": "deepseek_v3", "hidden_size": 1024.0, "vocab_size": 1000.0, "max_position_embeddings": 4096.0,
		"num_hidden_layers":   2.0,
		"num_attention_heads": 16.0, "v_head_dim": 64.0, "kv_lora_rank": 64.0, "qk_nope_head_dim": 64.0,
		"qk_rope_head_dim": 32.0,
		"n_routed_experts": 8.0, "num_experts_per_tok": 2.0, "moe_intermediate_size": 64.0, "intermediate_size": 64.0,
	}
	for _, c := range []struct {
		base  map[string]any
		key   string
		value any
		want  string
	}{
		{small(), "hidden_size", nil,
			"c.json: hidden_size is missing: add it (or choose another family with --architecture)"},
		{small(), "hidden_size", -5.0, "c.json: hidden_size = -5: write a whole number from 1 to 1048576"},
		{small(), "hidden_size", 1e300, "c.json: hidden_size = 1e+300: write a whole number from 1 to 1048576"},
		{small(), "num_hidden_layers", 2.5, "c.json: num_hidden_layers = 2.5: write a whole number from 1 to 4096"},
		{small(), "num_hidden_layers", "many\x1b[31m", "c.json: num_hidden_layers = many is no number: write a number"},
		{small(), "vocab_size", false,
			"c.json: vocab_size is missing: add it (or choose another family with --architecture)"},
		{small(), "vocab_size", true, "c.json: vocab_size = true is no number: write a number"},
		{small(), "vocab_size", math.NaN(), "c.json: vocab_size = NaN is not finite: write a number"},
		{small(), "num_key_value_heads", 3.0,
			"c.json: num_key_value_heads = 3 does not divide num_attention_heads = 16: correct one of them"},
		{with(with(small(), "head_dim", nil), "model_type", "llama"), "num_attention_heads", 24.0,
			"c.json: num_attention_heads = 24 does not divide " +
				"hidden_size = 1024: correct one of them"},
		{small(), "rms_norm_eps", -1.0, "c.json: rms_norm_eps = -1: write a number from 0 to 1"},
		{small(), "attention_bias", 1.0, "c.json: attention_bias = 1 is neither true nor false: write true or false"},
		{small(), "model_type", 7.0, "c.json: model_type = 7 is no text: write a quoted text"},
		{deepseek, "num_experts_per_tok", 9.0,
			"c.json: num_experts_per_tok = 9 is more than n_routed_experts = 8: correct one of them"},
		{deepseek, "topk_group", 2.0, "c.json: topk_group = 2 is more than n_group = 1: correct one of them"},
		{map[string]any{"model_type": "qwen3_vl"}, "text_config", []any{},
			"c.json: text_config = [] is no object: write an object in braces"},
		{map[string]any{"model_type": "qwen3_vl"}, "text_config", with(small(), "hidden_size", 0.0),
			"c.json: text_config.hidden_size = 0: write a whole number from 1 to 1048576"},
	} {
		_, err := Parse("m", "test", with(c.base, c.key, c.value), InFile("c.json"))
		if err == nil || err.Error() != c.want {
			t.Errorf("%s = %v:\n got %v\nwant %s", c.key, c.value, err, c.want)
		}
	}
	for data, want := range map[string]string{
		"{\n \"a\": ,\n}": "config.json: no valid JSON at line 2, column 7 (invalid character ',' looking for beginning " +
			"of value): correct the file",
		"[1]": "config.json: is no JSON object in braces: correct the file",
		"":    "config.json: no valid JSON at line 1, column 0 (unexpected end of JSON input): correct the file",
	} {
		if _, err := ParseJSON("m", "test", []byte(data)); err == nil || err.Error() != want {
			t.Errorf("%q:\n got %v\nwant %s", data, err, want)
		}
	}
}

// Numbers that Python writes and JSON does not have are read as absent.
func TestPythonNumbers(t *testing.T) {
	data := `{"model_type": "lfm2", "hidden_size": 4096, "time_step_limit": [0.0, Infinity], "note": "-Infinity \"NaN\""}`
	m, err := ParseJSON("m", "test", []byte(data))
	if err != nil || m.Unsupported == "" || m.Hidden != 4096 {
		t.Errorf("%+v, %v", m, err)
	}
}

// An architecture that nobody knows is read by its keys, and that is said; where one of them means nothing to anybody
// it is refused, and no family is offered that would ignore the key.
func TestUnknownArchitecture(t *testing.T) {
	for _, like := range []string{"Qwen/Qwen3-8B", "Qwen/Qwen3-30B-A3B", "deepseek-ai/DeepSeek-V3", "openai/gpt-oss-20b"} {
		known := load1(t, like)
		config := with(rawConfig(t, like), "model_type", "qwen9")
		m, err := Parse("m", "test", config)
		if err != nil || len(m.Layers) != len(known.Layers) ||
			m.Layers[0].Attention.KVHeads != known.Layers[0].Attention.KVHeads ||
			m.Compared {
			t.Errorf("%s as qwen9: %+v, %v", like, m, err)
			continue
		}
		if want := `model_type "qwen9" is not known: its layers are read from its keys`; m.Assumed[0].String() != want {
			t.Errorf("%s: assumed %q, want %s", like, m.Assumed, want)
		}
	}
	strange := with(with(small(), "model_type", "qwen9"), "num_memory_heads", 4.0)
	want := `config.json: model_type = "qwen9" does not account for num_memory_heads = 4: the model would be priced as ` +
		`another one; choose the family that has them with --architecture, or where they change nothing remove them`
	if _, err := Parse("m", "test", strange); err == nil || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
	if m, err := Parse("m", "test", with(small(), "num_memory_heads", 4.0)); err != nil || len(m.NotUnderstood) != 1 {
		t.Errorf("a known family with a strange key: %+v, %v", m, err)
	}
	if _, err := Parse("m", "test", map[string]any{}); err == nil ||
		!strings.Contains(err.Error(), "model_type is missing: add it, or choose a family with --architecture") {
		t.Errorf("no architecture: %v", err)
	}
}

// A family that ignores what decides the cost of a file is refused, whoever chose it.
func TestArchitectureChecked(t *testing.T) {
	for name, architecture := range map[string]string{"deepseek-ai/DeepSeek-V4-Flash": "llama",
		"openai/gpt-oss-20b": "llama", "Qwen/Qwen3-30B-A3B": "qwen2", "Qwen/Qwen3.5-27B": "llama"} {
		m, err := Parse("m", "test", rawConfig(t, name), As(architecture))
		if err != nil {
			continue
		}
		own := load1(t, name)
		if len(m.Layers) == len(own.Layers) && m.Layers[0].Attention.Kind == own.Layers[0].Attention.Kind && !m.Compared {
			continue // read by the same keys
		}
		t.Errorf("%s as %s: %+v, %v", name, architecture, m, err)
	}
}

// Whatever decides a cost cannot go without a word: an error, or a sentence that says what is taken instead.
func TestEveryKeyCounts(t *testing.T) {
	unraced.Skip(t)
	for _, c := range checkpoints(t) {
		whole, err := decode(c.Config)
		if err != nil {
			t.Fatal(err)
		}
		before, err := Parse(c.Name, "test", whole)
		if err != nil {
			t.Fatal(err)
		}
		object := whole
		for depth := 0; depth < 3; depth++ {
			for _, h := range homes {
				if inner, ok := object[h].(map[string]any); ok {
					object = inner
				}
			}
		}
		for key, value := range object {
			if _, cost := vocabulary().keys[key]; !cost || value == nil {
				continue
			}
			delete(object, key)
			m, err := Parse(c.Name, "test", whole)
			object[key] = value
			if err != nil || m.Unsupported != "" {
				continue
			}
			same := slices.Equal(m.Layers, before.Layers) && m.MTPLayer == before.MTPLayer && m.Hidden == before.Hidden &&
				m.Vocab == before.Vocab && m.MaxPositions == before.MaxPositions && m.MTPHeads == before.MTPHeads &&
				m.TiedEmbedding == before.TiedEmbedding && m.PerLayer == before.PerLayer
			said := slices.ContainsFunc(m.Assumed, func(s message.Message) bool {
				return !slices.ContainsFunc(before.Assumed, func(b message.Message) bool { return s.String() == b.String() })
			})
			if !same && !said {
				t.Errorf("%s without %s: another model, and nothing said", c.Name, key)
			}
		}
	}
}

// Two keys that say different things of one fact, or of the kinds of layers, are an error that names both.
func TestContradictions(t *testing.T) {
	sliding := with(with(small(), "layer_types", []any{"sliding_attention", "full_attention"}), "sliding_window", 64.0)
	for _, c := range []struct {
		config map[string]any
		want   string
	}{
		{with(small(), "n_head", 8.0),
			"n_head = 8 contradicts num_attention_heads = 16: both say the same fact, correct one of them"},
		{with(sliding, "sliding_window_pattern", 1.0),
			"sliding_window_pattern gives the layers other kinds than layer_types does: correct one of them"},
		{with(sliding, "sliding_window", nil),
			"sliding_window is missing: add it (or choose another family with --architecture)"},
		{with(small(), "layer_types", []any{"sliding_attention"}),
			"layer_types has 1 entries for 2 layers: write one for each layer"},
		{with(small(), "sliding_window", 64.0), ""},
		{with(with(small(), "model_type", "qwen3_moe"), "sliding_window", 64.0),
			"sliding_window = 64, and no key says which layers slide: add layer_types"},
	} {
		m, err := Parse("m", "test", c.config)
		switch {
		case c.want == "" && err == nil && m.Layers[0].Attention.Window == 0:
		case err == nil || err.Error() != "config.json: "+c.want:
			t.Errorf("got %v\nwant %s", err, c.want)
		}
	}
}

func rawConfig(t testing.TB, name string) map[string]any {
	t.Helper()
	e, ok := lookup(name)
	if !ok {
		t.Fatal(name)
	}
	doc, err := e.document()
	if err != nil {
		t.Fatal(err)
	}
	return doc.Config
}

// Names and texts out of files carry no terminal control sequences.
func TestCleanNames(t *testing.T) {
	m, err := Parse("m\x1b]0;title\x07odel\x1b[2J", "so\nurce", small())
	if err != nil || m.Name != "model" || m.Source != "so urce" {
		t.Errorf("name %q, source %q, %v", m.Name, m.Source, err)
	}
}

// Whatever a file holds, the answer is an error or a model with finite facts.
func FuzzParseJSON(f *testing.F) {
	for _, e := range Catalog() {
		doc, err := e.document()
		if err != nil {
			f.Fatal(err)
		}
		data, err := json.Marshal(doc.Config)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	for _, c := range checkpoints(f) {
		f.Add([]byte(c.Config))
	}
	for _, seed := range []string{`{"model_type":"llama","num_hidden_layers":-1}`,
		`{"model_type":"deepseek_v4","compress_ratios":[1e9]}`,
		`{"model_type":"qwen3_vl","text_config":null}`, `{"model_type":"gpt_oss","layer_types":["x"]}`, `null`, `{}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := ParseJSON("fuzzed", "fuzz", data, Preprocessor(data))
		if err != nil {
			if strings.ContainsAny(err.Error(), "\x1b\n") {
				t.Errorf("the error carries control characters: %q", err)
			}
			return
		}
		if m.Unsupported == "" && len(m.Layers) == 0 {
			t.Errorf("no layers")
		}
		m.AttentionBlocks()
		m.FFNBlocks()
		if m.Vision != nil {
			if rows, cols := m.Vision.Grid(720, 1280); rows < 1 || cols < 1 {
				t.Errorf("an image of %d x %d patches", rows, cols)
			}
		}
	})
}

// A published configuration of every family reads the same from JSON as from the catalog.
func TestJSONAsCatalog(t *testing.T) {
	for _, e := range Catalog() {
		data, err := json.Marshal(rawConfig(t, e.Name))
		if err != nil {
			t.Fatal(err)
		}
		path := t.TempDir() + "/config.json"
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		local, err := Load(path, "")
		if err != nil {
			t.Errorf("%s: %v", e.Name, err)
			continue
		}
		shipped := load1(t, e.Name)
		if len(local.Layers) != len(shipped.Layers) || local.Unsupported != shipped.Unsupported {
			t.Fatalf("%s: %d layers from JSON, %d from the catalog", e.Name, len(local.Layers), len(shipped.Layers))
		}
		for i := range local.Layers {
			if local.Layers[i] != shipped.Layers[i] {
				t.Errorf("%s, layer %d: %+v from JSON, %+v from the catalog", e.Name, i, local.Layers[i], shipped.Layers[i])
			}
		}
	}
}
