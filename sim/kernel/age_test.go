package kernel

import (
	"math"
	"testing"

	"fathom/hw"
	"fathom/sim/model"
	"fathom/sim/plan"
	"fathom/sim/traffic"
)

// Half a year before, fixed times were e^0.2 longer at a progress of 0.4 a year; shares of peaks were the same, and
// nobody knows the future.
func TestAged(t *testing.T) {
	c := Constants{LayerOverhead: 30e-6, KernelOverhead: 4e-6, Progress: 0.4}
	c.Expert[hw.FormatFP8] = hw.Efficiency{Memory: 0.8, Compute: 0.3, Overhead: 20e-6}
	old := c.Aged(0.5)
	longer := math.Exp(0.2)
	for i, v := range [][2]float64{{old.LayerOverhead, 30e-6 * longer}, {old.KernelOverhead, 4e-6 * longer},
		{old.Expert[hw.FormatFP8].Overhead, 20e-6 * longer}, {old.Expert[hw.FormatFP8].Memory, 0.8},
		{c.Aged(-1).LayerOverhead, 30e-6}, {c.LayerOverhead, 30e-6}} {
		if math.Abs(v[0]-v[1]) > 1e-12 {
			t.Errorf("%d: %g, want %g", i, v[0], v[1])
		}
	}
}

// Every layer of experts takes the time of its dispatch where attention is replicated, and none without; between
// servers of eight it takes twice the fixed time that a gathering over 16 was measured to take there.
func TestDispatch(t *testing.T) {
	step := traffic.State{Decoding: 64, Width: 1, Context: 64 * 1000}
	wide := 0.0
	seconds := func(tp, dp int, dispatch float64) float64 {
		m, err := model.Find("Qwen/Qwen3-235B-A22B")
		if err != nil {
			t.Fatal(err)
		}
		p, err := hw.Find("H200_SXM")
		if err != nil {
			t.Fatal(err)
		}
		d := Deployment{Rank: served(t, m, plan.Strategy{TP: tp, DP: dp, EP: tp * dp, MoETP: 1}), Profile: p}
		k := Unfitted(p)
		k.Dispatch, k.GatherWideFixed = dispatch, wide
		d.Constants = &k
		s, err := New(d)
		if err != nil {
			t.Fatal(err)
		}
		return s.Seconds(step)
	}
	if d := seconds(1, 8, 50e-6) - seconds(1, 8, 0); math.Abs(d-94*50e-6) > 1e-9 { // Qwen3-235B-A22B has 94 of them
		t.Errorf("eight attention ranks: %g s more, want %g", d, 94*50e-6)
	}
	wide = 150e-6
	if d := seconds(1, 16, 50e-6) - seconds(1, 16, 0); math.Abs(d-94*300e-6) > 1e-9 {
		t.Errorf("two servers: %g s more, want %g", d, 94*300e-6)
	}
	if d := seconds(8, 1, 50e-6) - seconds(8, 1, 0); d != 0 {
		t.Errorf("one attention rank: %g s more", d)
	}
}

// Weights of experts in a format that the device has no unit for are widened by the vector unit: 64 tokens of
// gpt-oss-120b choose 4 of 128 experts in 36 layers, each of three products of 2880 x 2880; a chip with more bandwidth
// and the same vector unit takes as long.
func TestWidening(t *testing.T) {
	step := traffic.State{Decoding: 64, Width: 1, Context: 64 * 1000}
	m, err := model.Find("openai/gpt-oss-120b")
	if err != nil {
		t.Fatal(err)
	}
	of := func(device string, operations float64) float64 {
		p, err := hw.Find(device)
		if err != nil {
			t.Fatal(err)
		}
		k := Unfitted(p)
		k.Widening = operations
		s, err := New(Deployment{Rank: served(t, m, plan.Strategy{TP: 1, DP: 1, EP: 1, MoETP: 1}), Profile: p,
			Formats: Formats{Expert: hw.FormatMXFP4}, Constants: &k})
		if err != nil {
			t.Fatal(err)
		}
		var experts float64
		for _, part := range s.Parts(step) {
			if part.Name == "routed experts" {
				experts = part.Seconds
			}
		}
		return experts
	}
	const weights = 36 * 128 * 3 * 2880 * 2880
	hit := 1 - math.Pow(1-4.0/128, 64)
	for _, device := range []string{"H100_SXM", "H200_SXM"} {
		if d := of(device, 100) - of(device, 50); math.Abs(d/(weights*hit*50/67e12)-1) > 1e-9 {
			t.Errorf("%s: 50 operations a weight take %g s, want %g", device, d, weights*hit*50/67e12)
		}
		if of(device, 1) != of(device, 0) {
			t.Errorf("%s: weights stream in while they are widened", device)
		}
	}
	if of("B200_SXM", 100) != of("B200_SXM", 0) {
		t.Error("B200_SXM has a unit for 4-bit floats")
	}
}

// Attention of Blackwell multiplies in the format of the cache: a prompt of 4096 tokens of DeepSeek-V3 has 4096 x 4096
// / 2 pairs in each of 61 layers with 128 heads, 2 x (192 + 128) operations each; GPUs before it widen the cache.
func TestAttentionInTheFormatOfTheCache(t *testing.T) {
	m, err := model.Find("deepseek-ai/DeepSeek-V3")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		device string
		kv     hw.Format
		peak   float64
	}{
		{"B200_SXM", hw.FormatFP8, 4500e12}, {"B200_SXM", hw.FormatBF16, 2250e12}, {"H200_SXM", hw.FormatFP8, 989e12},
	} {
		p, err := hw.Find(c.device)
		if err != nil {
			t.Fatal(err)
		}
		k := Fittable(p)
		s, err := New(Deployment{Rank: served(t, m, plan.Strategy{TP: 1, DP: 1, EP: 1, MoETP: 1}), Profile: p,
			Formats: Formats{KV: c.kv}, Constants: &k})
		if err != nil {
			t.Fatal(err)
		}
		want := 61 * 128 * 2 * (192 + 128) * 4096 * 4096 / 2 / (c.peak * k.AttnPrefill)
		for _, part := range s.Parts(traffic.State{Prompts: []traffic.Piece{{Query: 4096, Last: true}}}) {
			if part.Name == "attention" && math.Abs(part.Bounds.Cube/want-1) > 1e-9 {
				t.Errorf("%s, cache of %v: %g s, want %g", c.device, c.kv, part.Bounds.Cube, want)
			}
		}
	}
}
