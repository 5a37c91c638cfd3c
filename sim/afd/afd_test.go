package afd

import (
	"math"
	"testing"

	"fathom/hw"
	"fathom/sim/expert"
	"fathom/sim/model"
	"fathom/sim/pass"
	"fathom/sim/plan"
	"fathom/sim/price"
	"fathom/sim/serve"
)

// By hand, ten layers.
func TestPace(t *testing.T) {
	for _, x := range []struct {
		name    string
		s       Stages
		micro   int
		domains int
		seconds float64
		bound   string
	}{
		// one after the other: 10 x (4 + 2 + 1)
		{"one micro-batch waits for everything", Stages{4, 1, 1}, 1, 1, 70, "latency"},
		// attention has the next micro-batch when one leaves: 10 x 2 x 4, and 3 to drain
		{"two hide a short way", Stages{4, 1, 1}, 2, 1, 83, "attention"},
		// balanced, a way half as long: three of them fill 3 x 4 = 4 + 2 x 2 + 4
		{"three fill a balanced pipeline", Stages{4, 2, 4}, 3, 1, 128, "attention"},
		{"two leave a gap in it", Stages{4, 2, 4}, 2, 1, 124, "latency"},
		{"experts pace", Stages{1, 1, 5}, 3, 1, 153, "experts"},
		// each domain's attention is free while the experts serve the others: 10 x (4 + 2 + 1), and two behind it
		{"three domains wait for their own chain", Stages{4, 1, 1}, 1, 3, 70 + 2*4./3, "latency"},
		// 10 x 3 x 3, and 2 + 2 + 3 - 3 to drain
		{"three domains fill the experts", Stages{2, 1, 3}, 1, 3, 94, "experts"},
		{"two in each of two domains", Stages{4, 1, 1}, 2, 2, 10*8 + 7 - 2, "attention"},
		{"the link paces", Stages{1, 6, 2}, 4, 1, 249, "transfer"},
	} {
		if s, b := x.s.Pace(x.micro, x.domains, 10); math.Abs(s-x.seconds) > 1e-12 || b != x.bound {
			t.Errorf("%s: %g s, %s, want %g, %s", x.name, s, b, x.seconds, x.bound)
		}
	}
}

func priced(s pass.Setup) (serve.Forward, error) { return price.New(price.Setup{Setup: s}) }

func setup(t *testing.T, f plan.Fidelity, device string) pass.Setup {
	t.Helper()
	m, err := model.Find("deepseek-ai/DeepSeek-V3.1")
	if err != nil {
		t.Fatal(err)
	}
	p, err := hw.Find(device)
	if err != nil {
		t.Fatal(err)
	}
	return pass.Setup{Model: m, Profile: p, Fidelity: f, Quant: plan.Quant{Linear: plan.W8A8Dynamic},
		Options: plan.Options{Compile: true}, ReservedGB: 10}
}

// Both roles together hold the model once: attention replicas everything but routed experts, expert ranks their share
// of these and no cache.
func TestRolesHoldTheModelOnce(t *testing.T) {
	s := setup(t, plan.Corrected, "ATLAS_800_A3_752T_128G_DIE")
	p, err := New(s, Layout{Attention: 32, TP: 1, Experts: 32, Micro: 3}, &expert.Load{}, priced)
	if err != nil {
		t.Fatal(err)
	}
	m := p.Memory(8, 1, 4000)
	whole := s
	whole.Strategy = plan.Strategy{TP: 1, PP: 1, DP: 32, EP: 32, MoETP: 1, MoEDP: 1, DCP: 1}
	w, err := priced(whole)
	if err != nil {
		t.Fatal(err)
	}
	all := w.Uniform(pass.Shape{Decode: true, Requests: 32 * 24, Query: 1, Total: 4000}).Memory
	const experts = 58.0 * 8 * 3 * 7168 * 2048               // eight of 256 experts a rank, a byte each
	if got := m[1].Weight / experts; got < 1 || got > 1.02 { // their gates are beside
		t.Errorf("expert ranks hold %g bytes a weight", got)
	}
	if got := (m[0].Weight + m[1].Weight) / all.Weight; got < 0.999 || got > 1.01 {
		t.Errorf("both roles hold %g of the model", got)
	}
	if math.Abs(m[0].KV/all.KV-1) > 1e-9 || m[1].KV != 0 {
		t.Errorf("caches %g and %g, of a whole rank with as many requests %g", m[0].KV, m[1].KV, all.KV)
	}
}

// More requests are never faster; no step is shorter than its attention or its experts need; a load of experts and a
// slower link make nothing faster.
func TestSteps(t *testing.T) {
	for _, x := range []struct {
		f      plan.Fidelity
		device string
	}{{plan.Corrected, "ATLAS_800_A3_752T_128G_DIE"}, {plan.Calibrated, "H200_SXM"}} {
		s := setup(t, x.f, x.device)
		if x.f == plan.Calibrated {
			s.Quant.Linear = plan.LinearFP8
		}
		at := Layout{Attention: 48, TP: 1, Experts: 16, Micro: 3}
		even, err := New(s, at, &expert.Load{}, priced)
		if err != nil {
			t.Fatal(err)
		}
		skewed, err := New(s, at, &expert.Load{Skew: 0.8}, priced)
		if err != nil {
			t.Fatal(err)
		}
		slow := *even
		slow.bandwidth /= 10
		before := 0.0
		for _, each := range []int{1, 4, 16, 64, 256} {
			step := even.Step(each, 1, 3000)
			least := float64(3*even.layers) * math.Max(step.Stages.Attention, step.Stages.Experts)
			if step.Seconds < before || step.Seconds < least {
				t.Errorf("%v, %d each: %g s, before %g, least %g", x.f, each, step.Seconds, before, least)
			}
			if got := skewed.Step(each, 1, 3000); got.Seconds < step.Seconds {
				t.Errorf("%v, %d each: %g s with a skew, %g without", x.f, each, got.Seconds, step.Seconds)
			}
			if got := slow.Step(each, 1, 3000); got.Seconds < step.Seconds {
				t.Errorf("%v, %d each: %g s over a tenth of the link, %g", x.f, each, got.Seconds, step.Seconds)
			}
			before = step.Seconds
		}
	}
	for _, at := range []Layout{{Attention: 3, TP: 2, Experts: 16, Micro: 3}, {Attention: 4, TP: 2, Experts: 12, Micro: 3},
		{Attention: 4, TP: 2, Experts: 0, Micro: 3}} {
		if _, err := New(setup(t, plan.Corrected, "ATLAS_800_A3_752T_128G_DIE"), at, &expert.Load{}, priced); err == nil {
			t.Errorf("%+v: no error", at)
		}
	}
}
