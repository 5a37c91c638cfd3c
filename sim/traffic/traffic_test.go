package traffic

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"
)

// plain is a step of 10 ms, 20 us per prompt token and 2 ns for each that it attends to, 50 us per sequence and 0.1 us
// per token of context.
var plain = ClockFunc(func(s State) float64 {
	t := 10e-3 + 50e-6*float64(s.Decoding) + 0.1e-6*s.Context
	for _, p := range s.Prompts {
		t += float64(p.Query) * (20e-6 + 2e-9*float64(p.Done))
	}
	return t
})

func usual() Engine {
	return Engine{BatchedTokens: 2048, Sequences: 64, Arrive: 5e-3, Host: 1e-3, HostSeq: 10e-6}
}

func loads(t *rapid.T) Load {
	l := Load{
		Input:  rapid.IntRange(1, 3000).Draw(t, "input"),
		Output: rapid.IntRange(1, 200).Draw(t, "output"),
		Spread: rapid.Float64Range(0, 1).Draw(t, "spread"),
		Seed:   rapid.Uint64().Draw(t, "seed"),
	}
	l.Arrival = Arrival(rapid.IntRange(0, 2).Draw(t, "arrival"))
	l.Concurrency = rapid.IntRange(1, 20).Draw(t, "concurrency")
	l.Waves = rapid.IntRange(1, 5).Draw(t, "waves")
	l.Rate = rapid.Float64Range(0.1, 100).Draw(t, "rate")
	l.Requests = rapid.IntRange(1, 60).Draw(t, "requests")
	return l
}

func engines(t *rapid.T, l Load) Engine {
	e := usual()
	e.Policy = Policy(rapid.IntRange(0, 2).Draw(t, "policy"))
	e.Reserve = rapid.Bool().Draw(t, "reserve")
	e.BatchedTokens = rapid.IntRange(1, 4096).Draw(t, "budget")
	e.Sequences = rapid.IntRange(1, 24).Draw(t, "sequences")
	e.Poll = rapid.IntRange(0, 12).Draw(t, "poll")
	e.WaitSteps = rapid.IntRange(0, 12).Draw(t, "wait")
	e.WaitShare = rapid.Float64Range(0, 1).Draw(t, "share")
	e.Interval = rapid.IntRange(0, 12).Draw(t, "interval")
	e.Draft = rapid.IntRange(0, 4).Draw(t, "draft")
	e.Accept = float64(e.Draft) * rapid.Float64Range(0, 1).Draw(t, "accept")
	if rapid.Bool().Draw(t, "limited") {
		e.KVTokens = l.Input + l.Output + 2 + e.Draft + rapid.IntRange(0, 4*(l.Input+l.Output)).Draw(t, "room")
	}
	return e
}

// build prepares a run of one replica without playing it.
func build(l Load, e Engine, c Clock) *run {
	r, err := prepare(l, 1)
	if err != nil {
		panic(err)
	}
	r.front = []*replica{{engine: e, clock: c, requests: r.requests, gain: e.gain()}}
	r.all = r.front
	return r
}

// Every request arrives, starts and ends once and in this order; nothing is left behind; time never runs backwards; the
// room is never exceeded.
func TestConservation(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := loads(t)
		e := engines(t, l)
		var clock float64
		r := build(l, e, ClockFunc(func(s State) float64 {
			d := plain(s)
			if s.Decoding < 0 || s.Context < float64(s.Decoding) || d <= 0 {
				t.Fatalf("impossible step %+v", s)
			}
			return d
		}))
		if _, err := r.play(); err != nil {
			t.Fatal(err)
		}
		p := r.all[0]
		if p.decoding != 0 || p.context != 0 || p.used != 0 || p.queued != 0 || len(p.started) != 0 || p.queue.size != 0 ||
			p.pending.size != 0 {
			t.Fatalf("left behind: %+v", p)
		}
		if e.KVTokens > 0 && p.use.peak > e.KVTokens*grain {
			t.Fatalf("%d tokens in a room of %d", p.use.peak, e.KVTokens)
		}
		for i := range r.requests {
			q := &r.requests[i]
			if q.made != q.output || q.stage != over {
				t.Fatalf("request %d made %d of %d tokens, stage %d", i, q.made, q.output, q.stage)
			}
			if !(q.arrival+e.Arrive <= q.first && q.first <= q.last) || q.output > 1 && q.first == q.last {
				t.Fatalf("request %d: arrival %g, first %g, last %g", i, q.arrival, q.first, q.last)
			}
			clock = max(clock, q.last)
		}
		if math.Abs(clock-p.now) > 1e-9 {
			t.Fatalf("last token at %g, clock at %g", clock, p.now)
		}
	})
}

// A jump over k equal decode steps is the same as k steps, to the last digits.
func TestJumpEqualsSteps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := loads(t)
		jumpEqualsSteps(t, l, engines(t, l))
	})
}

// While a prompt waits for company the decodes grow into its room: a jump ends there, as single steps notice it.
func TestJumpEndsWhereRoomDoes(t *testing.T) {
	l := Load{Input: 35, Output: 200, Spread: 0.5390625, Seed: 1, Concurrency: 3, Waves: 2}
	e := usual()
	e.BatchedTokens, e.Sequences, e.WaitSteps, e.WaitShare, e.KVTokens = 98, 3, 4, 1, 238
	jumpEqualsSteps(t, l, e)
}

// A budget of few tokens makes thousands of equal steps of a prompt: they are played as runs.
func TestFewTokensAStep(t *testing.T) {
	for _, budget := range []int{1, 2, 7, 20} {
		e := usual()
		e.BatchedTokens = budget
		l := Load{Input: 8000, Output: 60, Spread: 0.2, Seed: 1, Concurrency: 3, Waves: 2}
		jumpEqualsSteps(t, l, e)
		l.Arrival, l.Rate, l.Requests = Poisson, 2, 8
		jumpEqualsSteps(t, l, e)
		asked := 0
		r := build(l, e, ClockFunc(func(s State) float64 { asked++; return plain(s) }))
		if got, err := r.play(); err != nil || asked > got.Steps/2 {
			t.Errorf("budget %d: %v, %d of %d steps are priced", budget, err, asked, got.Steps)
		}
	}
}

func jumpEqualsSteps(t rapid.TB, l Load, e Engine) {
	t.Helper()
	jumps, steps := build(l, e, plain), build(l, e, plain)
	steps.stepwise = true
	a, err := jumps.play()
	b, err2 := steps.play()
	if err != nil || err2 != nil {
		t.Fatal(err, err2)
	}
	if a.Steps != b.Steps || a.Preemptions != b.Preemptions {
		t.Fatalf("steps %d and %d, preemptions %d and %d", a.Steps, b.Steps, a.Preemptions, b.Preemptions)
	}
	for i := range jumps.requests {
		x, y := jumps.requests[i], steps.requests[i]
		if math.Abs(x.first-y.first) > 1e-6 || math.Abs(x.last-y.last) > 1e-6 {
			t.Fatalf("request %d: first %g and %g, last %g and %g", i, x.first, y.first, x.last, y.last)
		}
	}
}

func TestSameSeedSameBytes(t *testing.T) {
	load := Load{Concurrency: 32, Input: 500, Output: 100, Spread: 0.2, Seed: 7}
	text := func(seed uint64) string {
		load.Seed = seed
		r, err := Simulate(load, usual(), plain)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf("%+v", r)
	}
	first := text(7)
	if text(7) != first {
		t.Error("same seed, different result")
	}
	if text(8) == first {
		t.Error("the seed changes nothing")
	}
}

// More room never means more preemptions, from half of what all requests in flight need. With much less it cannot hold:
// a room for a single request never preempts anyone. Sums over seeds, because single runs differ by a few.
func TestMoreRoomNeverMorePreemptions(t *testing.T) {
	for _, c := range []int{8, 32, 64} {
		last := math.MaxInt
		for room := c * 1400 / 2; room <= 2*c*1400; room = room * 3 / 2 {
			e := usual()
			e.KVTokens = room
			sum := 0
			for seed := range uint64(16) {
				r, err := Simulate(Load{Concurrency: c, Input: 1000, Output: 300, Spread: 0.2, Waves: 4, Seed: seed}, e, plain)
				if err != nil {
					t.Fatal(err)
				}
				sum += r.Preemptions
			}
			if sum > last {
				t.Errorf("concurrency %d: room %d has %d preemptions, two thirds of it had %d", c, room, sum, last)
			}
			last = sum
		}
		if last != 0 {
			t.Errorf("concurrency %d: %d preemptions with room for all", c, last)
		}
	}
}

func TestReservationNeverPreempts(t *testing.T) {
	e := usual()
	e.Reserve, e.KVTokens = true, 4000
	r, err := Simulate(Load{Concurrency: 32, Input: 1000, Output: 300, Spread: 0.2}, e, plain)
	if err != nil {
		t.Fatal(err)
	}
	if r.Preemptions != 0 || r.Bind != BindRoom || r.KVPeak > 1 {
		t.Errorf("%d preemptions, bound by %v, peak %.2f", r.Preemptions, r.Bind, r.KVPeak)
	}
}

// With equal lengths all requests stay in step, and every wave queues for prefill like the first one.
func TestEqualLengthsKeepWavesTogether(t *testing.T) {
	e := usual()
	e.Policy, e.BatchedTokens = PrefillFirst, 8192
	ttft := func(spread float64) Result {
		r, err := Simulate(Load{Concurrency: 32, Input: 1000, Output: 500, Spread: spread, Seed: 1}, e, plain)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	equal, random := ttft(0), ttft(0.2)
	if equal.Steady < 0.9*equal.FirstWave {
		t.Errorf("equal lengths: first wave %.3f s, then %.3f s", equal.FirstWave, equal.Steady)
	}
	if random.Steady > 0.5*random.FirstWave || equal.TTFT.Mean < 2*random.TTFT.Mean {
		t.Errorf("random lengths: first wave %.3f s, then %.3f s; mean %.3f against %.3f", random.FirstWave, random.Steady,
			random.TTFT.Mean, equal.TTFT.Mean)
	}
}

// The closed form for requests in step is the simulation (serving-dynamics 4: ratio 1.00).
func TestWaveFormula(t *testing.T) {
	e := usual()
	e.Policy, e.Sequences = PrefillFirst, 1024
	for _, l := range []Load{
		{Concurrency: 32, Input: 512, Output: 200, Waves: 5},
		{Concurrency: 64, Input: 1024, Output: 100, Waves: 3},
		{Concurrency: 8, Input: 256, Output: 50, Waves: 4},
	} {
		f, err := Formula(l, e, plain)
		if err != nil {
			t.Fatal(err)
		}
		s, err := Simulate(l, e, plain)
		if err != nil {
			t.Fatal(err)
		}
		if r := f.TTFT / s.TTFT.Mean; r < 0.98 || r > 1.02 {
			t.Errorf("%+v: TTFT %.4f by formula, %.4f simulated", l, f.TTFT, s.TTFT.Mean)
		}
		if r := f.TPOT / s.TPOT.Mean; r < 0.98 || r > 1.02 {
			t.Errorf("%+v: TPOT %.5f by formula, %.5f simulated", l, f.TPOT, s.TPOT.Mean)
		}
	}
}

func TestSpreadFormulaIsNear(t *testing.T) {
	l := Load{Concurrency: 32, Input: 1024, Output: 1024, Spread: 0.2, Seed: 3}
	f, err := Formula(l, usual(), plain)
	if err != nil {
		t.Fatal(err)
	}
	s, _ := Simulate(l, usual(), plain)
	if r := f.TPOT / s.TPOT.Mean; r < 0.9 || r > 1.1 {
		t.Errorf("TPOT %.5f by formula, %.5f simulated", f.TPOT, s.TPOT.Mean)
	}
	if r := f.TTFT / s.TTFT.Mean; r < 0.75 || r > 1.25 {
		t.Errorf("TTFT %.4f by formula, %.4f simulated", f.TTFT, s.TTFT.Mean)
	}
}

func TestBadInputNamesFieldAndFix(t *testing.T) {
	good := Load{Concurrency: 1, Input: 10, Output: 10}
	for want, change := range map[string]func(*Load, *Engine){
		"input length 0":       func(l *Load, _ *Engine) { l.Input = 0 },
		"output length -1":     func(l *Load, _ *Engine) { l.Output = -1 },
		"spread NaN":           func(l *Load, _ *Engine) { l.Spread = math.NaN() },
		"concurrency 0":        func(l *Load, _ *Engine) { l.Concurrency = 0 },
		"second 0":             func(l *Load, _ *Engine) { l.Arrival = Poisson },
		"requests 1073741824":  func(l *Load, _ *Engine) { l.Concurrency = 1 << 30 },
		"token budget 0":       func(_ *Load, e *Engine) { e.BatchedTokens = 0 },
		"sequences 0":          func(_ *Load, e *Engine) { e.Sequences = 0 },
		"cannot hold one":      func(_ *Load, e *Engine) { e.KVTokens = 15 },
		"host time in seconds": func(_ *Load, e *Engine) { e.Host = math.Inf(1) },
		"wait for 2":           func(_ *Load, e *Engine) { e.WaitShare = 2 },
	} {
		l, e := good, usual()
		change(&l, &e)
		if _, err := Simulate(l, e, plain); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want an error with %q, got %v", want, err)
		}
	}
	for _, bad := range []float64{0, -1, math.NaN(), math.Inf(1)} {
		if _, err := Simulate(good, Engine{BatchedTokens: 1, Sequences: 1},
			ClockFunc(func(State) float64 { return bad })); err == nil {
			t.Errorf("a step of %g s: no error", bad)
		}
	}
}

func BenchmarkPoint(b *testing.B) {
	for b.Loop() {
		if _, err := Simulate(Load{Concurrency: 64, Input: 1024, Output: 1024, Spread: 0.2}, usual(), plain); err != nil {
			b.Fatal(err)
		}
	}
}

// A simulation that nobody wants any more ends early.
func TestStopped(t *testing.T) {
	var stop atomic.Bool
	stop.Store(true)
	l := Load{Input: 100, Output: 100, Concurrency: 8, Stopped: &stop}
	if _, err := Simulate(l, Engine{BatchedTokens: 8192, Sequences: 64},
		ClockFunc(func(State) float64 { return 1e-3 })); !errors.Is(err, ErrStopped) {
		t.Errorf("%v", err)
	}
}
