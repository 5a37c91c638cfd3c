package search

import (
	"context"
	"math"
	"math/rand/v2"
	"sync/atomic"
	"testing"

	"fathom/hw"
	"fathom/sim/model"
	"fathom/sim/plan"
	"fathom/sim/report"
)

// No strategy serves more than the ceiling by which it is ruled out unplayed; a search for the best alone finds the
// best of all, and one for the best two both.
func TestCeilingIsAboveWhatIsPlayed(t *testing.T) {
	random := rand.New(rand.NewPCG(14, 1))
	between := func(low, high float64) int { return int(low * math.Pow(high/low, random.Float64())) }
	models := []string{"Qwen/Qwen3-8B", "Qwen/Qwen3-0.6B", "Qwen/Qwen3-30B-A3B"}
	devices := []string{"H100_SXM", "B200_SXM", "ATLAS_800_A3_752T_128G_DIE"}
	held, ruled := 0, 0
	requests := 12
	if testing.Short() {
		requests = 3 // each model once: they are for figures, and the race detector needs each kind of search once
	}
	for n := range requests {
		req := chat(t)
		var err error
		if req.Model, err = model.Find(models[n%3]); err != nil {
			t.Fatal(err)
		}
		if req.Profiles[0], err = hw.Find(devices[random.IntN(3)]); err != nil {
			t.Fatal(err)
		}
		req.Fidelity = plan.Calibrated
		req.Devices, req.InputLength, req.OutputLength = 4, between(100, 8000), between(40, 1000)
		req.TTFTLimit, req.TPOTLimit = float64(between(300, 8000)), float64(between(8, 100))
		req.MaxBatchedTokens = []int{0, 0, 0, 2048}[random.IntN(4)]
		r := newRun(req, measured, new(atomic.Bool))
		if err := r.prepare(); err != nil {
			t.Fatal(err)
		}
		j, w, most, second := r.jobs[0][0], &worker{}, 0.0, 0.0
		ceilings := make([]float64, len(j.tuples))
		for i := range j.tuples {
			f := w.search(j, i)
			if w.played == nil {
				t.Fatalf("%s is not played: %+v", j.tuples[i].label, f.outcome)
			}
			ceilings[i] = w.ceiling()
			own := 0.0
			for _, row := range f.rows {
				if row.Status != report.OK {
					continue
				}
				own = max(own, row.Throughput)
				if held++; row.Throughput > ceilings[i] {
					t.Errorf("%s, %d in, %d out: %s serves %.0f tok/s at batch %d, its ceiling is %.0f", req.Model.Name,
						req.InputLength, req.OutputLength, row.Label, row.Throughput, row.Batch, ceilings[i])
				}
			}
			most, second = max(most, own), max(second, min(most, own))
		}
		for _, c := range ceilings {
			if c < most {
				ruled++
			}
		}
		alone, err := Best(context.Background(), req, measured, 0, nil)
		if err != nil {
			t.Fatal(err)
		}
		lean := 0.0
		if b := alone.Devices[0].Aggregation.Best; b != nil {
			lean = b.Throughput
		}
		cells := NewCells(measured, nil)
		cells.Rivals = true
		both, err := cells.Answer(context.Background(), req)
		if err != nil {
			t.Fatal(err)
		}
		first, rival := 0.0, 0.0
		for _, c := range both.Devices[0].Aggregation.Candidates {
			first, rival = max(first, c.Throughput), max(rival, min(first, c.Throughput))
		}
		if first != most || rival != second {
			t.Errorf("%s, %d in, %d out: the two best serve %.0f and %.0f tok/s, of all %.0f and %.0f", req.Model.Name,
				req.InputLength, req.OutputLength, first, rival, most, second)
		}
		if lean != most {
			t.Errorf("%s, %d in, %d out: the best alone serves %.0f tok/s, the best of all %.0f", req.Model.Name,
				req.InputLength, req.OutputLength, lean, most)
		}
	}
	if !testing.Short() && (held < 100 || ruled < 10) {
		t.Errorf("only %d rows held, %d strategies ruled out", held, ruled)
	}
}
