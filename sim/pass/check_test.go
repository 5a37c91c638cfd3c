package pass

import (
	"math"
	"strings"
	"testing"

	"fathom/hw"
	"fathom/sim/model"
	"fathom/sim/plan"
)

// Every model that claims to be supported is priced under every quantisation that fits it, in both phases and both
// modes.
func TestEveryModelIsPriced(t *testing.T) {
	for _, name := range supported(t) {
		m, err := model.Find(name)
		if err != nil {
			t.Fatal(err)
		}
		for linear := range plan.NumLinearActions {
			s := Setup{Model: m, Profile: device(t, "ATLAS_350_425T_112G"), Strategy: plan.Strategy{TP: 1, PP: 1, DP: 4},
				Quant: plan.Quant{Linear: linear}, Options: plan.Options{Compile: linear%2 == 0}}
			if m.MoE() {
				s.Strategy.EP, s.Strategy.MoETP, s.Strategy.MoEDP = 4, 1, 1
			}
			p, err := New(s)
			if err != nil {
				t.Errorf("%s, %s: %v", name, linear, err)
				continue
			}
			for _, shape := range []Shape{{Decode: true, Requests: 9, Query: 1, Total: 3000},
				{Requests: 2, Query: 333, Total: 1000}} {
				if got := p.Uniform(shape).Seconds; !(got > 0) || math.IsInf(got, 0) {
					t.Errorf("%s, %s: %g s", name, linear, got)
				}
			}
		}
	}
}

// Bad setups get one error that names the field, its value and the way out.
func TestSetupErrors(t *testing.T) {
	dense := setup(t, "Qwen/Qwen3-32B", plan.Strategy{TP: 4, PP: 1, DP: 1})
	moe := setup(t, "deepseek-ai/DeepSeek-V3.1", plan.Strategy{TP: 4, PP: 1, DP: 4, EP: 16, MoETP: 1, MoEDP: 1})
	for _, c := range []struct {
		name  string
		base  Setup
		alter func(*Setup)
		words string
	}{
		{"no model", dense, func(s *Setup) { s.Model = nil }, "model"},
		{"no device", dense, func(s *Setup) { s.Profile = nil }, "device"},
		{"tp 0", dense, func(s *Setup) { s.Strategy.TP = 0 }, "tp 0"},
		{"tp 3", dense, func(s *Setup) { s.Strategy.TP = 3 }, "tp 3 does not divide the 64 query heads"},
		{"absurd", dense, func(s *Setup) { s.Strategy.TP, s.Strategy.DP = 1<<40, 1<<40 }, "tp 1099511627776"},
		{"negative pp", dense, func(s *Setup) { s.Strategy.PP = -1 }, "pp -1"},
		{"pp above layers", dense, func(s *Setup) { s.Strategy.PP = 65 }, "pp 65 is more than the 64 layers"},
		{"grid", dense, func(s *Setup) { s.Profile = device(t, "ATLAS_800_A2_280T_64G_PCIE"); s.Strategy.DP = 4 },
			"devices 16"},
		{"mlp-tp 3", dense, func(s *Setup) { s.Strategy.MLPTP = 3 }, "mlp-tp 3 does not divide"},
		{"dcp 3", dense, func(s *Setup) { s.Strategy.DCP = 3 }, "dcp 3 does not divide tp 4"},
		{"mtp -1", dense, func(s *Setup) { s.MTP = -1 }, "mtp tokens -1"},
		{"no MoE sizes", moe, func(s *Setup) { s.Strategy.EP = 0 }, "ep 0"},
		{"MoE product", moe, func(s *Setup) { s.Strategy.MoETP = 2 }, "ep 16 x moe-tp 2 x moe-dp 1 is not the 16 devices"},
		{"KV without linear", moe, func(s *Setup) { s.Quant = plan.Quant{Attention: plan.AttentionINT8} }, "INT8"},
		{"shared-expert TP without EP", moe, func(s *Setup) {
			s.Strategy.EP, s.Strategy.MoETP, s.Strategy.SharedExpertTP = 1, 16, true
		}, "shared-expert TP needs expert parallelism"},
	} {
		s := c.base
		c.alter(&s)
		if _, err := New(s); err == nil || !strings.Contains(err.Error(), c.words) {
			t.Errorf("%s: error %v, want one with %q", c.name, err, c.words)
		}
	}
}

func TestShapeErrors(t *testing.T) {
	s := setup(t, "Qwen/Qwen3-8B", plan.Strategy{TP: 2, PP: 1, DP: 2, MLPTP: 4})
	p := pricer(t, s)
	good := Shape{Decode: true, Requests: 16, Query: 1, Total: 4096}
	if err := p.Check(good); err != nil {
		t.Error(err)
	}
	for _, c := range []struct {
		alter func(*Shape)
		words string
	}{
		{func(s *Shape) { s.Requests = 0 }, "requests 0"},
		{func(s *Shape) { s.Query = -1 }, "query length -1"},
		{func(s *Shape) { s.Total = 0 }, "total length 0 is less"},
		{func(s *Shape) { s.Requests, s.Total = 1<<30, 1<<30 }, "more than fathom counts"},
		{func(s *Shape) { s.Images = 1 }, "no vision tower"},
		{func(s *Shape) { s.Requests = 2 }, "mlp-tp 4 differs from tp 2, which does not divide the 1 tokens"},
	} {
		bad := good
		c.alter(&bad)
		if err := p.Check(bad); err == nil || !strings.Contains(err.Error(), c.words) {
			t.Errorf("%+v: error %v, want one with %q", bad, err, c.words)
		}
	}
}

// In "corrected" a data type without a peak, MTP without heads and FP8 without an FP8 unit are errors.
func TestCorrectedRefuses(t *testing.T) {
	base := setup(t, "Qwen/Qwen3-32B", plan.Strategy{TP: 4, PP: 1, DP: 1})
	for _, c := range []struct {
		name  string
		alter func(*Setup)
		words string
	}{
		{"MXFP4 on A3", linear(plan.MXFP4), "no cube peak for fp4"},
		{"FP8 on A3", linear(plan.LinearFP8), "no cube peak for fp8"},
		{"MTP", func(s *Setup) { s.MTP = 1 }, "has 0 MTP heads"},
		{"no vector unit", func(s *Setup) { d := *s.Profile; d.Vec = [hw.NumDTypes]float64{}; s.Profile = &d },
			"no vector peak"},
	} {
		s := base
		c.alter(&s)
		if _, err := New(s); err != nil {
			t.Errorf("%s: reference refuses it: %v", c.name, err)
		}
		s.Fidelity = plan.Corrected
		if _, err := New(s); err == nil || !strings.Contains(err.Error(), c.words) {
			t.Errorf("%s: error %v, want one with %q", c.name, err, c.words)
		}
	}
}

func TestNotes(t *testing.T) {
	s := setup(t, "Qwen/Qwen3-32B", plan.Strategy{TP: 4, PP: 1, DP: 1})
	if n := pricer(t, s).Notes(); len(n) != 0 {
		t.Errorf("a plain setup has notes: %q", n)
	}
	s.MTP, s.Quant.QuantizeHead = 1, true
	s.Options.Multistream, s.Options.SequenceParallel = true, true
	if n := pricer(t, s).Notes(); len(n) != 4 {
		t.Errorf("notes %q, want multistream, sequence parallel, head, MTP", n)
	}
}
