package kernel

import (
	"math"
	"testing"

	"fathom/hw"
	"fathom/sim/model"
	"fathom/sim/plan"
	"fathom/sim/traffic"
)

// Of eight ranks with 32 experts each, of which tokens need half by chance, the fullest has 16 and 1.434 standard
// deviations of 2.828 more: 20.06. Where every expert is needed all ranks are full, and one rank has no other beside
// it.
func TestFullestRank(t *testing.T) {
	of := func(ranks int) *Stepper {
		m, err := model.Find("deepseek-ai/DeepSeek-V3")
		if err != nil {
			t.Fatal(err)
		}
		p, err := hw.Find("H200_SXM")
		if err != nil {
			t.Fatal(err)
		}
		k := Fittable(p)
		s, err := New(Deployment{Rank: served(t, m, plan.Strategy{TP: 8, DP: 1, EP: ranks, MoETP: 8 / ranks}), Profile: p,
			Constants: &k})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	eight, one := of(8), of(1)
	sh := &eight.shapes[len(eight.shapes)-1]
	if sh.experts != 256 {
		t.Fatalf("%g experts", sh.experts)
	}
	for _, c := range []struct {
		s         *Stepper
		hit, want float64
	}{{eight, 128, 8 * 20.056}, {eight, 256, 256}, {eight, 250, 256}, {one, 128, 128}} {
		if got := c.s.fullest(sh, c.hit); math.Abs(got-c.want) > 0.01 {
			t.Errorf("%d ranks, %g experts: %g, want %g", c.s.d.Rank.Strategy.EP, c.hit, got, c.want)
		}
	}
	// With few tokens the fullest rank reads more weights, with many all read everything.
	extra := func(decoding int) float64 {
		st := traffic.State{Decoding: decoding, Width: 1, Context: float64(1000 * decoding)}
		w := eight.sum(st)
		even := *eight
		even.above = 0
		a, b := eight.routed(sh, &w), even.routed(sh, &w)
		return a.Total() / b.Total()
	}
	if few, many := extra(8), extra(2000); few < 1.1 || math.Abs(many-1) > 1e-9 {
		t.Errorf("8 tokens take %g times as long, 2000 take %g", few, many)
	}
}

// Where the only captured graph holds 64 sequences, 5 take the time of 64 with the same cache to read; steps with
// prompts have no graph.
func TestOnlyGraph(t *testing.T) {
	d := deployments(t)[0]
	plain := Fittable(d.Profile)
	filled := plain
	filled.Graph = 64
	at := func(k Constants, st traffic.State) float64 {
		d := d
		d.Constants = &k
		return seconds(t, d, st)
	}
	few, many := traffic.State{Decoding: 5, Width: 1, Context: 5000}, traffic.State{Decoding: 64, Width: 1, Context: 5000}
	if got, want := at(filled, few), at(plain, many); math.Abs(got/want-1) > 1e-9 || got < 1.01*at(plain, few) {
		t.Errorf("5 of 64 places take %g s, 64 sequences %g, 5 without it %g", got, want, at(plain, few))
	}
	few.Prompts = []traffic.Piece{{Query: 10, Last: true}}
	if at(filled, few) != at(plain, few) {
		t.Error("a step with a prompt is filled up")
	}
}
