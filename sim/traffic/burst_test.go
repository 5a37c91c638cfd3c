package traffic_test

import (
	"math"
	"testing"

	"fathom/hw"
	"fathom/sim/kernel"
	"fathom/sim/model"
	"fathom/sim/pass"
	"fathom/sim/plan"
	"fathom/sim/price"
	"fathom/sim/traffic"
)

// deploy is Llama-3.1-70B in FP8 on H100, the deployment of serving-dynamics 1.
func deploy(t testing.TB, tp int) (traffic.Clock, traffic.Engine) {
	m, err := model.Find("meta-llama/Meta-Llama-3.1-70B")
	if err != nil {
		t.Fatal(err)
	}
	p, err := hw.Find("H100_SXM")
	if err != nil {
		t.Fatal(err)
	}
	f := kernel.Formats{Attention: hw.FormatFP8, Dense: hw.FormatFP8, Head: hw.FormatBF16, KV: hw.FormatBF16}
	s, err := price.New(price.Setup{Setup: pass.Setup{Model: m, Profile: p, Strategy: plan.Strategy{TP: tp, DP: 1},
		Fidelity: plan.Calibrated}, Given: &price.Given{Formats: f, Costs: price.Costs{Kernel: kernel.Unfitted(p)}}})
	if err != nil {
		t.Fatal(err)
	}
	room := s.Room(8192 + 1024)
	return s.Clock(), traffic.Engine{
		BatchedTokens: 8192, Sequences: 1024, KVTokens: room.Tokens(8192 + 1024),
		Arrive: 10e-3, Host: 1e-3, HostSeq: 5e-6,
	}
}

// Mean TTFT in ms by wave, simulated by the author of serving-dynamics 1 with a program of his own: first wave, mean of
// 10 waves, mean of 100 waves. Its column of decode steps (18 ms at 64 sequences, 11 at four) says that it was made
// with 50 us of host time per sequence, not with the 5 us of its chapter 2.
func TestBurstTable(t *testing.T) {
	step, engine := deploy(t, 4)
	engine.HostSeq = 50e-6
	for _, c := range []struct {
		input, output, concurrency int
		first, ten, hundred        float64
	}{
		{1024, 1024, 4, 205, 79, 67},
		{1024, 1024, 64, 1775, 260, 103},
		{8192, 1024, 16, 3789, 801, 482},
		{8192, 1024, 64, 14116, 1930, 660},
	} {
		load := traffic.Load{Concurrency: c.concurrency, Input: c.input, Output: c.output, Spread: 0.2, Seed: 1}
		short, err := traffic.Simulate(load, engine, step)
		if err != nil {
			t.Fatal(err)
		}
		load.Waves = 100
		long, err := traffic.Simulate(load, engine, step)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "first wave", short.FirstWave*1e3, c.first, 0.05)
		near(t, "mean of 10 waves", short.TTFT.Mean*1e3, c.ten, 0.05)
		near(t, "mean of 100 waves", long.TTFT.Mean*1e3, c.hundred, 0.05)
	}
}

// Measured: mean TTFT 59.2 s of 70B in FP8 on two H100 at 8192/1024 and 64 requests, where little KV room is left
// (serving-dynamics 1, fact 5; public CI run of InferenceMAX, vLLM).
func TestStarvedOfRoom(t *testing.T) {
	step, engine := deploy(t, 2)
	load := traffic.Load{Concurrency: 64, Input: 8192, Output: 1024, Spread: 0.2, Seed: 1}
	for _, reserve := range []bool{false, true} {
		engine.Reserve = reserve
		r, err := traffic.Simulate(load, engine, step)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "starved TTFT", r.TTFT.Mean, 59.2, 0.10)
		if r.Bind != traffic.BindRoom || (r.Preemptions > 0) == reserve {
			t.Errorf("reserve %v: bound by %v, %d preemptions", reserve, r.Bind, r.Preemptions)
		}
	}
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if math.Abs(got/want-1) > tolerance {
		t.Errorf("%s: %.1f, want %.1f within %.0f %%", what, got, want, 100*tolerance)
	}
}
