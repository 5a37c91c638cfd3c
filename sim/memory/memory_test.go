package memory

import (
	"fmt"
	"math"
	"testing"

	"fathom/sim/plan"
)

var w8a8 = plan.Quant{Linear: plan.W8A8Dynamic}
var compiled = plan.Options{Compile: true}

func decode(requests, total int) Batch {
	return Batch{Decode: true, Requests: requests, Tokens: requests, Total: requests * total, Longest: total}
}

// The rounded figures that simulation-model 6.2 and 10.4 print: 16 dies, TP 4, EP 16, 16 requests of 4096 tokens on the
// rank.
func TestPrintedFigures(t *testing.T) {
	moe := plan.Strategy{TP: 4, PP: 1, DP: 4, EP: 16, MoETP: 1, MoEDP: 1}
	for _, c := range []struct {
		model          string
		strategy       plan.Strategy
		weight, kv, kt float64 // GiB, GiB, bytes per token
	}{
		{"Qwen/Qwen3-32B", plan.Strategy{TP: 4, PP: 1, DP: 1}, 9.098, 4.008, 65536},
		{"Qwen/Qwen3-235B-A22B", moe, 16.341, 2.943, 48128},
		{"deepseek-ai/DeepSeek-V3.1", moe, 46.417, 4.297, 70272},
		{"deepseek-ai/DeepSeek-V3.2", moe, 47.2106, 5.2524, 85888},
		{"zai-org/GLM-5", moe, 52.0244, 6.7162, 109824},
		{"MiniMaxAI/MiniMax-M2", moe, 15.3303, 3.8826, 63488},
	} {
		r := &ranks(t, find(t, c.model), c.strategy, w8a8, compiled, 0)[0]
		b := decode(16, 4096)
		if got := r.Weight(false) / gib; math.Abs(got-c.weight) > 5e-4 {
			t.Errorf("%s: weights %.4f GiB, want %.4f", c.model, got, c.weight)
		}
		if got := r.KV(b) / gib; math.Abs(got-c.kv) > 5e-4 {
			t.Errorf("%s: KV cache %.4f GiB, want %.4f", c.model, got, c.kv)
		}
		if got := r.KVPerToken(b); got != c.kt {
			t.Errorf("%s: %.0f KV bytes per token, want %.0f", c.model, got, c.kt)
		}
	}
}

// The two dense cases that simulation-model 6.4 gives to the byte, and V3.1 in decode.
func TestActivationByHand(t *testing.T) {
	dense := &ranks(t, find(t, "Qwen/Qwen3-32B"), plan.Strategy{TP: 4, PP: 1, DP: 1}, w8a8, compiled, 0)[0]
	if got := dense.Activation(decode(16, 4096)); got != 1_164_032 {
		t.Errorf("Qwen3-32B TP 4, 16 decodes: %.0f bytes, want 1164032", got)
	}
	prefill := Batch{Requests: 2, Tokens: 7000, Total: 7000, Longest: 3500}
	if got := dense.Activation(prefill) / 1e6; math.Abs(got-383.63) > 0.005 {
		t.Errorf("Qwen3-32B TP 4, prefill 2 x 3500: %.3f MB, want 383.63", got)
	}
	v31 := &ranks(t, find(t, "deepseek-ai/DeepSeek-V3.1"), plan.Strategy{TP: 4, DP: 4, EP: 16, MoETP: 1, MoEDP: 1}, w8a8,
		compiled, 0)[0]
	if got := v31.Activation(decode(16, 4096)) / gib; math.Abs(got-0.917) > 0.001 {
		t.Errorf("DeepSeek-V3.1 TP 4: %.4f GiB, want 0.917", got)
	}
}

// The last partial block is rounded up once for the batch, and decode context parallel ranks share the blocks.
func TestBlocks(t *testing.T) {
	m := find(t, "Qwen/Qwen3-30B-A3B") // 4 KV heads of 128
	rank := func(tp, dcp int) *Rank {
		s := plan.Strategy{TP: tp, DP: 1, EP: 1, MoETP: tp, MoEDP: 1, DCP: dcp}
		return &ranks(t, m, s, plan.Quant{}, compiled, 0)[0]
	}
	perBlock := 48 * 2 * 128 * 2 * 128.0                        // layers, K and V, head, FP16, tokens
	if got := rank(4, 1).KV(decode(3, 99)); got != 3*perBlock { // 3 * (99 + 1) = 300 tokens
		t.Errorf("300 tokens take %v blocks, want 3", got/perBlock)
	}
	for _, c := range []struct{ tp, dcp, factor int }{{4, 4, 1}, {8, 4, 2}, {16, 2, 2}, {16, 4, 4}} {
		r := rank(c.tp, c.dcp)
		want := math.Ceil(1000/float64(c.factor)) * perBlock
		if got := r.KV(decode(1000, 127)); got != want || r.CapacityFactor() != c.factor {
			t.Errorf("TP %d, DCP %d: %v blocks, factor %d, want %v, %d", c.tp, c.dcp, got/perBlock, r.CapacityFactor(),
				want/perBlock, c.factor)
		}
	}
	mla := &ranks(t, find(t, "deepseek-ai/DeepSeek-V3"), plan.Strategy{TP: 8, DP: 1, EP: 8, MoETP: 1, MoEDP: 1, DCP: 4},
		w8a8, compiled, 0)[0]
	if mla.CapacityFactor() != 4 {
		t.Errorf("MLA shares blocks between %d ranks, want 4", mla.CapacityFactor())
	}
	dsa := &ranks(t, find(t, "deepseek-ai/DeepSeek-V3.2"), plan.Strategy{TP: 8, DP: 1, EP: 8, MoETP: 1, MoEDP: 1, DCP: 4},
		w8a8, compiled, 0)[0]
	if dsa.CapacityFactor() != 1 {
		t.Errorf("a model with an indexer shares blocks between %d ranks, want 1", dsa.CapacityFactor())
	}
}

// Simulation-model A.3: 16 requests of 8192 tokens take 16, 273 and 24 blocks for ratios 0, 4 and 128, the indexer 257.
func TestV4Caches(t *testing.T) {
	for _, c := range []struct {
		cache  cache
		blocks float64
	}{
		{cache{ring: 128, ratio: 0, factor: 1, bytes: 1}, 16},
		{cache{ring: 128, ratio: 4, factor: 1, bytes: 1}, 273},
		{cache{ring: 128, ratio: 128, factor: 1, bytes: 1}, 24},
		{cache{ratio: 4, factor: 1, bytes: 1}, 257},
	} {
		if got := c.cache.size(16, 16*8193) / BlockSize; got != c.blocks {
			t.Errorf("window %d, ratio %d: %v blocks, want %v", c.cache.ring, c.cache.ratio, got, c.blocks)
		}
	}
}

// A quantised cache halves everything but the main cache of DeepSeek-V4.
func TestQuantisedCaches(t *testing.T) {
	s := plan.Strategy{TP: 4, DP: 1, EP: 4, MoETP: 1, MoEDP: 1}
	for _, name := range []string{"Qwen/Qwen3-30B-A3B", "deepseek-ai/DeepSeek-V3.2", "Qwen/Qwen3.5-35B-A3B"} {
		full := (&ranks(t, find(t, name), s, plan.Quant{}, compiled, 0)[0]).KV(decode(8, 2047))
		half := (&ranks(t, find(t, name), s, plan.Quant{Attention: plan.AttentionFP8}, compiled, 0)[0]).KV(decode(8, 2047))
		if half*2 != full {
			t.Errorf("%s: FP8 cache %v bytes, FP16 %v", name, half, full)
		}
	}
	v4 := find(t, "deepseek-ai/DeepSeek-V4-Flash")
	full := (&ranks(t, v4, s, plan.Quant{}, compiled, 0)[0]).KV(decode(8, 2047))
	quantised := (&ranks(t, v4, s, plan.Quant{Attention: plan.AttentionINT8}, compiled, 0)[0]).KV(decode(8, 2047))
	indexer := 21 * math.Ceil(8*2048/4/128.0) * 128 * 128 // layers of ratio 4
	if full-quantised != indexer {
		t.Errorf("DeepSeek-V4: an INT8 cache saves %v bytes, want the %v of the indexers", full-quantised, indexer)
	}
}

// What is not divided comes back whole: the stages of a pipeline hold together what one rank holds.
func TestPipeline(t *testing.T) {
	m := find(t, "deepseek-ai/DeepSeek-V3.1")
	whole := ranks(t, m, plan.Strategy{TP: 4, PP: 1, DP: 1, EP: 4, MoETP: 1, MoEDP: 1}, w8a8, compiled, 1)
	stages := ranks(t, m, plan.Strategy{TP: 4, PP: 4, DP: 1, EP: 4, MoETP: 1, MoEDP: 1}, w8a8, compiled, 1)
	if len(whole) != 1 || len(stages) != 4 {
		t.Fatalf("%d ranks without and %d with 4 stages", len(whole), len(stages))
	}
	tables := 2 * 2 * float64(m.MaxPositions*m.TableWidth)
	b := decode(16, 4096)
	weight, kv := -3*tables, 0.0
	for i := range stages {
		weight += stages[i].Weight(false)
		kv += stages[i].KV(b)
	}
	if math.Abs(weight-whole[0].Weight(false)) > 1 || math.Abs(kv-whole[0].KV(b)) > 1 {
		t.Errorf("stages hold %.0f and %.0f bytes, one rank %.0f and %.0f", weight, kv, whole[0].Weight(false),
			whole[0].KV(b))
	}
}

// Splitting the embedding of Qwen3-8B over two ranks saves 0.580 GiB, by columns or rows (simulation-model 10.5).
func TestEmbeddingSplit(t *testing.T) {
	m := find(t, "Qwen/Qwen3-8B")
	weight := func(e plan.WordEmbedding) float64 {
		return (&ranks(t, m, plan.Strategy{TP: 2, DP: 2, WordEmbeddingTP: e}, w8a8, compiled, 0)[0]).Weight(false) / gib
	}
	for _, e := range []plan.WordEmbedding{plan.EmbeddingCol, plan.EmbeddingRow} {
		if saved := weight(plan.EmbeddingWhole) - weight(e); fmt.Sprintf("%.3f", saved) != "0.580" {
			t.Errorf("split %d saves %.3f GiB, want 0.580", e, saved)
		}
	}
}

// A batch is asked about without allocating: the search does it for every point.
func TestNoAllocation(t *testing.T) {
	for _, name := range []string{"Qwen/Qwen3-32B", "deepseek-ai/DeepSeek-V3.2", "deepseek-ai/DeepSeek-V4-Flash"} {
		r := &ranks(t, find(t, name), plan.Strategy{TP: 4, DP: 4, EP: 16, MoETP: 1, MoEDP: 1}, w8a8, compiled, 1)[0]
		b := decode(16, 4096)
		if n := testing.AllocsPerRun(100, func() { r.Weight(false); r.KV(b); r.Activation(b); r.KVPerToken(b) }); n > 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

func BenchmarkProbe(b *testing.B) {
	m := find(b, "deepseek-ai/DeepSeek-V3.2")
	r := &ranks(b, m, plan.Strategy{TP: 4, DP: 4, EP: 16, MoETP: 1, MoEDP: 1}, w8a8, compiled, 1)[0]
	batch := decode(16, 4096)
	for b.Loop() {
		_ = r.KV(batch) + r.Activation(batch)
	}
}

func BenchmarkRanks(b *testing.B) {
	m := find(b, "deepseek-ai/DeepSeek-V3.2")
	for b.Loop() {
		ranks(b, m, plan.Strategy{TP: 4, DP: 4, EP: 16, MoETP: 1, MoEDP: 1}, w8a8, compiled, 1)
	}
}
