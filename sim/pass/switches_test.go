package pass

import (
	"math"
	"testing"

	"fathom/sim/plan"
)

// Each switch alone changes what it names by what a hand computation says. A3 dies: 1.6 TiB/s at 0.6, FP16 376 T and
// vector FP16 22 T at 0.7, links of 196 GB/s at 0.7.
func TestSwitches(t *testing.T) {
	const bandwidth, cube, vec, wire = 1.6 * (1 << 40) * 0.6, 376e12 * 0.7, 22e12 * 0.7, 196e9 * 0.7
	dense := setup(t, "Qwen/Qwen3-32B", plan.Strategy{TP: 4, PP: 1, DP: 1})
	moe := setup(t, "Qwen/Qwen3-235B-A22B", plan.Strategy{TP: 4, PP: 1, DP: 4, EP: 16, MoETP: 1, MoEDP: 1})
	decode, prefill := Shape{Decode: true, Requests: 16, Query: 1, Total: 4096},
		Shape{Requests: 2, Query: 3500, Total: 3500}
	const interactions = 2 * 3500 * 3500
	attention := interactions * (4*16*128/cube + 4*16/vec)
	for _, c := range []struct {
		name      string
		base      Setup
		alter     func(*Setup)
		shape     Shape
		on        Switches
		reference float64 // ms
		saved     float64 // seconds
	}{
		{"causal prefill: the triangle of every request instead of its square", dense, nil, prefill,
			Switches{CausalPrefill: true},
			439.157753, 64 * attention * (1 - 3501.0/7000)},
		{"table reads: 16 rows of both tables", dense, nil, decode, Switches{TableReads: true},
			16.861559, 2 * (40960 - 16) * 256 / bandwidth},
		{"weight-only: no quantisation of o's and down's inputs, FP16 activations, one scale", dense,
			linear(plan.W8A16Dynamic), decode,
			Switches{WeightOnly: true}, 16.861559,
			64 * (2*2e-6 + (16*(2048+6400)*3.0+8-(4*16*5120+16*2048+16*6400-6*4))/bandwidth)},
		{"expert balance: 32 rows instead of 128", moe, nil, Shape{Decode: true, Requests: 64, Query: 1, Total: 4096},
			Switches{ExpertBalance: true}, 32.913337,
			94 * (96*(3*4096+4096+2*1536+3*1536+1536+2*4096+4*4096)/bandwidth + 2*90*8192/wire)},
	} {
		if c.alter != nil {
			c.alter(&c.base)
		}
		before := pricer(t, c.base).Uniform(c.shape).Seconds
		if math.Abs(before*1e3-c.reference) > 1e-6 {
			t.Errorf("%s: %.6f ms, reference %.6f ms", c.name, before*1e3, c.reference)
		}
		c.base.Switches = c.on
		if after := pricer(t, c.base).Uniform(c.shape).Seconds; math.Abs(before-after-c.saved) > 1e-12 {
			t.Errorf("%s: saves %.6f us, want %.6f us", c.name, (before-after)*1e6, c.saved*1e6)
		}
	}
}

// The un-sharded attention of GQA's MTP layers goes away, and activation memory is that of live tensors.
func TestSwitchesMTPAndActivation(t *testing.T) {
	s := setup(t, "Qwen/Qwen3-32B", plan.Strategy{TP: 4, PP: 1, DP: 1})
	s.MTP = 1
	shape := Shape{Decode: true, Requests: 16, Query: 2, Total: 4096}
	calls := func() map[string]int {
		n := map[string]int{}
		pass := pricer(t, s).Table(shape)
		for i := range pass.Rows {
			if r := &pass.Rows[i]; r.Kind.Reference() == "attention" {
				n[r.Shape()] += r.Count
			}
		}
		return n
	}
	if got := calls(); got["32x16x128x4096"] != 64 || got["32x64x128x4096"] != 1 {
		t.Errorf("reference: attention %v, want 64 with 16 heads and one with 64", got)
	}
	s.Switches = Switches{MTPAttention: true}
	if got := calls(); got["32x16x128x4096"] != 65 {
		t.Errorf("corrected: attention %v, want 65 with 16 heads", got)
	}
	s.MTP = 0
	s.Switches = Switches{ActivationMemory: true}
	// Two residual streams and gate, up and their product, 7000 tokens in FP16.
	want := 2 * 7000 * (2*5120 + 3*6400.0)
	if got := pricer(t, s).Uniform(Shape{Requests: 2, Query: 3500, Total: 3500}).Memory.Activation; got != want {
		t.Errorf("activation %g bytes, want %g", got, want)
	}
}

// Rows that are dealt evenly are counted up once: no step takes longer than one of more requests, as it would where
// some experts were padded and then multiplied one after the other.
func TestEvenExpertsStayTogether(t *testing.T) {
	for _, strategy := range []plan.Strategy{{TP: 4, PP: 1, DP: 4, EP: 16, MoETP: 1, MoEDP: 1},
		{TP: 8, PP: 1, DP: 2, EP: 16, MoETP: 1, MoEDP: 1}, {TP: 2, PP: 1, DP: 1, EP: 2, MoETP: 1, MoEDP: 1}} {
		s := setup(t, "Qwen/Qwen3-30B-A3B", strategy)
		s.Switches = Switches{ExpertBalance: true}
		p, last := pricer(t, s), 0.0
		for n := 1; n <= 200; n++ {
			took := p.Uniform(Shape{Decode: true, Requests: n, Query: 1, Total: 4096}).Seconds
			if took < last*0.99 { // tokens are still padded to a multiple of TP
				t.Errorf("%+v: %d requests take %.3f ms, one fewer %.3f", strategy, n, took*1e3, last*1e3)
			}
			last = took
		}
	}
}
