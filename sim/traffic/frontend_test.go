package traffic

import (
	"math"
	"testing"
)

// One request of 100 tokens and 11 answers; every step takes 10 ms. Reading takes 100 ms, so that the first token is
// made after 110 ms and the last one after 210.
func TestFrontEndOfOneRequest(t *testing.T) {
	clock := ClockFunc(func(State) float64 { return 10e-3 })
	load := Load{Concurrency: 1, Waves: 1, Input: 100, Output: 11}
	for _, c := range []struct {
		stream      float64
		interval    int
		atOnce      bool
		first, last float64
	}{
		{0, 1, false, 110e-3, 210e-3},
		{5e-3, 1, false, 115e-3, 215e-3},   // keeps up
		{20e-3, 1, false, 130e-3, 330e-3},  // 11 messages of 20 ms each, begun when the first token was made
		{50e-3, 10, true, 115e-3, 215e-3},  // ten tokens a message
		{0, 10, false, 200e-3, 210e-3},     // the first message holds ten tokens
		{0, 10, true, 110e-3, 210e-3},      // the first token goes at once
		{200e-3, 10, true, 130e-3, 330e-3}, // messages are made faster than sent
	} {
		e := Engine{BatchedTokens: 1000, Sequences: 8, Read: 1e-3, Stream: c.stream, Interval: c.interval, AtOnce: c.atOnce}
		r, err := Simulate(load, e, clock)
		if err != nil {
			t.Fatal(err)
		}
		if tpot := (c.last - c.first) / 10; math.Abs(r.TTFT.Mean-c.first) > 1e-9 || math.Abs(r.TPOT.Mean-tpot) > 1e-9 {
			t.Errorf("stream %g by %d: TTFT %g, TPOT %g, want %g and %g", c.stream, c.interval, r.TTFT.Mean, r.TPOT.Mean,
				c.first, tpot)
		}
	}
}

// A front end that is the bottleneck sets the throughput: tokens and prompts at their times, whatever the devices do;
// what waits is seen before the first token.
func TestFrontEndSaturates(t *testing.T) {
	clock := ClockFunc(func(s State) float64 { return 1e-3 })
	load := Load{Concurrency: 64, Input: 100, Output: 100, Waves: 20}
	e := Engine{BatchedTokens: 8192, Sequences: 64, Read: 10e-6, Stream: 100e-6}
	r, err := Simulate(load, e, clock)
	if err != nil {
		t.Fatal(err)
	}
	if want := 1 / (100e-6 + 10e-6); math.Abs(r.Output/want-1) > 0.03 {
		t.Errorf("%g tokens a second, want %g", r.Output, want)
	}
	e.Read, e.Stream = 0, 0
	free, err := Simulate(load, e, clock)
	if err != nil {
		t.Fatal(err)
	}
	if r.TTFT.Mean < 2*free.TTFT.Mean {
		t.Errorf("TTFT %g, without a front end %g", r.TTFT.Mean, free.TTFT.Mean)
	}
	// Runs of equal steps book the same work as the steps one by one.
	e.Read, e.Stream = 10e-6, 12e-6
	fast, err := Simulate(load, e, clock)
	if err != nil {
		t.Fatal(err)
	}
	slow, err := prepare(load, 1)
	if err != nil {
		t.Fatal(err)
	}
	slow.front = []*replica{{engine: e, clock: clock, requests: slow.requests, gain: e.gain()}}
	slow.all, slow.stepwise = slow.front, true
	steps, err := slow.play()
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(fast.TTFT.Mean/steps.TTFT.Mean-1) > 1e-4 || math.Abs(fast.TPOT.Mean/steps.TPOT.Mean-1) > 1e-4 {
		t.Errorf("at once %v %v, one by one %v %v", fast.TTFT, fast.TPOT, steps.TTFT, steps.TPOT)
	}
}
