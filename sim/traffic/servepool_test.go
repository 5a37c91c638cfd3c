package traffic

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// A fleet over two pools is the disaggregated deployment that a load is played against, whatever the load.
func TestFleetOverPoolsIsDisaggregated(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := loads(t)
		l.Arrival, l.Requests = Poisson, 300
		prefill, decode := engines(t, l), engines(t, l)
		prefill.Policy, prefill.Draft, prefill.Accept = Mixed, 0, 0
		handOver := func(tokens int) float64 { return 2e-6 * float64(tokens) }
		want, err := Disaggregated(l, Pools{Prefill: prefill, Decode: decode, PrefillClock: plain, DecodeClock: plain,
			PrefillInstances: 1, DecodeInstances: 1, HandOver: handOver})
		if err != nil {
			t.Skip(err)
		}
		source, err := Drawn(l)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Serve(source, Fleet{Engine: prefill, Clock: plain, Replicas: 1,
			Decode: &DecodePool{Engine: decode, Clock: plain, Instances: 1, HandOver: handOver}})
		if err != nil {
			t.Fatal(err)
		}
		near := func(a, b float64) bool { return math.Abs(a-b) <= 1e-6*(1e-3+math.Abs(a)) }
		if got.Requests != want.Requests || !near(got.TTFT.Mean, want.TTFT.Mean) || !near(got.TPOT.Mean, want.TPOT.Mean) ||
			!near(got.E2E.Mean, want.E2E.Mean) || got.Steps != want.Steps || got.Preemptions != want.Preemptions {
			t.Fatalf("disaggregated %+v\nfleet %+v", want, got.Result)
		}
	})
}

// By hand: a prompt of 100 tokens takes 1 s at the only prefill instance, its cache 0.5 s on the way, each of three
// more tokens 1 s at a decode instance. Of three calls at 0 the second and third wait 1 and 2 s for prefill; two decode
// instances take them in turn, the third beside the first. The first token is seen when the decode instance begins.
func TestPoolsByHand(t *testing.T) {
	second := ClockFunc(func(State) float64 { return 1 })
	e := Engine{BatchedTokens: 100, Sequences: 8}
	source, err := Drawn(Load{Arrival: Even, Rate: 1e9, Requests: 3, Input: 100, Output: 4})
	if err != nil {
		t.Fatal(err)
	}
	p, err := Serve(source, Fleet{Engine: e, Clock: second, Replicas: 1, Decode: &DecodePool{Engine: e, Clock: second,
		Instances: 2, HandOver: func(int) float64 { return 0.5 }}})
	if err != nil {
		t.Fatal(err)
	}
	// Seen at 1.5, 2.5 and 3.5; the last tokens come at 4.5, 5.5 and 6.5, the third request in step with the first.
	if math.Abs(p.TTFT.Mean-2.5) > 1e-6 || math.Abs(p.E2E.Mean-5.5) > 1e-6 || math.Abs(p.TPOT.Mean-1) > 1e-6 {
		t.Errorf("TTFT %g, E2E %g, TPOT %g", p.TTFT.Mean, p.E2E.Mean, p.TPOT.Mean)
	}
	if want := p.Rate * p.E2E.Mean; math.Abs(p.InFlight-want) > 1e-6*want {
		t.Errorf("%g in flight, %g by Little's law", p.InFlight, want)
	}
}

// Turns of a conversation find the prompts before them at the prefill instance, but not the answers, which were made
// elsewhere.
func TestPoolsReuse(t *testing.T) {
	play := func(pool *DecodePool) Played {
		src, err := Converse(Sessions{Rate: 0.5, Count: 100, Turns: 6, Think: 5, Input: 320, Output: 160, Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		p, err := Serve(src, Fleet{Engine: usual(), Clock: plain, Replicas: 1, Reuse: true, Decode: pool})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	one := play(nil)
	two := play(&DecodePool{Engine: usual(), Clock: plain, Instances: 2, HandOver: func(int) float64 { return 0 }})
	if one.Reuse.Rate() <= two.Reuse.Rate() || two.Reuse.Rate() < 0.3 || one.Requests != two.Requests {
		t.Errorf("%.2f of the prompts found with answers kept, %.2f without; %d and %d requests", one.Reuse.Rate(),
			two.Reuse.Rate(), one.Requests, two.Requests)
	}
}

// The pool that is too slow is named, whichever has few places: 64 requests a second of 100 tokens and 100 more each.
func TestPoolsNameTheSlowOne(t *testing.T) {
	for _, c := range []struct {
		prefill, decode float64 // seconds of a step
		places          int     // of a decode instance
		want            Bind
	}{{1, 0.001, 256, BindPrefill}, {0.001, 0.2, 64, BindSequences}, {0.001, 0.001, 256, BindLoad}} {
		step := func(s float64) Clock { return ClockFunc(func(State) float64 { return s }) }
		source, err := Drawn(Load{Arrival: Even, Rate: 64, Requests: 600, Input: 100, Output: 100})
		if err != nil {
			t.Fatal(err)
		}
		p, err := Serve(source, Fleet{Engine: Engine{BatchedTokens: 400, Sequences: 4}, Clock: step(c.prefill), Replicas: 1,
			Decode: &DecodePool{Engine: Engine{BatchedTokens: 400, Sequences: c.places}, Clock: step(c.decode), Instances: 1,
				HandOver: func(int) float64 { return 0 }}})
		if err != nil {
			t.Fatal(err)
		}
		if p.Bind != c.want {
			t.Errorf("steps of %g and %g s: bound by %v, want %v", c.prefill, c.decode, p.Bind, c.want)
		}
	}
}
