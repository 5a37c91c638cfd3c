package engine

import (
	"context"
	"testing"

	"fathom/sim/plan"
	"fathom/sim/sweep"
)

// A map of 50 x 50 plans of the main job: at most 1 s on two processors.
func BenchmarkMap(b *testing.B) { benchmarkMap(b, plan.SearchReference) }

// The same with every batch: 4 ms of a processor a plan.
func BenchmarkMapExhaustive(b *testing.B) { benchmarkMap(b, plan.SearchExhaustive) }

func benchmarkMap(b *testing.B, search plan.Search) {
	req := request(b, "Qwen/Qwen3-32B", flagship)
	req.Search = search
	axes, err := sweep.Parse([]string{"input-length=512..32k:log:50", "tpot-limit=10..100:50"}, req)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		out, err := Sweep(context.Background(), req, axes, nil)
		if err != nil || len(out.Cells) != 2500 {
			b.Fatal(err)
		}
	}
}
