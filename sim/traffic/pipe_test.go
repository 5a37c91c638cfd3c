package traffic

import (
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"
)

// Steps pass two stages one behind the other: a long one leaves the stage behind it idle and keeps the next waiting.
func TestPass(t *testing.T) {
	p := newPipe(2)
	for i, c := range []struct{ at, seconds, out float64 }{{0, 4, 4}, {0, 10, 12}, {4, 4, 14}, {12, 2, 15}, {20, 2, 22}} {
		if got := p.pass(c.at, c.seconds); got != c.out {
			t.Errorf("step %d leaves at %g, want %g", i, got, c.out)
		}
	}
	if newPipe(1) != nil || newPipe(0) != nil {
		t.Error("one stage is no pipeline")
	}
}

// Worked out by hand. A prompt of 4 tokens takes 4 s, a decode step 2 s, on two stages half of it each. Two requests of
// three tokens, both sent at 0, each a micro-batch:
//
//	first   0-2 | 2-4   token 4    4-5 | 6-7  token 7    7-8 |  8-9  token 9
//	second  2-4 | 4-6   token 6    6-7 | 7-8  token 8    8-9 | 9-10  token 10
func TestPipelineByHand(t *testing.T) {
	clock := ClockFunc(func(s State) float64 {
		if len(s.Prompts) > 0 {
			return float64(s.Prompts[0].Query)
		}
		return 2
	})
	e := Engine{BatchedTokens: 64, Sequences: 8, Stages: 2}
	l := Load{Concurrency: 2, Waves: 1, Input: 4, Output: 3}
	r, err := Simulate(l, e, clock)
	if err != nil {
		t.Fatal(err)
	}
	if r.TTFT.Mean != 5 || r.TPOT.Mean != 2.25 || r.E2E.Mean != 9.5 || r.Seconds != 10 || r.InFlight != 1.9 {
		t.Errorf("TTFT %g, TPOT %g, E2E %g, %g s, %g in flight", r.TTFT.Mean, r.TPOT.Mean, r.E2E.Mean, r.Seconds, r.InFlight)
	}
	// Behind a load balancer the same.
	l.Arrival, l.Rate, l.Requests = Even, 1e6, 2
	p := served(t, stream(t, l), Fleet{Engine: e, Clock: clock, Replicas: 2})
	if math.Abs(p.TTFT.Mean-5) > 1e-5 || math.Abs(p.TPOT.Mean-2.25) > 1e-5 {
		t.Errorf("TTFT %g, TPOT %g of a fleet", p.TTFT.Mean, p.TPOT.Mean)
	}
}

// A request alone passes all stages: as fast as without. As many as stages, each a micro-batch, are served as many
// times as fast.
func TestPipelineLimits(t *testing.T) {
	flat := ClockFunc(func(State) float64 { return 0.1 })
	e := Engine{BatchedTokens: 2048, Sequences: 64}
	l := Load{Concurrency: 1, Waves: 20, Input: 100, Output: 50}
	one, err := Simulate(l, e, flat)
	if err != nil {
		t.Fatal(err)
	}
	e.Stages = 4
	alone, err := Simulate(l, e, flat)
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(alone.TTFT.Mean-one.TTFT.Mean) > 1e-9 || math.Abs(alone.TPOT.Mean-one.TPOT.Mean) > 1e-9 {
		t.Errorf("alone: TTFT %g and %g, TPOT %g and %g", alone.TTFT.Mean, one.TTFT.Mean, alone.TPOT.Mean, one.TPOT.Mean)
	}
	l.Concurrency = 4
	full, err := Simulate(l, e, flat)
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(full.Output/one.Output-4) > 0.02 || math.Abs(full.TPOT.Mean-one.TPOT.Mean) > 1e-9 {
		t.Errorf("full: %g tok/s, alone %g; TPOT %g and %g", full.Output, one.Output, full.TPOT.Mean, one.TPOT.Mean)
	}
}

// Little's law holds in a pipeline, equal seeds give equal bytes, and its micro-batches are never faster than as many
// engines with devices of their own.
func TestPipelines(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := loads(t)
		e := usual()
		e.Arrive, e.Stages = 0, rapid.IntRange(2, 8).Draw(t, "stages")
		r, err := Simulate(l, e, plain)
		if err != nil {
			t.Fatal(err)
		}
		if want := r.Rate * r.E2E.Mean; math.Abs(r.InFlight/want-1) > 1e-6 {
			t.Fatalf("%g in flight, %g by Little's law", r.InFlight, want)
		}
		again, err := Simulate(l, e, plain)
		if err != nil || fmt.Sprintf("%+v", r) != fmt.Sprintf("%+v", again) {
			t.Fatalf("%+v, then %+v, %v", r, again, err)
		}
		stages := e.Stages
		e.Stages = 0
		apart, err := Replicated(l, e, plain, stages)
		if err != nil {
			t.Fatal(err)
		}
		if l.Arrival == Closed && r.Output > apart.Output*1.1 {
			t.Fatalf("%g tok/s of %d stages, %g of as many engines", r.Output, stages, apart.Output)
		}
	})
}

func BenchmarkPipeline(b *testing.B) {
	e := usual()
	e.Stages = 4
	l := Load{Concurrency: 128, Input: 500, Output: 1000, Spread: 0.2}
	b.ReportAllocs()
	tokens := 0.
	for b.Loop() {
		r, err := Simulate(l, e, plain)
		if err != nil {
			b.Fatal(err)
		}
		tokens += r.Output * r.Seconds
	}
	b.ReportMetric(tokens/b.Elapsed().Seconds(), "tokensteps/s")
}

// Rounds of a pipeline that are made at once are those that are made step by step, whatever the load and the scheduler,
// request by request.
func TestRoundsAreSteps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := loads(t)
		e := engines(t, l)
		e.Stages = rapid.IntRange(2, 6).Draw(t, "stages")
		e.Stream, e.Read = rapid.Float64Range(0, 1e-4).Draw(t, "stream"), rapid.Float64Range(0, 1e-5).Draw(t, "read")
		pipelines := rapid.IntRange(1, 2).Draw(t, "pipelines")
		if pipelines > 1 { // which of two equal loads takes the next request is a matter of rounding
			l.Input, l.Spread = l.Input+2000, max(l.Spread, 0.5)
			e.KVTokens *= 3
		}
		play := func(stepwise bool) (*run, Result) {
			r, err := prepare(l, pipelines)
			if err != nil {
				t.Fatal(err)
			}
			r.stepwise, r.build = stepwise, func(r *run) {
				r.front = r.add(nil, e, plain, pipelines)
				r.all = r.front
			}
			out, err := r.play()
			if err != nil {
				t.Fatal(err)
			}
			return r, out
		}
		x, a := play(true)
		y, b := play(false)
		near := func(u, v float64) bool { return math.Abs(u-v) <= 1e-6*(1e-3+math.Abs(u)) }
		for i := range x.requests {
			if p, q := &x.requests[i], &y.requests[i]; !near(p.first, q.first) || !near(p.last, q.last) {
				t.Fatalf("request %d: first %g and %g, last %g and %g", i, p.first, q.first, p.last, q.last)
			}
		}
		if a.Steps != b.Steps || a.Preemptions != b.Preemptions || a.Running != b.Running || a.Bind != b.Bind ||
			!near(a.InFlight, b.InFlight) || !near(a.KVPeak, b.KVPeak) {
			t.Fatalf("step by step %+v\nin rounds    %+v", a, b)
		}
	})
	l := Load{Concurrency: 8, Input: 500, Output: 1000, Spread: 0.2}
	e := usual()
	e.Stages = 4
	r, err := Simulate(l, e, plain)
	if err != nil || r.Advances*20 > r.Steps {
		t.Errorf("%d steps took %d advances, %v: hardly any round is made at once", r.Steps, r.Advances, err)
	}
}
