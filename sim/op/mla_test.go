package op_test

import (
	"math"
	"testing"

	"fathom/hw"
	"fathom/sim/cost"
	"fathom/sim/op"
	"fathom/sim/plan"
)

// v31 is DeepSeek-V3.1 on one of four TP ranks; v32 adds its indexer (simulation-model 3.0).
func v31() op.Latent {
	return op.Latent{Hidden: 7168, Heads: 32, SoftmaxHeads: 32, Shard: 1, QRank: 1536, KVRank: 512, Nope: 128, Rope: 64,
		Value: 128}
}

func glm5() op.Latent {
	return op.Latent{Hidden: 6144, Heads: 16, SoftmaxHeads: 16, Shard: 1, QRank: 2048, KVRank: 512, Nope: 192, Rope: 64,
		Value: 256, TopK: 2048}
}

func microseconds(t *testing.T, o op.Op) float64 {
	t.Helper()
	p, err := hw.Find("ATLAS_800_A3_752T_128G_DIE")
	if err != nil {
		t.Fatal(err)
	}
	r := cost.NewRates(p)
	var time cost.Time
	r.Price(&o, &time)
	return time.Seconds * 1e6
}

// The single-operator figures of simulation-model 10.4, measured on the reference tool.
func TestLatentAttentionFigures(t *testing.T) {
	w8, plain := op.NewScheme(plan.W8A8Dynamic, 0, op.Choice{}), op.NewCache(plan.AttentionDisabled)
	decode := op.NewBatch([]op.Piece{{Query: 1, Total: 4096, Count: 16, Decode: true}}, false, false)
	prefill := op.NewBatch([]op.Piece{{Query: 3500, Total: 3500}}, false, false)
	dense, sparse, glm := v31(), v31(), glm5()
	sparse.TopK = 2048
	v32 := op.Indexer{Hidden: 7168, QRank: 1536, Rope: 64, Heads: 64, Dim: 128, TopK: 2048}
	glmx := op.Indexer{Hidden: 6144, QRank: 2048, Rope: 64, Heads: 32, Dim: 128, TopK: 2048}
	for _, c := range []struct {
		name string
		op   op.Op
		want float64
	}{
		{"DSA indexer, V3.2 decode", op.SelectTokens(&decode, &plain, &w8, &v32), 124.713},
		{"DSA indexer, GLM-5 decode", op.SelectTokens(&decode, &plain, &w8, &glmx), 120.351},
		{"DSA indexer, V3.2 prefill", op.SelectTokens(&prefill, &plain, &w8, &v32), 1244.258},
		{"sparse attention, V3.2 decode", op.LatentAttention(&decode, &plain, &w8, &sparse), 1444.020},
		{"sparse attention, GLM-5 decode", op.LatentAttention(&decode, &plain, &w8, &glm), 1442.964},
		{"sparse attention, V3.2 prefill", op.LatentAttention(&prefill, &plain, &w8, &sparse), 8638.988},
		{"dense attention, V3.1 prefill", op.LatentAttention(&prefill, &plain, &w8, &dense), 1171.560},
		{"preprocessing, V3.1 decode", op.LatentPreprocess(&dense, &w8, 16), 103.933},
	} {
		if got := microseconds(t, c.op); math.Abs(got-c.want) > 0.0006 {
			t.Errorf("%s: %.3f us, want %.3f", c.name, got, c.want)
		}
	}
}

// V3.1 with an INT8 cache, 64 rows on the rank, s = 4096 (simulation-model 10.4).
func TestQuantisedLatentAttention(t *testing.T) {
	w8, int8 := op.NewScheme(plan.W8A8Dynamic, 0, op.Choice{}), op.NewCache(plan.AttentionINT8)
	b := op.NewBatch([]op.Piece{{Query: 1, Total: 4096, Count: 64, Decode: true}}, false, false)
	l := v31()
	o := op.LatentAttention(&b, &int8, &w8, &l)
	if o.Vec16 != 55050240 || o.Read != 155600424 {
		t.Errorf("vector %.0f, read %.0f; want 55050240 and 155600424", o.Vec16, o.Read)
	}
}

// Without selection sparse attention does the work of the dense one, and a causal prefill about half of it.
func TestSparseAttentionMeetsDense(t *testing.T) {
	w8, plain := op.NewScheme(plan.W8A8Dynamic, 0, op.Choice{}), op.NewCache(plan.AttentionDisabled)
	for _, causal := range []bool{false, true} {
		b := op.NewBatch([]op.Piece{{Query: 1000, Total: 1500}}, causal, false)
		dense, sparse := v31(), v31()
		sparse.TopK = 1500
		if d, s := op.LatentAttention(&b, &plain, &w8, &dense).Cube,
			op.LatentAttention(&b, &plain, &w8, &sparse).Cube; d != s {
			t.Errorf("causal %v: dense %g, sparse %g", causal, d, s)
		}
		sparse.TopK = 600
		got := op.LatentAttention(&b, &plain, &w8, &sparse)
		sum := 0.0
		for j := 1; j <= 1000; j++ {
			seen := 1500
			if causal {
				seen = 500 + j
			}
			sum += float64(min(seen, 600))
		}
		want := 2*1000*512*32*256 + 2*sum*32*(192+128)
		if got.Cube != want {
			t.Errorf("causal %v: %g operations, counted one by one %g", causal, got.Cube, want)
		}
	}
}
