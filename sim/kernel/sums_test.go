package kernel

import (
	"testing"

	"fathom/hw"
	"fathom/sim/model"
	"fathom/sim/traffic"
)

// DeepSeek-V3 with all its experts' rows on one server and on four, and with whole and cut experts: what sums of kernels know
// beyond the step time of an engine.
func TestSumsOfWideExperts(t *testing.T) {
	p, err := hw.Find("H200_SXM")
	if err != nil {
		t.Fatal(err)
	}
	m, err := model.Find("deepseek-ai/DeepSeek-V3")
	if err != nil {
		t.Fatal(err)
	}
	base, ok := Sums(p)
	if !ok {
		t.Fatal("no sums")
	}
	price := func(k Constants, dp, tp, ep, moeTP int) float64 {
		d := Deployment{Model: m, Profile: p, TP: tp, DP: dp, EP: ep, MoETP: moeTP, Formats: Formats{Attention: FP8Block, Dense: FP8Block, Expert: FP8Block}, Constants: &k}
		return seconds(t, d, traffic.State{Prompts: []traffic.Piece{{Query: 2048, Last: true}}})
	}
	changed := func(change func(*Constants)) Constants {
		k := base
		change(&k)
		return k
	}
	slowWide := changed(func(k *Constants) { k.GatherWide /= 2 })
	if price(slowWide, 32, 1, 32, 1) <= price(base, 32, 1, 32, 1) || price(slowWide, 8, 1, 8, 1) != price(base, 8, 1, 8, 1) {
		t.Error("the link between servers counts beyond a server, and only there")
	}
	even := changed(func(k *Constants) { k.GroupSkew = 0.01 })
	if price(even, 1, 8, 8, 1) >= price(base, 1, 8, 8, 1) || price(even, 1, 8, 1, 8) != price(base, 1, 8, 1, 8) {
		t.Error("skew counts where whole experts are spread over ranks, by the exponent of grouped choices")
	}
	wide := changed(func(k *Constants) { k.Narrow = 0 })
	whole, cut := price(base, 1, 8, 8, 1)-price(wide, 1, 8, 8, 1), price(base, 1, 8, 1, 8)-price(wide, 1, 8, 1, 8)
	if whole <= 0 || cut <= whole {
		t.Errorf("narrow experts lose more: %g s with whole experts, %g s with an eighth of each", whole, cut)
	}
}
