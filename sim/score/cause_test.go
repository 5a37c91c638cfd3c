package score

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"fathom/hw"
	"fathom/hw/unraced"
)

// Runs are played with one thing other than they say and three percent of noise on every figure; the cause is found
// again, first or second, in nine of ten.
func TestKnownCausesAreFoundAgain(t *testing.T) {
	unraced.Skip(t)
	table, err := names()
	if err != nil {
		t.Fatal(err)
	}
	o := &oracle{table: table, find: hw.Find, seed: 3}
	random := rand.New(rand.NewPCG(7, 8))
	rows := []Row{
		{Model: "Qwen/Qwen3-32B", Device: "H200_SXM", Engine: "vllm", Precision: "fp8", Input: 2000, Output: 400,
			Concurrency: 48, Side: Side{TP: 2}},
		{Model: "meta-llama/Meta-Llama-3.1-70B", Device: "H100_SXM", Engine: "sglang", Precision: "fp8", Input: 1024,
			Output:      512,
			Concurrency: 32, Side: Side{TP: 4}},
		{Model: "openai/gpt-oss-120b", Device: "B200_SXM", Engine: "vllm", Precision: "mxfp4", Input: 6000, Output: 300,
			Concurrency: 24, Side: Side{TP: 2}},
	}
	truths := []struct {
		key    string
		values []float64
	}{{"prefix", []float64{0.5, 0.85}}, {"speculation", []float64{0.7, 1.6}}, {"interval", []float64{10, 20}},
		{"stall", []float64{5, 25}}, {"room", []float64{0.1, 0.04}}, {"outputs", []float64{0.3, 0.6}},
		{"tp", []float64{1, 8}}}
	var all, found int
	var missed []string
	for _, base := range rows {
		base.Path, base.ID, base.Requests = base.Model, "played", 10*base.Concurrency
		base.Side.fill(0)
		for _, truth := range truths {
			for _, v := range truth.values {
				g := guesses[indexOf(truth.key)]
				row := base
				g.set(&row.change, v)
				p, err := o.predict(&row)
				if err != nil {
					continue // another TP does not fit everywhere
				}
				noise := func(x float64) float64 { return x * math.Exp(0.03*random.NormFloat64()) }
				row.change = change{}
				row.Measured = Figures{noise(p.TTFT), noise(p.TPOT), noise(p.Throughput)}
				row.Percentiles.TTFT, row.Percentiles.TPOT = p.Traffic.TTFT, p.Traffic.TPOT
				plain, err := o.predict(&row)
				if err != nil || gap(&row, &plain) < 2*smallGap {
					continue // nothing to see, as a KV room that was never full
				}
				all++
				d := o.diagnose(context.Background(), &Scored{Row: &row, Predicted: &plain})
				if d != nil && (d.Causes[0].Key == truth.key || len(d.Causes) > 1 && d.Causes[1].Key == truth.key) {
					found++
					continue
				}
				miss := fmt.Sprintf("%s %s %g (gap %.2f):", base.Model, truth.key, v, gap(&row, &plain))
				if d != nil {
					for _, c := range d.Causes[:min(3, len(d.Causes))] {
						miss += fmt.Sprintf(" %s %.3g %.0f%%", c.Key, c.Value, 100*c.Explains)
					}
				}
				missed = append(missed, miss)
			}
		}
	}
	t.Logf("%d of %d found", found, all)
	if all < 25 || float64(found) < 0.9*float64(all) {
		for _, m := range missed {
			t.Error(m)
		}
	}
}

func indexOf(key string) int {
	for i, g := range guesses {
		if g.key == key {
			return i
		}
	}
	return -1
}
