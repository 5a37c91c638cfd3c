package serve

import (
	"math"
	"testing"

	"fathom/sim/pass"
	"fathom/sim/plan"
	"fathom/sim/report"
)

// fixed answers every shape with a time and a memory of its own choosing.
type fixed func(pass.Shape) pass.Result

func (f fixed) Uniform(s pass.Shape) pass.Result { return f(s) }
func (f fixed) Mixed([]pass.Piece) pass.Result   { return pass.Result{} }

func at(t *testing.T, l Load, f Forward, batch int) Point {
	t.Helper()
	var e Evaluator
	e.Prepare(l, f, nil)
	p, done := e.At(batch)
	if !done {
		t.Fatal("stopped")
	}
	return p
}

func TestAcceptedTokens(t *testing.T) {
	rates := []float64{0.9, 0.6, 0.4, 0.2}
	for n, want := range []float64{1, 1.9, 2.5, 2.9, 3.1, 3.1} {
		if got := Accepted(n, rates); math.Abs(got-want) > 1e-12 {
			t.Errorf("%d draft tokens yield %v, want %v", n, got, want)
		}
	}
}

func TestEffectiveLength(t *testing.T) {
	for _, c := range []struct {
		input int
		rate  float64
		want  int
	}{{3000, 0.4, 1800}, {4096, 0, 4096}, {1, 0.999, 1}, {7, 0.5, 4}} {
		if got := Effective(c.input, c.rate); got != c.want {
			t.Errorf("%d tokens at %v: %d, want %d", c.input, c.rate, got, c.want)
		}
	}
}

// The run of search-and-serving 3.4: Qwen3-8B, two devices as two replicas, 2048 tokens in, 512 out, budget 8192. The
// three forward times are the tool's.
func TestWavesOfTheReference(t *testing.T) {
	f := fixed(func(s pass.Shape) pass.Result {
		switch {
		case s.Decode:
			return pass.Result{Seconds: 27.3855 / 1000}
		case s.Requests == 8:
			return pass.Result{Seconds: 531.8168 / 1000}
		}
		return pass.Result{Seconds: 400.4968 / 1000}
	})
	l := Load{TP: 1, DP: 2, Input: 2048, Output: 512, Budget: 8192, Accepted: 1}
	p := at(t, l, f, 40)
	if math.Abs(1000*p.TTFT-2924.99) > 0.005 || math.Abs(1000*p.TPOT-33.098) > 0.0005 ||
		math.Abs(p.Throughput-2417.04) > 0.02 {
		t.Errorf("b=40: %.3f ms, %.4f ms, %.3f tok/s", 1000*p.TTFT, 1000*p.TPOT, p.Throughput)
	}
	if p = at(t, l, f, 39); math.Abs(1000*p.TTFT-2853.53) > 0.005 {
		t.Errorf("b=39, with a smaller last wave: %.3f ms, want 2853.53", 1000*p.TTFT)
	}
}

// Chapter 4: Qwen3-0.6B, two replicas, six waves of two prompts, hand-off 5 ms: makespan 388.05, TTFT 228.45, 126 663
// tok/s.
func TestPrefillWavesOfTheReference(t *testing.T) {
	f := fixed(func(s pass.Shape) pass.Result { return pass.Result{Seconds: (388.05 - 5) / 6 / 1000} })
	l := Load{Phase: plan.PhasePrefill, TP: 1, DP: 2, Input: 4096, Output: 16, Budget: 4096, HandOff: 0.005}
	p := at(t, l, f, 6)
	if math.Abs(1000*p.Makespan-388.05) > 0.005 || math.Abs(1000*p.TTFT-228.45) > 0.02 ||
		math.Abs(p.Throughput-126663) > 5 {
		t.Errorf("makespan %.3f, TTFT %.3f, %.0f tok/s", 1000*p.Makespan, 1000*p.TTFT, p.Throughput)
	}
	// The reference divides by the mean TTFT, corrected by the makespan.
	if q := p.QPS(&l); math.Abs(q-52.53) > 0.005 {
		t.Errorf("%.3f req/s, want 52.53", q)
	}
	l.Switches.MakespanQPS = true
	if q := p.QPS(&l); math.Abs(q-30.92) > 0.005 {
		t.Errorf("%.3f req/s over the makespan, want 30.92", q)
	}
}

// Chapters 4 and 6: DeepSeek-V3.1, 16 requests; one decode step with its draft tokens takes the raw time.
func TestDecodeOfTheReference(t *testing.T) {
	for _, c := range []struct {
		mtp             int
		raw, tpot, rate float64
	}{{0, 59.4468, 59.4468, 269.15}, {1, 96.72, 50.91, 314.30}, {3, 101.83, 35.11, 455.66}} {
		f := fixed(func(s pass.Shape) pass.Result {
			if s.Query != c.mtp+1 || s.Total != 2048+256+c.mtp+1 || !s.Decode {
				t.Errorf("shape %+v", s)
			}
			return pass.Result{Seconds: c.raw / 1000}
		})
		l := Load{Phase: plan.PhaseDecode, TP: 4, DP: 4, Input: 2048, Output: 512, MTP: c.mtp,
			Accepted: Accepted(c.mtp, []float64{0.9, 0.6, 0.4, 0.2})}
		p := at(t, l, f, 4)
		if math.Abs(1000*p.TPOT-c.tpot) > 0.005 || math.Abs(p.Throughput-c.rate) > 0.02 || p.Chunks != 0 {
			t.Errorf("MTP %d: %.3f ms, %.3f tok/s", c.mtp, 1000*p.TPOT, p.Throughput)
		}
	}
}

func TestHandOffIsAddedOncePerPhase(t *testing.T) {
	f := fixed(func(s pass.Shape) pass.Result { return pass.Result{Seconds: 0.010} })
	l := Load{Phase: plan.PhaseDecode, TP: 1, DP: 1, Input: 100, Output: 10, HandOff: 0.002, Accepted: 2}
	if p := at(t, l, f, 1); math.Abs(p.TPOT-0.006) > 1e-12 {
		t.Errorf("TPOT %v, want (10 + 2)/2 ms", p.TPOT)
	}
	l.Phase, l.Budget = plan.PhasePrefill, 100
	if p := at(t, l, f, 1); math.Abs(p.TTFT-0.012) > 1e-12 {
		t.Errorf("TTFT %v, want 10 + 2 ms", p.TTFT)
	}
}

func TestLimitsAreTestedInOrder(t *testing.T) {
	limits := Limits{TTFT: 1, TPOT: 0.05}
	for _, c := range []struct {
		p    Point
		want report.Status
	}{
		{Point{TTFT: 1, TPOT: 0.05}, report.OK}, // equality passes
		{Point{TTFT: 2, TPOT: 0.06}, report.OverTPOT},
		{Point{TTFT: 2, TPOT: 0.05}, report.OverTTFT},
		{Point{TTFT: 2, TPOT: 0.06, Memory: pass.Memory{Available: -1}}, report.OOM},
		{Point{TTFT: 2, TPOT: 0.06, Short: DecodeShort}, report.OOM},
	} {
		if got := limits.Judge(&c.p); got != c.want {
			t.Errorf("%+v: %s, want %s", c.p, got, c.want)
		}
	}
	if got := (Limits{}).Judge(&Point{TTFT: 1e9, TPOT: 1e9}); got != report.OK {
		t.Errorf("without limits: %s", got)
	}
}

// The memory columns are those of the forward with least left: here the last, smaller wave has less than the full one.
func TestMemoryOfTheTightestForward(t *testing.T) {
	f := fixed(func(s pass.Shape) pass.Result {
		free := 5.0
		if !s.Decode && s.Requests == 1 {
			free = 3
		}
		return pass.Result{Seconds: 1, Memory: pass.Memory{KV: float64(s.Requests), Available: free}}
	})
	p := at(t, Load{TP: 1, DP: 1, Input: 100, Output: 10, Budget: 200, Accepted: 1}, f, 3)
	if p.Memory.Available != 3 || p.Memory.KV != 1 {
		t.Errorf("got %+v", p.Memory)
	}
}

func TestPrefillOutOfMemoryLosesThePoint(t *testing.T) {
	f := fixed(func(s pass.Shape) pass.Result {
		if s.Decode {
			t.Error("decode must not be priced")
		}
		return pass.Result{Seconds: 1, Memory: pass.Memory{Available: -1}}
	})
	p := at(t, Load{TP: 1, DP: 1, Input: 100, Output: 10, Budget: 200, Accepted: 1}, f, 3)
	if p.Short != PrefillShort || !math.IsInf(p.TTFT, 1) || !math.IsInf(p.TPOT, 1) || p.Throughput != 0 {
		t.Errorf("got %+v", p)
	}
}

// A breakdown counts each wave equally, whatever its length, and its four classes sum to one.
func TestSharesOfWaves(t *testing.T) {
	f := fixed(func(s pass.Shape) pass.Result {
		if s.Requests == 1 {
			return pass.Result{Seconds: 1, Bound: pass.Bound{Cube: 0.5, Static: 0.5}}
		}
		return pass.Result{Seconds: 4, Bound: pass.Bound{Mem: 1, Comm: 1, Cube: 1, Vec: 1}}
	})
	p := at(t, Load{TP: 1, DP: 1, Input: 100, Output: 10, Budget: 200, Accepted: 1}, f, 3)
	want := report.Shares{Mem: 0.125, Comm: 0.125, Cube: 0.625, Vec: 0.125, Static: 0.25}
	if p.Prefill != want {
		t.Errorf("got %+v, want %+v", p.Prefill, want)
	}
}

// Two stages of 6 and 4 seconds: three waves leave the pipeline at 10, 16 and 22; one answer comes round every 2 x 6
// seconds.
func TestPipelineBubbles(t *testing.T) {
	f := fixed(func(s pass.Shape) pass.Result {
		if s.Decode {
			if s.Requests != 3 {
				t.Errorf("a micro-batch of %d, want half of 6", s.Requests)
			}
			return pass.Result{Seconds: 10, Slowest: 6, Memory: pass.Memory{KV: 3, Available: 5}}
		}
		return pass.Result{Seconds: 10, Slowest: 6, Memory: pass.Memory{Available: 9}}
	})
	p := at(t, Load{TP: 1, PP: 2, DP: 1, Input: 100, Output: 10, Budget: 200, Accepted: 1}, f, 3)
	if p.Concurrency != 6 || p.TTFT != 16 || math.Abs(p.TPOT-(16+120)/10.0) > 1e-12 {
		t.Errorf("C %d, TTFT %v, TPOT %v; want 6, 16, 13.6", p.Concurrency, p.TTFT, p.TPOT)
	}
	if p.Memory.Available != 2 {
		t.Errorf("%v left, want 5 less the KV of the other micro-batch", p.Memory.Available)
	}
}
