package bench

import (
	"context"
	"math"
	"reflect"
	"strings"
	"testing"

	"fathom/hw"
	"fathom/sim/model"
	"fathom/sim/pass"
	"fathom/sim/plan"
	"fathom/sim/price"
	"fathom/sim/software"
	"fathom/sim/traffic"
)

func setup(t testing.TB, device string, f plan.Fidelity) pass.Setup {
	t.Helper()
	p, err := hw.Find(device)
	if err != nil {
		t.Fatal(err)
	}
	m, err := model.Find("Qwen/Qwen3-32B")
	if err != nil {
		t.Fatal(err)
	}
	return pass.Setup{Model: m, Profile: p, Strategy: plan.Strategy{TP: 2, PP: 1, DP: 2, DCP: 1},
		Quant:   plan.Quant{Linear: plan.W8A8Dynamic},
		Options: plan.Options{Compile: true}, Fidelity: f}
}

func forward(t testing.TB, s pass.Setup) price.Pricer {
	t.Helper()
	f, err := price.New(price.Setup{Setup: s})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func open(t testing.TB, s pass.Setup, l Lengths) *Bench {
	t.Helper()
	b, err := New(s, forward(t, s), l, 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

var (
	chat = Lengths{Input: 1024, Output: 256}
	both = []struct {
		device   string
		fidelity plan.Fidelity
	}{{"H200_SXM", plan.Calibrated}, {"ATLAS_800_A3_752T_128G_DIE", plan.Reference}}
)

// The operator model under a scheduler: a step of several sequences costs what the forward of the fullest rank costs.
func TestModelledStepIsTheForward(t *testing.T) {
	f := forward(t, setup(t, "ATLAS_800_A3_752T_128G_DIE", plan.Reference))
	c := f.Clock()
	want := f.Uniform(pass.Shape{Decode: true, Requests: 10, Query: 1, Total: 2000}).Seconds
	if got := c.Seconds(traffic.State{Decoding: 10, Width: 1, Context: 20000}); got != want {
		t.Errorf("decode %g, want %g", got, want)
	}
	more := f.Uniform(pass.Shape{Decode: true, Requests: 10, Query: 1, Total: 2001}).Seconds
	if got := c.Seconds(traffic.State{Decoding: 10, Width: 1, Context: 20005}); math.Abs(got-(want+more)/2) > 1e-12 {
		t.Errorf("between two contexts %g, want %g", got, (want+more)/2)
	}
	want = f.Uniform(pass.Shape{Requests: 2, Query: 512, Total: 512}).Seconds
	two := []traffic.Piece{{Query: 512, Last: true}, {Query: 512, Last: true}}
	if got := c.Seconds(traffic.State{Width: 1, Prompts: two}); math.Abs(got/want-1) > 1e-9 {
		t.Errorf("one prompt on each rank %g, want %g", got, want)
	}
}

func TestClosedLoop(t *testing.T) {
	for _, x := range both {
		b := open(t, setup(t, x.device, x.fidelity), chat)
		small, err := b.Closed(4)
		if err != nil {
			t.Fatal(err)
		}
		large, err := b.Closed(32)
		if err != nil {
			t.Fatal(err)
		}
		if again, _ := b.Closed(32); !reflect.DeepEqual(again, large) {
			t.Errorf("%s: two runs differ", x.device)
		}
		if large.Output <= small.Output || large.TPOT.Mean <= small.TPOT.Mean || large.TTFT.Mean <= small.TTFT.Mean {
			t.Errorf("%s: more requests must serve more and each later: %+v %+v", x.device, small, large)
		}
		if large.FirstWave <= large.Steady || large.TTFT.P99 < large.TTFT.P90 || large.TTFT.P90 < large.TTFT.P50 {
			t.Errorf("%s: %+v", x.device, large)
		}
	}
}

// What the prefix cache holds is not computed.
func TestCachedPromptsAnswerSooner(t *testing.T) {
	for _, x := range both {
		s := setup(t, x.device, x.fidelity)
		cold, err := open(t, s, chat).Closed(16)
		if err != nil {
			t.Fatal(err)
		}
		warm, err := open(t, s, Lengths{Input: chat.Input, Output: chat.Output, Cached: 0.8}).Closed(16)
		if err != nil {
			t.Fatal(err)
		}
		if warm.TTFT.Mean >= cold.TTFT.Mean || warm.Output <= cold.Output {
			t.Errorf("%s: cold %+v, warm %+v", x.device, cold.TTFT, warm.TTFT)
		}
	}
}

// Open arrivals below the capacity are kept up with; above it the service falls behind.
func TestSaturation(t *testing.T) {
	for _, x := range both {
		b := open(t, setup(t, x.device, x.fidelity), chat).Limited(64)
		points, capacity, err := b.Curve(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if capacity <= 0 || len(points) != len(Shares) {
			t.Fatalf("%s: capacity %g, %d points", x.device, capacity, len(points))
		}
		for i, p := range points {
			if p.Rate <= 0.8*capacity && (p.Saturated || p.Bind != traffic.BindLoad) {
				t.Errorf("%s: at %.2f of %.2f requests per second: %+v", x.device, p.Rate, capacity, p)
			}
			if p.Rate > capacity && !p.Saturated {
				t.Errorf("%s: %.2f of %.2f requests per second are not too many?", x.device, p.Rate, capacity)
			}
			if i > 0 && p.TTFT.P90 < 0.8*points[i-1].TTFT.P90 {
				t.Errorf("%s: TTFT falls with the load: %g after %g", x.device, p.TTFT.P90, points[i-1].TTFT.P90)
			}
		}
	}
}

func TestNoRoomIsSaid(t *testing.T) {
	s := setup(t, "ATLAS_800_A3_752T_128G_DIE", plan.Reference)
	_, err := New(s, forward(t, s), Lengths{Input: 1 << 20, Output: 100}, 0, 1)
	if err == nil || !strings.Contains(err.Error(), "one request needs 1048677") {
		t.Errorf("%v", err)
	}
}

// The schedulers differ as their documents say.
func TestPresets(t *testing.T) {
	for _, name := range append(software.Names(), "") {
		s := plan.Serving(name)
		if p := Preset(s); p.BatchedTokens != 8192 || p.Sequences < 1 || p.Host <= 0 {
			t.Errorf("%v: %+v", s, p)
		}
	}
	if Preset("sglang").Policy != traffic.PrefillFirst || !Preset("trtllm").Reserve ||
		Preset("vllm").Policy != traffic.Mixed {
		t.Error("vLLM mixes, SGLang runs prompts first, TensorRT-LLM reserves")
	}
}

// One closed loop of a row; the issue is a fraction of a millisecond where nothing queues.
func BenchmarkClosed(b *testing.B) {
	for _, x := range both {
		b.Run(x.fidelity.String(), func(b *testing.B) {
			bench := open(b, setup(b, x.device, x.fidelity), chat)
			for b.Loop() {
				if _, err := bench.Closed(64); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// A pipeline of two stages is played as two micro-batches with half of the requests and of the room each: against one
// stage on half of the devices it makes less than twice the tokens, because every step still passes both stages.
func TestPipelineLanes(t *testing.T) {
	s := setup(t, "H200_SXM", plan.Calibrated)
	one, err := New(s, forward(t, s), Lengths{Input: 1000, Output: 200}, 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	s.Strategy.PP = 2
	two, err := New(s, forward(t, s), Lengths{Input: 1000, Output: 200}, 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	if two.Holds() < one.Holds() {
		t.Errorf("two stages hold %d requests, one %d", two.Holds(), one.Holds())
	}
	for _, n := range []int{2, 16, 64} {
		a, err := one.Closed(n)
		if err != nil {
			t.Fatal(err)
		}
		b, err := two.Closed(n)
		if err != nil {
			t.Fatal(err)
		}
		if b.Output <= a.Output*0.9 || b.Output >= 2*a.Output || b.TTFT.Mean <= 0 {
			t.Errorf("%d requests: %.0f tok/s on two stages, %.0f on one", n, b.Output, a.Output)
		}
	}
	a, _ := one.Capacity()
	b, _ := two.Capacity()
	if b <= a || b >= 2.5*a {
		t.Errorf("capacity %.2f req/s on two stages, %.2f on one", b, a)
	}
}
