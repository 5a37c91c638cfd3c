package price

import (
	"errors"
	"math"
	"testing"

	"fathom/hw"
	"fathom/sim/model"
	"fathom/sim/pass"
	"fathom/sim/plan"
)

// Sums of measured kernels of Qwen3-8B on one H100 in 16 bits, in milliseconds: aiconfigurator 0.12.0, TensorRT-LLM
// 1.3.0rc20.
var sums = []struct {
	decode       bool
	batch, total int
	ms           float64
}{
	{false, 1, 512, 13.8011}, {false, 1, 2048, 47.908}, {false, 1, 4096, 98.0043}, {false, 4, 4096, 366.2907},
	{false, 1, 16384, 477.9505},
	{true, 1, 2048, 6.8535}, {true, 16, 2048, 8.8846}, {true, 64, 2048, 13.5977}, {true, 128, 2048, 20.0153},
	{true, 64, 4096, 19.7909},
}

// single is Qwen3-8B on one device.
func single(t *testing.T, device string) pass.Setup {
	t.Helper()
	profile, err := hw.Find(device)
	if err != nil {
		t.Fatal(err)
	}
	m, err := model.Find("Qwen/Qwen3-8B")
	if err != nil {
		t.Fatal(err)
	}
	return pass.Setup{Model: m, Profile: profile, Strategy: plan.Strategy{TP: 1, PP: 1, DP: 1, DCP: 1},
		Fidelity: plan.Calibrated}
}

// A pass of measured kernels is their sum, without anything of a serving engine.
func TestKernelsAreTheSumsThatWereMeasured(t *testing.T) {
	s := single(t, "H100_SXM")
	p, err := New(Setup{Setup: s, Basis: Kernels})
	if err != nil {
		t.Fatal(err)
	}
	engine, err := New(Setup{Setup: s})
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range sums {
		shape := pass.Shape{Decode: x.decode, Requests: x.batch, Query: x.total, Total: x.total}
		if x.decode {
			shape.Query, shape.Total = 1, x.total+1
		}
		got := 1000 * p.Uniform(shape).Seconds
		if math.Abs(got/x.ms-1) > 0.1 {
			t.Errorf("%+v: %.3f ms", x, got)
		}
		if with := 1000 * engine.Uniform(shape).Seconds; x.decode && with <= got {
			t.Errorf("%+v: %.3f ms with the host, %.3f without", x, with, got)
		}
		var parts float64
		for _, k := range p.Table(shape).Rows {
			parts += k.Seconds
		}
		if math.Abs(1000*parts-got) > 1e-9*got {
			t.Errorf("%+v: parts add up to %.6f ms, not %.6f", x, 1000*parts, got)
		}
	}
}

// Profiles whose kernels nobody measured one by one say so, and are priced as engines run them.
func TestNoSumsOnAscend(t *testing.T) {
	s := single(t, "ATLAS_800_A3_752T_128G_DIE")
	if _, err := New(Setup{Setup: s, Basis: Kernels}); !errors.Is(err, ErrNoSums) {
		t.Error(err)
	}
	if _, err := New(Setup{Setup: s}); err != nil {
		t.Error(err)
	}
}

// Weights that are published in blocks run on kernels for blocks, whose sums an engine may bring: Qwen3-235B-A22B-FP8,
// four H100s with whole experts each, a prompt of 2048 tokens, in milliseconds (aiconfigurator 0.12.0).
func TestBlocksRunOnTheirKernels(t *testing.T) {
	s := single(t, "H100_SXM")
	var err error
	if s.Model, err = model.Find("Qwen/Qwen3-235B-A22B-FP8"); err != nil {
		t.Fatal(err)
	}
	s.Strategy.TP, s.Strategy.EP, s.Strategy.MoETP, s.Strategy.MoEDP, s.Quant.Linear = 4, 4, 1, 1, plan.LinearFP8
	for engine, ms := range map[string]float64{"trtllm": 110.4804, "vllm": 115.7509} {
		p, err := New(Setup{Setup: s, Basis: Kernels, Library: engine})
		if err != nil {
			t.Fatal(err)
		}
		if got := 1000 * p.Uniform(pass.Shape{Requests: 1, Query: 2048, Total: 2048}).Seconds; math.Abs(got/ms-1) > 0.1 {
			t.Errorf("kernels of %s: %.1f ms, measured %.1f", engine, got, ms)
		}
	}
}
