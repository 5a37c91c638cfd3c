package price

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"fathom/hw"
	"fathom/sim/geometry"
	"fathom/sim/model"
	"fathom/sim/pass"
	"fathom/sim/plan"
)

// every calls do with each model of the catalog that can be priced, in layouts that it allows and formats that the
// device has, under each fidelity.
func every(t *testing.T, do func(name string, s pass.Setup, p Pricer)) {
	t.Helper()
	quants := []plan.Quant{{}, {Linear: plan.W8A8Dynamic}, {Linear: plan.LinearFP8, Attention: plan.AttentionFP8},
		{Linear: plan.MXFP4, NonExpert: plan.W8A8Dynamic, Attention: plan.AttentionINT8}}
	priced := 0
	for _, name := range model.Names() {
		m, err := model.Find(name)
		if err != nil || m.Unsupported != "" {
			continue
		}
		for _, on := range []struct {
			device   string
			fidelity plan.Fidelity
		}{{"ATLAS_800_A3_752T_128G_DIE", plan.Reference}, {"H200_SXM", plan.Corrected}, {"H200_SXM", plan.Calibrated}} {
			device, err := hw.Find(on.device)
			if err != nil {
				t.Fatal(err)
			}
			for _, tp := range []int{1, 2, 4, 8} {
				s := plan.Strategy{TP: tp, PP: 1, DP: 1}
				if m.MoE() {
					s.EP, s.MoETP, s.MoEDP = tp, 1, 1
				}
				for i, q := range quants {
					setup := pass.Setup{Model: m, Profile: device, Strategy: s, Quant: q, Fidelity: on.fidelity,
						Options: plan.Options{Compile: true}}
					p, err := New(Setup{Setup: setup})
					if err != nil {
						continue // a size or a format that does not fit
					}
					priced++
					do(fmt.Sprintf("%s, %s, TP %d, formats %d", name, on.fidelity, tp, i), setup, p)
				}
			}
		}
	}
	if priced < 1500 {
		t.Errorf("only %d setups", priced)
	}
}

// Whoever asks, the weights, the caches and the room for them are the same: the memory of a pass, that of its table,
// which `pass` and the screen show, and what a scheduler reckons with. A batch is out of memory exactly where the
// scheduler has no room for it.
func TestOneMemory(t *testing.T) {
	const tokens = 4096
	every(t, func(name string, s pass.Setup, p Pricer) {
		shape := pass.Shape{Decode: true, Requests: 8, Query: 1, Total: tokens}
		verdict, room := p.Uniform(shape).Memory, p.Room(tokens)
		if table := p.Table(shape).Memory; table != verdict {
			t.Errorf("%s: the table has %+v, the pass %+v", name, table, verdict)
		}
		if s.Fidelity == plan.Calibrated {
			if k, err := New(Setup{Setup: s, Basis: Kernels}); err != nil || k.Uniform(shape).Memory != verdict {
				t.Errorf("%s: kernels and step differ in memory, %v", name, err)
			}
		}
		if room.Weights != verdict.Weight {
			t.Errorf("%s: weights of %.0f bytes in the room, %.0f in the pass", name, room.Weights, verdict.Weight)
		}
		// The reference tool counts in blocks, and a token ahead for every request.
		slack := 1e-9
		if s.Fidelity == plan.Reference {
			slack = 1.0/tokens + 129.0/(8*tokens)
			if s.Model.Hyper != nil { // one block in a ratio of 128 stands for 16,384 tokens
				slack = 0.02
			}
		}
		if got := 8 * room.Request(tokens); math.Abs(got-verdict.KV) > slack*verdict.KV {
			t.Errorf("%s: eight requests keep %.0f bytes in the room, %.0f in the pass", name, got, verdict.KV)
		}
		if room.Left <= 0 || s.Fidelity == plan.Reference {
			return
		}
		holds := room.Tokens(tokens) / tokens
		fits := func(n int) bool {
			shape.Requests = n
			m := p.Uniform(shape).Memory
			return m.Available+m.Activation-one(p, tokens).Activation >= 0 // the room is that beside one request's step
		}
		if holds > 0 && !fits(holds) || fits(holds+1) {
			t.Errorf("%s: the scheduler holds %d requests, the verdict on so many %v, on one more %v", name, holds,
				fits(max(1, holds)), fits(holds+1))
		}
	})
}

// one is the memory of a step of one request.
func one(p Pricer, tokens int) pass.Memory {
	return p.Uniform(pass.Shape{Decode: true, Requests: 1, Query: 1, Total: tokens}).Memory
}

// The figures that the two models of memory disagreed on: Qwen3-32B with TP 8 holds 4.00 GiB, its embedding split by
// vocabulary, where the reference tool has all of it on every rank; windows of gpt-oss end.
func TestFiguresThatDiffered(t *testing.T) {
	for _, c := range []struct {
		model    string
		fidelity plan.Fidelity
		device   string
		weights  float64 // GiB
	}{
		{"Qwen/Qwen3-32B", plan.Reference, "ATLAS_800_A3_752T_128G_DIE", 5.28},
		{"Qwen/Qwen3-32B", plan.Corrected, "H200_SXM", 4.00},
		{"Qwen/Qwen3-32B", plan.Calibrated, "H200_SXM", 4.00},
		{"meta-llama/Meta-Llama-3.1-70B", plan.Corrected, "H200_SXM", 8.46},
		{"meta-llama/Meta-Llama-3.1-70B", plan.Calibrated, "H200_SXM", 8.46},
	} {
		s := setup(t, c.model, c.device, plan.Strategy{TP: 8, PP: 1, DP: 1})
		s.Fidelity = c.fidelity
		p, err := New(Setup{Setup: s})
		if err != nil {
			t.Fatal(err)
		}
		if got := one(p, 1000).Weight / (1 << 30); math.Abs(got-c.weights) > 0.005 {
			t.Errorf("%s, %s: %.3f GiB of weights, want %.2f", c.model, c.fidelity, got, c.weights)
		}
	}
	s := setup(t, "openai/gpt-oss-20b", "H200_SXM", plan.Strategy{TP: 1, PP: 1, DP: 1, EP: 1, MoETP: 1, MoEDP: 1})
	s.Quant = plan.Quant{}
	p, err := New(Setup{Setup: s})
	if err != nil {
		t.Fatal(err)
	}
	// 12 of 24 layers keep all tokens, 12 the newest 128: 8 KV heads of 64, keys and values, in 16 bits.
	const layer = 2 * 8 * 64 * 2.0
	if got, want := one(p, 10_000).KV, layer*(12*10_000+12*128); got != want {
		t.Errorf("gpt-oss: a request of 10,000 tokens keeps %.0f bytes, want %.0f", got, want)
	}
}

// Every kind of attention is priced under every fidelity, or the error names it.
func TestKindsInAllRooms(t *testing.T) {
	for k := range model.NumAttentionKinds + 1 {
		for _, f := range []plan.Fidelity{plan.Reference, plan.Corrected, plan.Calibrated} {
			s := setup(t, "Qwen/Qwen3-8B", "H200_SXM", plan.Strategy{TP: 1, PP: 1, DP: 1})
			m := *s.Model
			m.Layers = append([]model.Layer(nil), m.Layers...)
			m.Layers[1].Attention = model.Attention{Kind: k, Heads: 16, KVHeads: 8, HeadDim: 128, RotaryDim: 64, QRank: 512,
				KVRank: 256, NopeDim: 64, RopeDim: 64, ValueDim: 64, OutputGroups: 4, OutRank: 128, Window: 128, KeyHeads: 8,
				ValueHeads: 16, KeyDim: 64, ConvKernel: 4, IndexHeads: 4, IndexDim: 64}
			s.Model, s.Fidelity = &m, f
			p, err := New(Setup{Setup: s})
			var unknown geometry.Unknown
			switch {
			case err != nil && (!errors.As(err, &unknown) || unknown.Kind != k):
				t.Errorf("%s, %s: the error does not name the kind: %v", k, f, err)
			case err == nil && k == model.NumAttentionKinds:
				t.Errorf("%s: a kind that nobody knows is priced", f)
			case err == nil:
				if r := p.Uniform(pass.Shape{Requests: 2, Query: 500, Total: 500}); !(r.Seconds > 0) || r.Memory.Weight <= 0 {
					t.Errorf("%s, %s: %+v", k, f, r)
				}
			}
		}
	}
}
