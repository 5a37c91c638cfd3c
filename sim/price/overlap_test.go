package price

import (
	"math"
	"testing"

	"fathom/sim/pass"
	"fathom/sim/plan"
	"fathom/sim/traffic"
)

// Two halves by hand, of ten exchanges a pass: each half computes for so long and is on the way for so long.
func TestOverlappedHalves(t *testing.T) {
	half := func(work, exchange float64) pass.Result {
		return pass.Result{Seconds: work + exchange, Exchange: exchange, Bound: pass.Bound{Mem: work, Comm: exchange}}
	}
	for _, x := range []struct {
		name          string
		a, b          pass.Result
		want, exposed float64
	}{
		{"the exchange is shorter: all of it hides but the last", half(10, 4), half(10, 4), 20.4, 0.4},
		{"the exchange is longer: all work hides but the first", half(4, 10), half(4, 10), 20.4, 12.4},
		{"nothing to hide", half(10, 0), half(10, 0), 20, 0},
		{"one half alone is longer than both by turns", half(10, 10), half(1, 1), 20, 9},
	} {
		r := overlapped(x.a, x.b, 10)
		if math.Abs(r.Seconds-x.want) > 1e-12 || math.Abs(r.Exchange-x.exposed) > 1e-12 {
			t.Errorf("%s: %g s, %g exposed, want %g, %g", x.name, r.Seconds, r.Exchange, x.want, x.exposed)
		}
		if b := r.Bound; math.Abs(b.Mem+b.Comm+b.Cube+b.Vec+b.Static-r.Seconds) > 1e-12 {
			t.Errorf("%s: bounds %+v do not add up to %g", x.name, b, r.Seconds)
		}
	}
}

// wide is DeepSeek-V3.1 over 32 replicas whose experts are spread over all of them.
func wide(t *testing.T, f plan.Fidelity, change func(*pass.Setup)) Pricer {
	t.Helper()
	s := setup(t, "deepseek-ai/DeepSeek-V3.1", map[plan.Fidelity]string{plan.Corrected: "ATLAS_800_A3_752T_128G_DIE",
		plan.Calibrated: "H200_SXM"}[f], plan.Strategy{TP: 1, PP: 1, DP: 32, EP: 32, MoETP: 1, MoEDP: 1, DCP: 1})
	s.Fidelity, s.Options.Compile = f, true
	if f == plan.Corrected {
		s.Quant.Linear = plan.W8A8Dynamic
	}
	change(&s)
	p, err := New(Setup{Setup: s})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Half batches are never better than the longer of computing and exchanging all, nor than half of the whole; they lose
// where weights are all that a step reads, and change nothing where a rank has one request.
func TestHalfBatches(t *testing.T) {
	for _, f := range []plan.Fidelity{plan.Corrected, plan.Calibrated} {
		whole, halves := wide(t, f, func(*pass.Setup) {}), wide(t, f, func(s *pass.Setup) { s.Strategy.TwoBatch = true })
		for _, each := range []int{1, 2, 16, 64, 256} {
			shape := pass.Shape{Decode: true, Requests: 32 * each, Query: 1, Total: 3000}
			a, b := whole.Uniform(shape), halves.Uniform(shape)
			least := math.Max(a.Seconds-a.Exchange, a.Exchange)
			switch {
			case a.Exchange <= 0:
				t.Errorf("%v, %d each: no exchange", f, each)
			case each == 1 && a.Seconds != b.Seconds:
				t.Errorf("%v: one request each cannot be halved: %g s, %g", f, b.Seconds, a.Seconds)
			case each == 2 && b.Seconds <= a.Seconds:
				t.Errorf("%v: two half batches pay at one request each: %g s, %g", f, b.Seconds, a.Seconds)
			case b.Seconds < least*(1-1e-9):
				t.Errorf("%v, %d each: %g s, but %g are needed", f, each, b.Seconds, least)
			case b.Memory != a.Memory:
				t.Errorf("%v, %d each: memory %+v, %+v", f, each, b.Memory, a.Memory)
			}
			var sum float64
			for _, r := range halves.Table(shape).Rows {
				sum += r.Seconds
			}
			if math.Abs(sum/b.Seconds-1) > 1e-9 {
				t.Errorf("%v, %d each: rows add up to %g, not %g", f, each, sum, b.Seconds)
			}
			clock := halves.Clock().Seconds(traffic.State{Decoding: 32 * each, Width: 1, Context: float64(32*each) * 3000})
			if clock > b.Seconds*(1+1e-9) || clock < b.Seconds*0.5 {
				t.Errorf("%v, %d each: a scheduler's step takes %g s, a pass %g", f, each, clock, b.Seconds)
			}
		}
		prompt := pass.Shape{Requests: 32 * 8, Query: 2000, Total: 2000}
		if a, b := whole.Uniform(prompt), halves.Uniform(prompt); f == plan.Corrected && b.Seconds >= a.Seconds {
			t.Errorf("%v: long prompts hide nothing: %g s, %g", f, b.Seconds, a.Seconds)
		}
	}
}

// The fullest rank's rows are what a load makes longer: twice the mean computes twice as long, and what reads weights
// stays. Copies take memory of every rank: one expert more on each of 58 layers.
func TestLoadsAndCopies(t *testing.T) {
	for _, f := range []plan.Fidelity{plan.Corrected, plan.Calibrated} {
		even := wide(t, f, func(*pass.Setup) {})
		prompt, decode := pass.Shape{Requests: 32 * 8, Query: 2000, Total: 2000},
			pass.Shape{Decode: true, Requests: 32, Query: 1, Total: 2000}
		base, step := even.Uniform(prompt), even.Uniform(decode)
		if f == plan.Corrected {
			one := wide(t, f, func(s *pass.Setup) { s.Busiest = 1 }).Uniform(prompt)
			if one.Seconds != base.Seconds {
				t.Errorf("a load of one mean is %g s, even %g", one.Seconds, base.Seconds)
			}
		}
		twice := wide(t, f, func(s *pass.Setup) { s.Busiest = 2 })
		more := wide(t, f, func(s *pass.Setup) { s.Busiest = 3 })
		if d, e := twice.Uniform(prompt).Seconds-base.Seconds, more.Uniform(prompt).Seconds-base.Seconds; d <= 0 ||
			math.Abs(e/d-2) > 0.01 {
			t.Errorf("%v: twice the mean adds %g s to a prefill, three times %g", f, d, e)
		}
		if got := twice.Uniform(decode).Seconds; got < step.Seconds || got > 1.05*step.Seconds {
			t.Errorf("%v: a decode step of one request each takes %g s with a load of twice the mean, %g without", f, got,
				step.Seconds)
		}
		copies := wide(t, f, func(s *pass.Setup) { s.Strategy.RedundantExperts = 32 }).Uniform(decode)
		const matrices = 58 * 3 * 7168 * 2048
		if got := (copies.Memory.Weight - step.Memory.Weight) / matrices; got < 1 || got > 2.01 {
			t.Errorf("%v: a copy on every rank takes %g bytes a weight", f, got)
		}
	}
}
