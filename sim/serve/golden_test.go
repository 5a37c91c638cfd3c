package serve

import (
	"math"
	"testing"

	"fathom/sim/pass"
	"fathom/sim/plan"
	"fathom/sim/report"
)

// synthetic is the forward that the golden vectors of search-and-serving, appendix A, were made with on the original
// classes.
type synthetic struct {
	tp, dp int
	total  float64 // GiB
	calls  int
}

const gib = 1 << 30

func (s *synthetic) price(decode bool, n, q, context float64) pass.Result {
	tp := float64(s.tp)
	work := 1e-5 * n * context / tp
	if !decode {
		work *= q / 50
	}
	free := s.total - 10 - n*context*0.00014/tp - n*q*0.0002 - 10
	return pass.Result{
		Seconds: (3 + 0.05*n*q/tp + work) / 1000,
		Memory:  pass.Memory{Total: s.total * gib, Weight: 10 * gib, Reserved: 10 * gib, Available: free * gib},
	}
}

func (s *synthetic) Uniform(shape pass.Shape) pass.Result {
	s.calls++
	n := (shape.Requests + s.dp - 1) / s.dp
	return s.price(shape.Decode, float64(n), float64(shape.Query), float64(shape.Total))
}

func (s *synthetic) Mixed(pieces []pass.Piece) pass.Result {
	s.calls++
	var r pass.Result
	for _, p := range pieces {
		one := s.price(p.Decode, 1, float64(p.Query), float64(p.Total))
		r.Seconds += one.Seconds
		r.Memory = one.Memory
	}
	return r
}

// golden are the best points of the golden vectors; the probe sequences are tested in the search.
var golden = []struct {
	id             string
	load           Load
	total          float64
	ttft, tpot     float64 // limits, ms
	batch, c       int
	wantTTFT       float64
	wantTPOT       float64
	wantThroughput float64
}{
	{"G1", Load{TP: 1, DP: 2, Input: 2048, Output: 512, Budget: 8192}, 64, 3000, 50, 53, 106, 2960.782, 12.654, 8376.515},
	{"G2", Load{TP: 2, DP: 1, Input: 2048, Output: 512, HitRate: 0.5, Budget: 8192}, 64, 0, 30, 272, 272, 3651.180, 20.066,
		13555.260},
	{"G3", Load{TP: 1, DP: 2, Input: 4096, Output: 64, Budget: 1500}, 64, 0, 200, 16, 32, 3182.619, 12.590, 512.773},
	{"G4", Load{TP: 1, DP: 1, Input: 4096, Output: 64, Budget: 1024, MTP: 3}, 64, 0, 60, 16, 16, 3089.563, 8.580, 281.209},
	{"G5", Load{Phase: plan.PhasePrefill, TP: 1, DP: 2, Input: 4096, Output: 256, Budget: 4096, HandOff: 0.005}, 64, 2000,
		0, 17, 34, 1905.399, 0, 38742.100},
	{"G6", Load{Phase: plan.PhasePrefill, TP: 2, DP: 2, Input: 4096, Output: 256, HitRate: 0.25, Budget: 1000}, 64, 3000,
		0, 34, 68, 2925.343, 0, 94442.711},
	{"G7", Load{Phase: plan.PhaseDecode, TP: 2, DP: 2, Input: 4096, Output: 512, HitRate: 0.5, Budget: 16384}, 64, 0, 20,
		144, 288, 0, 9.734, 29586.528},
	{"G8", Load{Phase: plan.PhaseDecode, TP: 1, DP: 1, Input: 4096, Output: 512, Budget: 16384, MTP: 3}, 64, 0, 20, 72, 72,
		0, 7.081, 10167.352},
	{"G11", Load{TP: 1, DP: 1, Input: 2048, Output: 512, Budget: 8192}, 24, 0, 0, 12, 12, 831.911, 5.501, 2181.253},
	{"G12", Load{TP: 1, DP: 1, Input: 2048, Output: 1, Budget: 1024}, 64, 0, 0, 8, 8, 681.065, 0, 9.172},
}

func TestGoldenVectors(t *testing.T) {
	for _, g := range golden {
		t.Run(g.id, func(t *testing.T) {
			load := g.load
			load.Accepted = Accepted(load.MTP, []float64{0.9, 0.6, 0.4, 0.2})
			var e Evaluator
			e.Prepare(load, &synthetic{tp: load.TP, dp: load.DP, total: g.total}, nil)
			p, done := e.At(g.batch)
			if !done || p.Concurrency != g.c {
				t.Fatalf("done %v, concurrency %d, want %d", done, p.Concurrency, g.c)
			}
			near(t, "TTFT", 1000*p.TTFT, g.wantTTFT)
			near(t, "TPOT", 1000*p.TPOT, g.wantTPOT)
			near(t, "throughput", p.Throughput, g.wantThroughput)

			limits := Limits{TTFT: g.ttft / 1000, TPOT: g.tpot / 1000}
			if s := limits.Judge(&p); s != report.OK {
				t.Errorf("status %s", s)
			}
		})
	}
}

// near compares with a figure printed to three decimals.
func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 0.00051 {
		t.Errorf("%s %.4f, want %.4f", what, got, want)
	}
}

// The step from budget 2048 to 2047 at a prompt of 2048 tokens changes the model and with it the figures
// (search-and-serving 3.5 d).
func TestChunkingChangesTheDefinitions(t *testing.T) {
	load := Load{TP: 1, DP: 1, Input: 2048, Output: 256, Accepted: 1}
	for _, c := range []struct {
		budget                 int
		ttft, tpot, throughput float64
	}{{2048, 1752.9, 12.14, 2635}, {2047, 3402.6, 5.30, 1723}} {
		load.Budget = c.budget
		var e Evaluator
		e.Prepare(load, &synthetic{tp: 1, dp: 1, total: 1e6}, nil)
		p, _ := e.At(32)
		if math.Abs(1000*p.TTFT-c.ttft) > 0.05 || math.Abs(1000*p.TPOT-c.tpot) > 0.005 ||
			math.Abs(p.Throughput-c.throughput) > 0.5 {
			t.Errorf("budget %d: %.2f ms, %.3f ms, %.1f tok/s; want %v", c.budget, 1000*p.TTFT, 1000*p.TPOT, p.Throughput, c)
		}
	}
}

func TestSchedulerVectors(t *testing.T) {
	for _, c := range []struct{ budget, ready, waiting, chunk, prompts, answers int }{
		{4000, 512, 1, 4000, 1, 512},
		{4000, 700, 1, 4000, 0, 700},
		{100, 500, 3, 10, 1, 100}, // the budget caps the answers, its slack still holds one prompt of ten tokens
		{100, 0, 20, 10, 11, 0},
	} {
		p, d := admit(c.budget, c.ready, c.waiting, c.chunk)
		if p != c.prompts || d != c.answers {
			t.Errorf("%+v: got %d prompts, %d answers", c, p, d)
		}
	}
}
