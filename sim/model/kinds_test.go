package model

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// edge is a line of testdata/edges.jsonl: what is added to a configuration, and what must come of it.
type edge struct {
	Name  string
	Base  string                     // a configuration of edgeBases
	With  map[string]json.RawMessage // null takes a key away
	Files map[string]json.RawMessage
	// What must be: the layers in words, the formats of some kinds of modules; or what the refusal says.
	Layers  string
	Stored  map[string]string
	Refused string
}

// Configurations of kinds that people bring and that no published checkpoint of the other files has.
func TestEdges(t *testing.T) {
	data, err := os.ReadFile("testdata/edges.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	bases := map[string]map[string]json.RawMessage{}
	for _, line := range strings.Split(strings.TrimSpace(string(data)), "\n") {
		var e edge
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		config := map[string]json.RawMessage{}
		for k, v := range bases[e.Base] {
			config[k] = v
		}
		for k, v := range e.With {
			if config[k] = v; v == nil {
				delete(config, k)
			}
		}
		bases[e.Name] = config
		dir := t.TempDir()
		if len(config) > 0 {
			text, _ := json.Marshal(config)
			write(t, string(text), dir, configFile)
		}
		for name, content := range e.Files {
			write(t, string(content), dir, name)
		}
		m, err := Load(dir, "")
		switch {
		case e.Refused != "":
			if err == nil && m.Unsupported == "" || err != nil && !strings.Contains(err.Error(), e.Refused) {
				t.Errorf("%s: %v, want a refusal with %q", e.Name, err, e.Refused)
			}
		case err != nil:
			t.Errorf("%s: %v", e.Name, err)
		default:
			if got := wordsOf(m.AttentionBlocks()) + " | " + wordsOf(m.FFNBlocks()); got != e.Layers {
				t.Errorf("%s:\n got %s\nwant %s", e.Name, got, e.Layers)
			}
			for _, f := range m.formats() {
				if want, ok := e.Stored[f.Kind]; ok && want != f.Format {
					t.Errorf("%s: %s is %s, want %s", e.Name, f.Kind, f.Format, want)
				}
			}
		}
	}
}

// A key that is said twice with two values has no answer; the same value twice has one.
func TestKeyTwice(t *testing.T) {
	file := filepath.Join(t.TempDir(), configFile)
	write(t, dense[:len(dense)-1]+`,"head_dim":128}`, file)
	if _, err := Load(file, ""); err != nil {
		t.Error(err)
	}
	write(t, dense[:len(dense)-1]+`,"head_dim":64}`, file)
	if _, err := Load(file, ""); err == nil || !strings.Contains(err.Error(), `says "head_dim" twice`) {
		t.Error(err)
	}
}

// Modules that are not all stored alike: the most common format is named, and the bytes of all are kept.
func TestMixedBytes(t *testing.T) {
	config := strings.Replace(dense, `"num_hidden_layers":2`, `"num_hidden_layers":1`, 1)
	dir := t.TempDir()
	write(t, config, dir, configFile)
	write(t, `{"model.layers.0.self_attn.q_proj.weight":"W8A8","model.layers.0.self_attn.k_proj.weight":"FLOAT",
	 "model.layers.0.self_attn.v_proj.weight":"FLOAT","model.layers.0.self_attn.o_proj.weight":"W8A8",
	 "model.layers.0.mlp.gate_proj.weight":"W8A8","model.layers.0.mlp.up_proj.weight":"W8A8",
	 "model.layers.0.mlp.down_proj.weight":"FLOAT","lm_head.weight":"FLOAT"}`, dir, "quant_model_description_w8a8.json")
	m, err := Load(dir, "")
	if err != nil {
		t.Fatal(err)
	}
	// gate and up of the dense block are two thirds of it; keys and values half of the projections here
	if s := m.Stored; s.Dense.String() != "int8" || s.Mean.Dense < 1.333 || s.Mean.Dense > 1.334 || s.Mean.Output != 0 ||
		s.Output.String() != "int8" {
		t.Errorf("%+v", s)
	}
	if len(m.LeftOut) != 2 {
		t.Errorf("%v", m.LeftOut)
	}
}

// Qwen2-VL writes the width of its tower as embed_dim and that of the text as hidden_size.
func TestTowerWidth(t *testing.T) {
	m, err := ParseJSON("m", "test", []byte(strings.Replace(dense, `"model_type":"qwen3"`, `"model_type":"qwen2_vl",
	 "vision_config":{
	 "depth":32,"embed_dim":1280,"mlp_ratio":4,"num_heads":16,"hidden_size":3584,"spatial_merge_size":2}`, 1)))
	if err != nil || m.Tower < 0.63e9 || m.Tower > 0.69e9 { // 675 M, the model card says
		t.Errorf("%.4g, %v", m.Tower, err)
	}
}

// A family that nobody knows is guessed, also where a wrapper that is known stands around it; others are not.
func TestGuessed(t *testing.T) {
	for name, want := range map[string]bool{"qwen3": false, "solar_open": true, "mistral": false} {
		m, err := ParseJSON("m", "test", []byte(strings.Replace(dense, `"qwen3"`, `"`+name+`"`, 1)))
		if err != nil || m.Guessed != want {
			t.Errorf("%s: %v", name, err)
		}
	}
}
