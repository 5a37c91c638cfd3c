package price

import (
	"math"
	"strings"
	"testing"

	"fathom/hw"
	"fathom/sim/model"
	"fathom/sim/pass"
	"fathom/sim/plan"
)

func setup(t *testing.T, name, device string, s plan.Strategy) pass.Setup {
	t.Helper()
	m, err := model.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	p, err := hw.Find(device)
	if err != nil {
		t.Fatal(err)
	}
	return pass.Setup{Model: m, Profile: p, Strategy: s, Fidelity: plan.Calibrated,
		Quant: plan.Quant{Linear: plan.W8A8Dynamic, NonExpert: plan.W8A8Dynamic}}
}

var setups = []struct {
	model, device string
	s             plan.Strategy
}{
	{"Qwen/Qwen3-32B", "H100_SXM", plan.Strategy{TP: 4, PP: 1, DP: 1}},
	{"Qwen/Qwen3-32B", "B200_SXM", plan.Strategy{TP: 2, PP: 2, DP: 1}},
	{"Qwen/Qwen3-235B-A22B", "H200_SXM", plan.Strategy{TP: 2, PP: 1, DP: 4, EP: 8, MoETP: 1, MoEDP: 1}},
	{"Qwen/Qwen3-8B", "ATLAS_800_A3_752T_128G_DIE", plan.Strategy{TP: 1, PP: 1, DP: 1}},
}

var shapes = []pass.Shape{
	{Decode: true, Requests: 32, Query: 1, Total: 3000},
	{Requests: 8, Query: 2048, Total: 2048},
}

// What a pass waits for adds up to its time, and so do its parts.
func TestBreakdownAddsUp(t *testing.T) {
	for _, c := range setups {
		p, err := New(Setup{Setup: setup(t, c.model, c.device, c.s)})
		if err != nil {
			t.Fatal(c.device, err)
		}
		for _, sh := range shapes {
			r := p.Uniform(sh)
			if sum := r.Bound.Mem + r.Bound.Cube + r.Bound.Comm + r.Bound.Vec + r.Bound.Static; r.Seconds <= 0 ||
				math.Abs(sum/r.Seconds-1) > 1e-9 {
				t.Errorf("%s: %.6g in all, bounds %.6g: %+v", c.device, r.Seconds, sum, r.Bound)
			}
			var sum float64
			for _, k := range p.Table(sh).Rows {
				sum += k.Seconds
			}
			if math.Abs(sum/r.Seconds-1) > 1e-9 {
				t.Errorf("%s: %.6g in all, parts %.6g", c.device, r.Seconds, sum)
			}
		}
	}
}

// Better hardware is never slower, and twice the requests never take less time.
func TestBetterIsNeverSlower(t *testing.T) {
	for _, c := range setups {
		s := setup(t, c.model, c.device, c.s)
		base, err := New(Setup{Setup: s})
		if err != nil {
			t.Fatal(err)
		}
		for _, change := range []func(p *hw.Profile){
			func(p *hw.Profile) { p.MemoryBandwidth *= 1.5 },
			func(p *hw.Profile) {
				for i := range p.Cube {
					p.Cube[i] *= 1.5
				}
			},
			func(p *hw.Profile) { p.ScaleLinks(1.5, 0.5) },
		} {
			own := *s.Profile
			change(&own)
			faster := s
			faster.Profile = &own
			p, err := New(Setup{Setup: faster})
			if err != nil {
				t.Fatal(err)
			}
			for _, sh := range shapes {
				if a, b := base.Uniform(sh).Seconds, p.Uniform(sh).Seconds; b > a*(1+1e-9) {
					t.Errorf("%s: %.6g became %.6g", c.device, a, b)
				}
			}
		}
		for _, sh := range shapes {
			more := sh
			more.Requests *= 2
			if a, b := base.Uniform(sh).Seconds, base.Uniform(more).Seconds; b < a {
				t.Errorf("%s: twice the requests take %.6g, not %.6g", c.device, b, a)
			}
		}
	}
}

// What the kernel model does not know is refused with the field and the fix.
func TestRefusals(t *testing.T) {
	for want, change := range map[string]func(*pass.Setup){
		"dcp 2:":                         func(s *pass.Setup) { s.Strategy.DCP = 2 },
		"has no measured kernel figures": func(s *pass.Setup) { p := *s.Profile; p.Kernel = nil; s.Profile = &p },
		"has neither FP8 nor INT8": func(s *pass.Setup) {
			p := *s.Profile
			p.Cube[hw.FP8], p.Cube[hw.INT8] = 0,
				0
			s.Profile = &p
		},
		"mlp-tp 2: calibrated figures are for": func(s *pass.Setup) { s.Strategy.MLPTP = 2 },
	} {
		s := setup(t, "Qwen/Qwen3-32B", "H100_SXM", plan.Strategy{TP: 4, PP: 1, DP: 1})
		change(&s)
		if _, err := New(Setup{Setup: s}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}

// Figures without a fit behind them say so, and which engines have one.
func TestUnfitted(t *testing.T) {
	p, err := hw.Find("H200_SXM")
	if err != nil {
		t.Fatal(err)
	}
	if s := Unfitted(p, plan.AnyServing).String() + Unfitted(p, "sglang").String(); s != "" {
		t.Errorf("fitted: %s", s)
	}
	if s := Unfitted(p, "mindie").String(); !strings.Contains(s, "no runs of mindie") ||
		!strings.HasSuffix(s, "sglang, trtllm, vllm") {
		t.Error(s)
	}
	bare := *p
	bare.Calibrated = nil
	if s := Unfitted(&bare, "vllm").String(); !strings.Contains(s, "H200_SXM carries no fit") {
		t.Error(s)
	}
}
