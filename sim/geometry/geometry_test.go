package geometry

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"fathom/sim/model"
	"fathom/sim/plan"
)

// GLM-4.6 in the shape of its published configuration: 353 billion parameters; the published 357 count the MTP layer.
func TestGLM4(t *testing.T) {
	m, err := model.Parse("zai-org/GLM-4.6", "test", map[string]any{
		"model_type": "glm4_moe", "hidden_size": 5120.0, "vocab_size": 151552.0, "max_position_embeddings": 202752.0,
		"num_hidden_layers":   92.0,
		"num_attention_heads": 96.0, "num_key_value_heads": 8.0, "head_dim": 128.0, "partial_rotary_factor": 0.5,
		"attention_bias": true,
		"use_qk_norm":    true, "first_k_dense_replace": 3.0, "intermediate_size": 12288.0, "n_routed_experts": 160.0,
		"n_shared_experts":    1.0,
		"num_experts_per_tok": 8.0, "moe_intermediate_size": 1536.0, "n_group": 1.0, "topk_group": 1.0,
		"num_nextn_predict_layers": 1.0,
	})
	if err != nil {
		t.Fatal(err)
	}
	total, active, err := Parameters(m)
	if err != nil || fmt.Sprintf("%.0f %.0f", total/1e9, active/1e9) != "353 34" {
		t.Errorf("%.2f B parameters, %.2f B active, %v", total/1e9, active/1e9, err)
	}
}

// Every kind of attention has a builder, and one that is not known is an error that names it.
func TestKinds(t *testing.T) {
	for k := range model.NumAttentionKinds {
		if kinds[k] == nil {
			t.Errorf("%s has no geometry", k)
		}
	}
	m := *load1(t, "Qwen/Qwen3-8B")
	m.Layers = append([]model.Layer(nil), m.Layers...)
	m.Layers[3].Attention.Kind = model.NumAttentionKinds
	_, err := New(&m, plan.Strategy{TP: 1}, true)
	var unknown Unknown
	if !errors.As(err, &unknown) || !strings.Contains(err.Error(), model.NumAttentionKinds.String()) {
		t.Errorf("an unknown kind gives %v", err)
	}
	if _, _, err := Parameters(&m); !errors.As(err, &unknown) {
		t.Errorf("an unknown kind has parameters: %v", err)
	}
}

// What the ranks hold of a matrix adds up to the whole where their number divides it, and is never less.
func TestSharesAddUp(t *testing.T) {
	for _, name := range model.Names() {
		m := load1(t, name)
		if m.Unsupported != "" {
			continue
		}
		for _, tp := range []int{1, 2, 3, 8} {
			if m.Layers[0].Attention.Heads%tp != 0 || m.Layers[0].Attention.ValueHeads%tp != 0 {
				continue
			}
			s := plan.Strategy{TP: tp, DP: 1}
			if m.MoE() {
				s.EP, s.MoETP, s.MoEDP = 1, tp, 1
			}
			r, err := New(m, s, true)
			if err != nil {
				t.Fatal(err)
			}
			for i := range r.Kinds {
				l := &r.Kinds[i]
				for _, list := range [][]Matrix{l.Attention.Matrices, l.FFN.Matrices, l.FFN.Expert} {
					for _, x := range list {
						switch n := float64(tp) * x.Own.Elements() / x.All.Elements(); {
						case x.Dealt == Whole && x.Own != x.All, x.Dealt != Whole && n < 1:
							t.Errorf("%s, TP %d: part %d of %v has %v", name, tp, x.Part, x.All, x.Own)
						case x.Dealt != Whole && n > 1 && x.Part != Key && x.Part != Value &&
							(x.Dealt == Columns && x.All.Out%tp == 0 || x.Dealt == Rows && x.All.In%tp == 0):
							t.Errorf("%s, TP %d: %g times part %d", name, tp, n, x.Part)
						}
					}
				}
			}
		}
	}
}

// Whatever a file holds, the counts are finite.
func FuzzParameters(f *testing.F) {
	for _, seed := range []string{
		`{"model_type":"llama","num_hidden_layers":2,"hidden_size":64,"vocab_size":100,"max_position_embeddings":100,` +
			`"num_attention_heads":4,"num_key_value_heads":2,"intermediate_size":96,"tie_word_embeddings":true}`,
		`{"model_type":"deepseek_v3","num_hidden_layers":2,"hidden_size":64,"vocab_size":100,` +
			`"max_position_embeddings":100,"num_attention_heads":4,"v_head_dim":8,"kv_lora_rank":16,"qk_nope_head_dim":8,` +
			`"qk_rope_head_dim":4,"n_routed_experts":8,"num_experts_per_tok":2,"moe_intermediate_size":32}`} {
		if _, err := model.ParseJSON("seed", "fuzz", []byte(seed)); err != nil {
			f.Fatal(err)
		}
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := model.ParseJSON("fuzzed", "fuzz", data)
		if err != nil {
			return
		}
		total, active, err := Parameters(m)
		if err != nil {
			t.Fatal(err)
		}
		kv := cached(t, m)
		for _, v := range []float64{total, active, kv} {
			if math.IsNaN(v) || math.IsInf(v, 0) || v < 0 {
				t.Errorf("%v parameters, %v active, %v elements per token", total, active, kv)
			}
		}
		if m.Unsupported == "" && (active > total || total == 0) {
			t.Errorf("%v parameters, %v active", total, active)
		}
	})
}
