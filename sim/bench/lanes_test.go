package bench

import (
	"math"
	"testing"

	"fathom/sim/traffic"
)

// Worked out by hand: every step takes 0.1 s, and a request of one token takes one, so that each in flight makes ten
// tokens a second, whichever of eight lanes it is in. A lane that has none makes none.
func TestRequestsThatLanesDoNotShareEvenly(t *testing.T) {
	flat := traffic.ClockFunc(func(traffic.State) float64 { return 0.1 })
	b := &Bench{clock: flat, engine: traffic.Engine{BatchedTokens: 4096, Sequences: 64},
		lengths: Lengths{Input: 100, Output: 1}, lanes: 8}
	for _, n := range []int{1, 3, 8, 12, 16} {
		r, err := b.Closed(n)
		if err != nil {
			t.Fatal(err)
		}
		if want := float64(n); math.Abs(r.Output-10*want) > 1e-6*want || math.Abs(r.Rate-10*want) > 1e-6*want ||
			math.Abs(r.InFlight-want) > 1e-6*want || math.Abs(r.TTFT.Mean-0.1) > 1e-9 || r.Requests != Waves*n {
			t.Errorf("%d: %.3f tok/s, %.3f requests/s, %.3f in flight, %d requests, TTFT %g", n, r.Output, r.Rate,
				r.InFlight, r.Requests, r.TTFT.Mean)
		}
	}
	// One request passes the stages of a pipeline by itself: eight micro-batches are not eight requests.
	b.lanes, b.engine.Stages = 1, 8
	if r, err := b.Closed(1); err != nil || math.Abs(r.Output-10) > 1e-6 || math.Abs(r.InFlight-1) > 1e-6 {
		t.Errorf("alone in a pipeline: %.3f tok/s, %.3f in flight, %v", r.Output, r.InFlight, err)
	}
}
