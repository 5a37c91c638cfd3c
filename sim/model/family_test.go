package model

import (
	"fmt"
	"testing"
)

// What each family must find in a published configuration, in words, and what it says about itself.
func TestFamilies(t *testing.T) {
	for _, c := range []struct {
		name, attention, ffn, mtp string
		heads                     int // MTP
		compared                  bool
	}{
		{"Qwen/Qwen3-32B", "64 GQA, 64 heads, 8 KV heads of 128", "64 dense, inner size 25600",
			"GQA, 64 heads, 8 KV heads of 128", 0, true},
		{"meta-llama/Llama-2-7b-hf", "32 MHA, 32 heads, 32 KV heads of 128", "32 dense, inner size 11008",
			"MHA, 32 heads, 32 KV heads of 128", 0, true},
		{"Qwen/Qwen3.5-35B-A3B",
			"30 gated delta rule, 16 key and 32 value heads of 128; 10 gated GQA, 16 heads, 2 KV heads of 256",
			"40 256 experts, top 8, inner size 512, shared expert of 512", "gated GQA, 16 heads, 2 KV heads of 256", 1, true},
		{"deepseek-ai/DeepSeek-V3.2", "61 MLA, 128 heads, KV latent 512 + 64, sparse top 2048",
			"3 dense, inner size 18432; 58 256 experts, top 8, inner size 2048, shared expert of 2048",
			"MLA, 128 heads, KV latent 512 + 64, sparse top 2048", 1, true},
		{"zai-org/GLM-5.2", "21 MLA, 64 heads, KV latent 512 + 64, sparse top 2048; 57 MLA, 64 heads, KV latent 512 + 64, " +
			"sparse top 2048 of an earlier layer's indexer",
			"3 dense, inner size 12288; 75 256 experts, top 8, inner size 2048, shared expert of 2048",
			"MLA, 64 heads, KV latent 512 + 64, sparse top 2048", 1, true},
		{"deepseek-ai/DeepSeek-V4-Flash", "2 shared KV, 64 heads of 512, window 128; 21 shared KV, 64 heads of 512, " +
			"compressed 4 to 1, sparse top 512, window 128; " +
			"20 shared KV, 64 heads of 512, compressed 128 to 1, window 128",
			"43 256 experts, top 6, inner size 2048, shared expert of 2048",
			"shared KV, 64 heads of 512, window 128", 1, true},
		{"MiniMaxAI/MiniMax-M2", "62 GQA, 48 heads, 8 KV heads of 128", "62 256 experts, top 8, inner size 1536",
			"GQA, 48 heads, 8 KV heads of 128", 3, true},
		{"moonshotai/Kimi-K2.5", "61 MLA, 64 heads, KV latent 512 + 64", "1 dense, inner size 18432; 60 384 experts, top " +
			"8, inner size 2048, shared expert of 2048",
			"MLA, 64 heads, KV latent 512 + 64", 0, false},
		{"mistralai/Mixtral-8x7B-v0.1", "32 GQA, 32 heads, 8 KV heads of 128", "32 8 experts, top 2, inner size 14336",
			"GQA, 32 heads, 8 KV heads of 128", 0, false},
		{"openai/gpt-oss-20b", "12 GQA, 64 heads, 8 KV heads of 64, window 128; 12 GQA, 64 heads, 8 KV heads of 64",
			"24 32 experts, top 4, inner size 2880",
			"GQA, 64 heads, 8 KV heads of 64", 0, false},
		{"XiaomiMiMo/MiMo-V2-Flash", "9 GQA, 64 heads, 4 KV heads of 192; 39 GQA, 64 heads, 8 KV heads of 192, window 128",
			"1 dense, inner size 16384; 47 256 experts, top 8, inner size 2048", "GQA, 64 heads, 4 KV heads of 192", 0, false},
		{"meta-llama/Llama-4-Scout-17B-16E-Instruct",
			"36 GQA, 40 heads, 8 KV heads of 128, window 8192; 12 GQA, 40 heads, 8 KV heads of 128",
			"48 16 experts, top 1, inner size 8192, shared expert of 8192", "GQA, 40 heads, 8 KV heads of 128", 0, false},
		{"XiaomiMiMo/MiMo-7B-Base", "36 GQA, 32 heads, 8 KV heads of 128", "36 dense, inner size 11008",
			"GQA, 32 heads, 8 KV heads of 128", 1, false},
	} {
		m := load1(t, c.name)
		if got := wordsOf(m.AttentionBlocks()); got != c.attention {
			t.Errorf("%s: attention %s\nwant %s", c.name, got, c.attention)
		}
		if got := wordsOf(m.FFNBlocks()); got != c.ffn {
			t.Errorf("%s: feed-forward %s\nwant %s", c.name, got, c.ffn)
		}
		if got := m.MTPLayer.Attention.String(); got != c.mtp || m.MTPHeads != c.heads {
			t.Errorf("%s: %d MTP heads of %s, want %d of %s", c.name, m.MTPHeads, got, c.heads, c.mtp)
		}
		if m.Compared != c.compared || m.Unsupported != "" {
			t.Errorf("%s: compared %v, unsupported %q", c.name, m.Compared, m.Unsupported)
		}
	}
}

func wordsOf(blocks []Blocks) string {
	s := ""
	for i, b := range blocks {
		if i > 0 {
			s += "; "
		}
		s += fmt.Sprint(b.Count, " ", b.Text)
	}
	return s
}

// Facts that decide the operators and are easy to lose.
func TestFamilyDetails(t *testing.T) {
	if m := load1(t, "zai-org/GLM-5.2"); m.Reused {
		t.Error("GLM-5.2 with indexer_types is never reused layer by layer")
	}
	if m := load1(t, "zai-org/GLM-5.1"); !m.Reused || m.NormEps != 1e-5 {
		t.Errorf("GLM-5.1: reused %v, epsilon %v", m.Reused, m.NormEps)
	}
	if m := load1(t, "Qwen/Qwen3.5-27B"); m.TableWidth != 64 || m.RopeAxes != 3 || !m.OnePlusNorm || m.Vision == nil {
		t.Errorf("Qwen3.5: tables of %d, %d axes, one-plus norm %v", m.TableWidth, m.RopeAxes, m.OnePlusNorm)
	}
	if m := load1(t, "MiniMaxAI/MiniMax-M2"); m.TableWidth != 128 || m.Layers[0].Attention.QKNorm != FullWidth {
		t.Errorf("MiniMax-M2: tables of %d, norm %d", m.TableWidth, m.Layers[0].Attention.QKNorm)
	}
	if m := load1(t, "deepseek-ai/DeepSeek-V4-Flash"); m.TableWidth != 512 || m.Hyper.Streams != 4 ||
		!m.Layers[2].FFN.HashGate || m.Layers[3].FFN.HashGate {
		t.Errorf("DeepSeek-V4: tables of %d, %+v", m.TableWidth, m.Hyper)
	}
	if a := load1(t, "XiaomiMiMo/MiMo-V2-Flash").Layers[1].Attention; a.RotaryDim != 64 || a.ValueDim != 128 || !a.Sinks {
		t.Errorf("MiMo-V2-Flash, window layer: %+v", a)
	}
	if v := load1(t, "Qwen/Qwen3-VL-8B-Instruct").Vision; v.DeepStack != 3 || v.OutHidden != 4096 || v.Inner != 4304 {
		t.Errorf("Qwen3-VL-8B: %+v", v)
	}
	if a := load1(t, "deepseek-ai/DeepSeek-V2-Lite").Layers[0].Attention; a.QRank != 0 || a.HeadDim != 192 {
		t.Errorf("DeepSeek-V2-Lite projects queries directly: %+v", a)
	}
}

// GLM-4.6 in the shape of its published configuration.
func TestGLM4(t *testing.T) {
	m, err := Parse("zai-org/GLM-4.6", "test", map[string]any{
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
	if a := m.Layers[0].Attention; a.RotaryDim != 64 || !a.Bias || a.OutputBias || m.MTPHeads != 1 {
		t.Errorf("%+v", a)
	}
}

// Every model of the catalog has layers or says why it has none.
func TestUnsupportedSayWhy(t *testing.T) {
	for _, e := range Catalog() {
		m, err := e.Load()
		if err != nil {
			t.Fatal(err)
		}
		if m.Unsupported == "" && len(m.Layers) == 0 {
			t.Errorf("%s: no layers, and no reason", e.Name)
		}
	}
}

func load1(t testing.TB, name string) *Model {
	t.Helper()
	m, err := Find(name)
	if err != nil {
		t.Fatal(err)
	}
	return m
}
