package search

import (
	"sync/atomic"
	"testing"

	"fathom/hw/unraced"
	"fathom/sim/model"
)

// No played run of the smallest batch is below what one request alone takes, which decides without playing.
func TestOneRequestAloneIsTheLeast(t *testing.T) {
	unraced.Skip(t)
	for k, name := range []string{"Qwen/Qwen3-8B", "Qwen/Qwen3-30B-A3B", "Qwen/Qwen3-8B"} {
		for _, length := range [][2]int{{1024, 128}, {30000, 60}, {100, 20}, {9000, 600}} {
			req := chat(t)
			m, err := model.Find(name)
			if err != nil {
				t.Fatal(err)
			}
			req.Model, req.Devices, req.InputLength, req.OutputLength = m, 8, length[0], length[1]
			req.TTFTLimit, req.TPOTLimit, req.MaxBatchedTokens = 1e9, 1e9, []int{8192, 8192, 512}[k]
			r := newRun(req, measured, new(atomic.Bool))
			if err := r.prepare(); err != nil {
				t.Fatal(err)
			}
			j := r.jobs[0][0]
			j.smallest = true
			for i := range j.tuples {
				w := &worker{}
				w.search(j, i)
				if w.played == nil || w.played.bench == nil || len(w.points) == 0 {
					continue
				}
				p := w.points[len(w.points)-1]
				e, err := w.played.bench.Least()
				if p.played == nil || err != nil {
					continue
				}
				if e.TTFT > p.TTFT || e.TPOT > p.TPOT || e.TTFT <= 0 {
					t.Errorf("%s %v %s, budget %d: TTFT %.4g (played %.4g), TPOT %.4g (played %.4g)", name, length,
						j.tuples[i].label, p.budget, e.TTFT, p.TTFT, e.TPOT, p.TPOT)
				}
			}
		}
	}
}

// The budget of a pipeline's steps that the closed form chooses serves within a tenth of the best that was played.
func TestSmoothestBudgetServesMost(t *testing.T) {
	unraced.Skip(t)
	for _, length := range [][2]int{{2000, 500}, {8000, 100}, {200, 1000}} {
		req := chat(t)
		req.Devices, req.InputLength, req.OutputLength, req.PP, req.TP = 4, length[0], length[1], sizes(2), sizes(2)
		req.TTFTLimit, req.TPOTLimit = 4000, 40
		best := 0.
		for _, budget := range []int{8192, 2048, 512} {
			own := *req
			own.MaxBatchedTokens = budget
			if b := answer(t, &own, measured).Devices[0].Aggregation.Best; b != nil {
				best = max(best, b.Throughput)
			}
		}
		if got := answer(t, req, measured).Devices[0].Aggregation.Best; got == nil || got.Throughput < 0.9*best {
			t.Errorf("%v: %+v, the best of all budgets %.0f tok/s", length, got, best)
		}
	}
}
