package kernel

import (
	"testing"

	"fathom/hw"
	"fathom/sim/model"
	"fathom/sim/plan"
	"fathom/sim/traffic"
)

// DeepSeek-V3 with all its experts' rows on one server and on four, and with whole and cut experts: what sums of
// kernels know beyond the step time of an engine.
func TestSumsOfWideExperts(t *testing.T) {
	p, err := hw.Find("H200_SXM")
	if err != nil {
		t.Fatal(err)
	}
	m, err := model.Find("deepseek-ai/DeepSeek-V3")
	if err != nil {
		t.Fatal(err)
	}
	base, ok := Sums(p, "")
	if !ok {
		t.Fatal("no sums")
	}
	price := func(k Constants, dp, tp, ep, moeTP int) float64 {
		d := Deployment{Rank: served(t, m, plan.Strategy{TP: tp, DP: dp, EP: ep, MoETP: moeTP}), Profile: p,
			Formats: Formats{Attention: hw.FormatFP8Block, Dense: hw.FormatFP8Block, Expert: hw.FormatFP8Block}, Constants: &k}
		return seconds(t, d, traffic.State{Prompts: []traffic.Piece{{Query: 2048, Last: true}}})
	}
	changed := func(change func(*Constants)) Constants {
		k := base
		change(&k)
		return k
	}
	slowWide := changed(func(k *Constants) { k.GatherWide /= 2 })
	if price(slowWide, 32, 1, 32, 1) <= price(base, 32, 1, 32, 1) ||
		price(slowWide, 8, 1, 8, 1) != price(base, 8, 1, 8, 1) {
		t.Error("the link between servers counts beyond a server, and only there")
	}
	even := changed(func(k *Constants) { k.Skew = 0.01 })
	if price(even, 1, 8, 8, 1) >= price(base, 1, 8, 8, 1) || price(even, 1, 8, 1, 8) != price(base, 1, 8, 1, 8) {
		t.Error("skew counts where whole experts are spread over ranks, and only there")
	}
	plain := changed(func(k *Constants) { k.HalfRateWidth = 0 })
	whole, cut := price(base, 1, 8, 8, 1)-price(plain, 1, 8, 8, 1), price(base, 1, 8, 1, 8)-price(plain, 1, 8, 1, 8)
	if whole <= 0 || cut <= whole {
		t.Errorf("weights of narrow experts come slower: %g s with whole experts, %g s with an eighth of each", whole, cut)
	}
	moved := changed(func(k *Constants) { k.Expert[hw.FormatFP8Block].Passes *= 2 })
	whole, cut = price(moved, 1, 8, 8, 1)-price(base, 1, 8, 8, 1), price(moved, 1, 8, 1, 8)-price(base, 1, 8, 1, 8)
	if whole <= 0 || cut <= 2*whole {
		t.Errorf("every rank with a part of each expert moves all rows: %g s with whole experts, %g s with parts", whole, cut)
	}
}

// Engines bring kernels of their own: on Hopper, vLLM's experts for weights with one 8-bit scale stream a fraction of
// what TensorRT-LLM's do (aiconfigurator 0.12.0: 1.1 ms a layer of Qwen3-235B, four ranks, 128 tokens, against 0.17
// ms).
func TestSumsOfAnEngine(t *testing.T) {
	p, err := hw.Find("H200_SXM")
	if err != nil {
		t.Fatal(err)
	}
	own, _ := Sums(p, "")
	if same, _ := Sums(p, p.Kernel.Software); same != own {
		t.Errorf("kernels of %s are the device's own", p.Kernel.Software)
	}
	vllm, _ := Sums(p, "vllm")
	if 3*vllm.Expert[hw.FormatFP8].Memory > own.Expert[hw.FormatFP8].Memory {
		t.Errorf("share of bandwidth of 8-bit experts: %g, the device's own %g", vllm.Expert[hw.FormatFP8].Memory,
			own.Expert[hw.FormatFP8].Memory)
	}
	if vllm.AttnDecode != own.AttnDecode || vllm.Gather != own.Gather {
		t.Error("what an engine does not bring is the device's own")
	}
}

// Without prompts shared experts run beside the routed ones: a step saves the shorter of the two.
func TestSharedExpertsBesideRoutedOnes(t *testing.T) {
	p, _ := hw.Find("H200_SXM")
	m, err := model.Find("deepseek-ai/DeepSeek-V3")
	if err != nil {
		t.Fatal(err)
	}
	beside, _ := Sums(p, "")
	after := beside
	after.SharedExpertOverlap = false
	step := func(k Constants, st traffic.State) float64 {
		return seconds(t, Deployment{Rank: served(t, m, plan.Strategy{TP: 8, DP: 1, EP: 8, MoETP: 1}), Profile: p,
			Formats:   Formats{Attention: hw.FormatFP8Block, Dense: hw.FormatFP8Block, Expert: hw.FormatFP8Block},
			Constants: &k}, st)
	}
	decode := traffic.State{Decoding: 64, Width: 1, Context: 64 * 2048}
	saved := step(after, decode) - step(beside, decode)
	// Two products of 7168 x 2 x 256 and 256 x 7168 weights a layer, in 58 layers.
	weights := 3 * 7168.0 * 256 / (p.MemoryBandwidth * beside.Linear[hw.FormatFP8Block].Memory)
	if least := 58 * (weights + 2*beside.Linear[hw.FormatFP8Block].Overhead); saved < least || saved > 1.2*least {
		t.Errorf("saved %g s, want the shared experts' %g s and little more", saved, least)
	}
	prompt := traffic.State{Prompts: []traffic.Piece{{Query: 2048, Last: true}}}
	if step(after, prompt) != step(beside, prompt) {
		t.Error("steps with prompts run them one after the other")
	}
}
