package traffic

import (
	"context"
	"math"
	"testing"

	"pgregory.net/rapid"
)

// Requests pass both pools once, whatever the numbers of instances.
func TestPoolsConserve(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := loads(t)
		p := Pools{
			Prefill: engines(t, l), Decode: usual(), PrefillClock: plain, DecodeClock: plain,
			PrefillInstances: rapid.IntRange(1, 4).Draw(t, "prefill"), DecodeInstances: rapid.IntRange(1, 4).Draw(t, "decode"),
			HandOver: func(tokens int) float64 { return 1e-3 + 1e-6*float64(tokens) },
		}
		p.Prefill.KVTokens = 0
		r, err := Disaggregated(l, p)
		if err != nil {
			t.Fatal(err)
		}
		if r.Requests != l.count() || r.TTFT.Mean <= 0 || r.Seconds <= 0 || math.IsNaN(r.TPOT.Mean) {
			t.Fatalf("%+v", r)
		}
	})
}

// A client sees the first token when the KV cache has come to the decode instance that sends it.
func TestPoolsHandOver(t *testing.T) {
	p := Pools{Prefill: usual(), Decode: usual(), PrefillClock: plain, DecodeClock: plain, PrefillInstances: 1,
		DecodeInstances: 1}
	l := Load{Concurrency: 1, Waves: 1, Input: 1000, Output: 11}
	without, err := Disaggregated(l, p)
	if err != nil {
		t.Fatal(err)
	}
	p.HandOver = func(int) float64 { return 0.5 }
	with, err := Disaggregated(l, p)
	if err != nil {
		t.Fatal(err)
	}
	if d := with.TTFT.Mean - without.TTFT.Mean; math.Abs(d-0.5) > 1e-9 {
		t.Errorf("hand-over of 0.5 s delays the first token by %g s", d)
	}
	if d := with.TPOT.Mean - without.TPOT.Mean; math.Abs(d) > 1e-9 {
		t.Errorf("hand-over moved the time of a token by %g s", d)
	}
}

// A request is read once: its way to the queue counts before prefill and not again before decode.
func TestPoolsReadOnce(t *testing.T) {
	p := Pools{Prefill: usual(), Decode: usual(), PrefillClock: plain, DecodeClock: plain, PrefillInstances: 1,
		DecodeInstances: 1}
	l := Load{Concurrency: 1, Waves: 1, Input: 1000, Output: 11}
	fast, err := Disaggregated(l, p)
	if err != nil {
		t.Fatal(err)
	}
	p.Prefill.Arrive, p.Decode.Arrive, p.Decode.ArriveSeq = p.Prefill.Arrive+1, p.Decode.Arrive+1, 1
	slow, err := Disaggregated(l, p)
	if err != nil {
		t.Fatal(err)
	}
	if d := slow.TTFT.Mean - fast.TTFT.Mean; math.Abs(d-1) > 1e-9 || slow.TPOT.Mean != fast.TPOT.Mean {
		t.Errorf("a second more to the queue: first token %g s later, %g s a token and %g", d, slow.TPOT.Mean, fast.TPOT.Mean)
	}
}

// With more requests in flight than decode instances have places, the others wait with their first token: three on two
// places, of which each is taken for one answer of 100 steps of 11.07 to 11.17 ms, wait for half an answer on average.
func TestPoolsWithoutPlace(t *testing.T) {
	p := Pools{Prefill: usual(), Decode: usual(), PrefillClock: plain, DecodeClock: plain, PrefillInstances: 1,
		DecodeInstances: 2}
	p.Decode.Sequences = 1
	r, err := Disaggregated(Load{Concurrency: 3, Waves: 200, Input: 200, Output: 101, Spread: 0.2, Seed: 3}, p)
	if err != nil {
		t.Fatal(err)
	}
	answer := 90 * 11.1e-3 // lengths are drawn from 80 to 100%
	if d := r.TTFT.Mean / (answer / 2); d < 0.95 || d > 1.1 {
		t.Errorf("first tokens come after %g s, an answer takes %g s", r.TTFT.Mean, answer)
	}
	if d := r.TPOT.Mean / 11.1e-3; d < 0.99 || d > 1.01 {
		t.Errorf("%g s a token: waiting is not part of it", r.TPOT.Mean)
	}
}

// A router that deals in turn does not look at what instances have.
func TestPoolsInTurn(t *testing.T) {
	busy, idle := &replica{decoding: 9}, &replica{}
	r := run{back: []*replica{busy, idle}}
	if first, second := r.taker(), r.taker(); first != idle || second != idle {
		t.Error("by load: the busy one was taken")
	}
	r.inTurn = true
	if a, b, c := r.taker(), r.taker(), r.taker(); a != idle || b != busy || c != idle {
		t.Error("in turn: not one after the other")
	}
}

// More prefill instances shorten the burst in proportion; decodes do not disturb prompts.
func TestPoolsScale(t *testing.T) {
	p := Pools{Prefill: usual(), Decode: usual(), PrefillClock: plain, DecodeClock: plain, PrefillInstances: 1,
		DecodeInstances: 1}
	l := Load{Concurrency: 32, Waves: 1, Input: 2000, Output: 50}
	one, _ := Disaggregated(l, p)
	p.PrefillInstances = 4
	four, err := Disaggregated(l, p)
	if err != nil {
		t.Fatal(err)
	}
	if r := one.TTFT.Mean / four.TTFT.Mean; r < 3 || r > 4.2 {
		t.Errorf("four prefill instances are %.2f times as fast", r)
	}
}

func TestReplicasShareTheLoad(t *testing.T) {
	l := Load{Concurrency: 64, Input: 500, Output: 200, Spread: 0.2}
	one, err := Simulate(l, usual(), plain)
	if err != nil {
		t.Fatal(err)
	}
	two, err := Replicated(l, usual(), plain, 2)
	if err != nil {
		t.Fatal(err)
	}
	if two.TPOT.Mean >= one.TPOT.Mean || two.Output <= one.Output {
		t.Errorf("two replicas: TPOT %g and %g, output %g and %g", one.TPOT.Mean, two.TPOT.Mean, one.Output, two.Output)
	}
}

// A load curve rises, and the service falls behind beyond its capacity only.
func TestCurveAndSaturation(t *testing.T) {
	l := Load{Input: 1000, Output: 200, Spread: 0.2, Requests: 2000, Seed: 5}
	points, capacity, err := Curve(context.Background(), l, usual(), plain, []float64{0.2, 0.5, 0.8, 1.3})
	if err != nil {
		t.Fatal(err)
	}
	if capacity <= 0 {
		t.Fatalf("capacity %g", capacity)
	}
	for i, p := range points {
		if i > 0 && p.TTFT.Mean < points[i-1].TTFT.Mean {
			t.Errorf("TTFT falls from %g to %g s at %.2f requests/s", points[i-1].TTFT.Mean, p.TTFT.Mean, p.Rate)
		}
		if p.Saturated != (i == 3) {
			t.Errorf("%.2f of %.2f requests/s: saturated %v", p.Rate, capacity, p.Saturated)
		}
	}
	if points[0].Bind != BindLoad {
		t.Errorf("a fifth of the capacity is bound by %v", points[0].Bind)
	}
	if last := points[3]; last.Rate-last.Result.Rate < 0.1*last.Rate {
		t.Errorf("sent %.2f/s, ended %.2f/s", last.Rate, last.Result.Rate)
	}
}

func TestPercentilesInOrder(t *testing.T) {
	r, err := Simulate(Load{Arrival: Poisson, Rate: 3, Input: 800, Output: 100, Spread: 0.3, Seed: 2}, usual(), plain)
	if err != nil {
		t.Fatal(err)
	}
	if s := r.TTFT; !(s.P50 <= s.P90 && s.P90 <= s.P99 && s.P50 > 0 && s.Mean > 0) {
		t.Errorf("TTFT %+v", s)
	}
}

// Tokens in groups delay what a client sees first and shorten the rest by the same time.
func TestStreamInterval(t *testing.T) {
	e := usual()
	l := Load{Concurrency: 1, Waves: 1, Input: 100, Output: 101}
	one, _ := Simulate(l, e, plain)
	e.Interval = 20
	group, err := Simulate(l, e, plain)
	if err != nil {
		t.Fatal(err)
	}
	if d := (group.TTFT.Mean - one.TTFT.Mean) / one.TPOT.Mean; math.Abs(d-19) > 1e-6 {
		t.Errorf("groups of 20 delay the first token by %.2f steps, want 19", d)
	}
	if group.Seconds != one.Seconds {
		t.Errorf("the end moved from %g to %g s", one.Seconds, group.Seconds)
	}
}

// A scheduler that looks every ten steps lets an arrival wait for up to ten; held-back prompts wait until enough are
// there.
func TestPollAndWait(t *testing.T) {
	l := Load{Concurrency: 8, Input: 200, Output: 300, Spread: 0.2, Seed: 4}
	e := usual()
	base, _ := Simulate(l, e, plain)
	e.Poll = 10
	poll, err := Simulate(l, e, plain)
	if err != nil {
		t.Fatal(err)
	}
	if d := (poll.Steady - base.Steady) / base.TPOT.Mean; d < 2 || d > 10 {
		t.Errorf("polling every 10 steps delays by %.1f steps", d)
	}
	e.Poll, e.WaitSteps, e.WaitShare = 0, 20, 0.9
	wait, err := Simulate(l, e, plain)
	if err != nil {
		t.Fatal(err)
	}
	if d := (wait.Steady - base.Steady) / base.TPOT.Mean; d < 8 || d > 21 {
		t.Errorf("waiting for 20 steps delays by %.1f steps", d)
	}
}

// What a request waits for the tokens of others is theirs that are in flight when it arrives (Little's law), in an open
// load too, whose requests are all known beforehand.
func TestOthersInFlightSlowArrival(t *testing.T) {
	l := Load{Arrival: Poisson, Rate: 2, Input: 200, Output: 200, Spread: 0.2, Requests: 2000, Seed: 7}
	e := usual()
	e.KVTokens = 0
	none, err := Simulate(l, e, plain)
	if err != nil {
		t.Fatal(err)
	}
	e.ArriveSeq = 1e-3
	some, err := Simulate(l, e, plain)
	if err != nil {
		t.Fatal(err)
	}
	inFlight := l.Rate * (none.TTFT.Mean + none.TPOT.Mean*200*0.9)
	if d := (some.TTFT.Mean - none.TTFT.Mean) / e.ArriveSeq; d < 0.6*inFlight || d > 1.6*inFlight+1 {
		t.Errorf("%.1f requests in flight slow an arrival as much as %.1f would", inFlight, d)
	}
}

// Of eight prompts on any of eight ranks 8 (1 - (7/8)^8) = 5.25 ranks have one, of one prompt one; each takes as many
// as its part of the budget holds.
func TestBalancedRanks(t *testing.T) {
	e := Engine{Ranks: 8, WaitSteps: 60, WaitShare: 0.9, BatchedTokens: 8 * 1100}
	if s := e.spread(8); math.Abs(s-5.2511) > 1e-4 || math.Abs(e.spread(1)-1) > 1e-12 {
		t.Errorf("eight prompts are on %g ranks, one on %g", s, e.spread(1))
	}
	if a, b := e.balanced(8, 1000), e.balanced(8, 500); a != 5 || b != 10 {
		t.Errorf("a step takes %d prompts of 1000 tokens and %d of 500, want 5 and 10", a, b)
	}
	if e.WaitSteps = 0; e.balanced(8, 1000) != math.MaxInt {
		t.Error("ranks that do not wait for each other are bound")
	}
}

// Ranks that wait for each other take one prompt each and then wait again: with requests that end one by one, a prompt
// waits for about 60 steps, and twice where it comes to a rank that has one.
func TestRanksWaitForEachOther(t *testing.T) {
	e := usual()
	e.Policy, e.BatchedTokens, e.Sequences = WholePrompts, 8*1100, 512
	e.WaitSteps, e.WaitShare = 60, 0.9
	l := Load{Concurrency: 128, Input: 1000, Output: 1000, Spread: 0.2, Seed: 2}
	together, err := Simulate(l, e, plain)
	if err != nil {
		t.Fatal(err)
	}
	e.Ranks = 8
	ranks, err := Simulate(l, e, plain)
	if err != nil {
		t.Fatal(err)
	}
	if d := (ranks.Steady - together.Steady) / ranks.TPOT.Mean; d < 20 || d > 90 {
		t.Errorf("ranks delay first tokens by %.1f steps", d)
	}
}
