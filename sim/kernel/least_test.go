package kernel

import (
	"math"
	"testing"

	"fathom/hw"
	"fathom/sim/model"
	"fathom/sim/plan"
	"fathom/sim/traffic"
)

// The least times are those of a plain count of weights, and no step is faster, whatever its engine.
func TestLeast(t *testing.T) {
	p, _ := hw.Find("H100_SXM")
	for _, c := range []struct {
		model       string
		tp, ep      int
		read, multi float64 // weights that one sequence reads and that a token multiplies, without the head: 1e9
		within      float64
	}{
		{"Qwen/Qwen3-32B", 2, 1, 32.76 - 2*0.778, 32.76 - 2*0.778, 0.01},
		{"Qwen/Qwen3-235B-A22B", 8, 8, 22.2 - 2*0.622, 22.2 - 2*0.622, 0.02},
	} {
		m, err := model.Find(c.model)
		if err != nil {
			t.Fatal(err)
		}
		k := Fittable(p)
		s, err := New(Deployment{Rank: served(t, m, plan.Strategy{TP: c.tp, DP: 1, EP: c.ep, MoETP: c.tp / c.ep}), Profile: p,
			Formats: Formats{Attention: hw.FormatFP8, Dense: hw.FormatFP8, Expert: hw.FormatFP8,
				Head: hw.FormatBF16, KV: hw.FormatBF16}, Constants: &k})
		if err != nil {
			t.Fatal(err)
		}
		head := float64(m.Hidden*m.Vocab) * 2
		if got, want := s.LeastStep(1),
			(c.read*1e9+head)/float64(c.tp)/p.MemoryBandwidth; math.Abs(got/want-1) > c.within+0.05 {
			t.Errorf("%s: a step reads %.3g s, by its weights %.3g s", c.model, got, want)
		}
		if got, want := s.LeastPrompt(1000),
			2*c.multi*1e12/float64(c.tp)/p.Cube[hw.FP8]; math.Abs(got/want-1) > c.within+0.05 {
			t.Errorf("%s: a prompt of 1000 takes %.3g s, by its weights %.3g s", c.model, got, want)
		}
		for _, n := range []int{1, 8, 64} {
			if step := s.Seconds(traffic.State{Decoding: n, Context: float64(n)}); s.LeastStep(float64(n)) >= step {
				t.Errorf("%s: %d sequences take %.3g s, which is below the least", c.model, n, step)
			}
		}
		if step := s.Seconds(traffic.State{Prompts: []traffic.Piece{{Query: 2000,
			Last: true}}}); s.LeastPrompt(2000) >= step {
			t.Errorf("%s: a prompt takes %.3g s, which is below the least", c.model, step)
		}
	}
}
