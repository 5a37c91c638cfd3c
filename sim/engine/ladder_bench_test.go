package engine

import (
	"context"
	"testing"

	"fathom/sim/plan"
)

// BenchmarkLadder climbs the ladder of the main job: two searches by closed forms and one of played runs, of which
// `fathom plan` waits for all.
func BenchmarkLadder(b *testing.B) {
	req := request(b, "Qwen/Qwen3-32B", flagship)
	req.Search = plan.SearchReference
	rep, err := Embedded{}.Run(context.Background(), req, nil)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		Climb(context.Background(), rep, nil)
		if len(rep.Devices[0].Ladder) < 3 {
			b.Fatal(rep.Devices[0].Ladder)
		}
	}
}
