package cli

import (
	"context"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"fathom/hw/unraced"
	"fathom/sim/engine"
)

// batchRange is a single batch as lines of these tests have it.
var batchRange = regexp.MustCompile(` --batch-range \d+`)

// TestLeanSearchFindsTheSameBest: a search for the best rows only looks at fewer points, and finds what a whole one
// does.
func TestLeanSearchFindsTheSameBest(t *testing.T) {
	unraced.Skip(t)
	const n = 150
	fewer, of := 0, 0
	seeds := []int{347, 392, 401, 473, 526} // closed forms promise less there than is served
	for seed := range n {
		seeds = append(seeds, seed)
	}
	for _, seed := range seeds {
		r := rand.New(rand.NewPCG(1600, uint64(seed)))
		a := random(r)
		a.devices = strings.Fields(a.devices)[0]
		if r.IntN(3) > 0 {
			a.rest = batchRange.ReplaceAllString(a.rest, "")
		}
		q := request(t, a)
		if q == nil {
			continue
		}
		whole, err := engine.Embedded{}.Run(context.Background(), q, nil)
		lean := best(t, q)
		if (err == nil) != (lean != nil) {
			t.Errorf("%v, %v", err, lean)
		}
		if err != nil {
			continue
		}
		of, fewer = of+whole.Devices[0].Evaluated, fewer+lean.Devices[0].Evaluated
		x, y := winners(&whole.Devices[0]), winners(&lean.Devices[0])
		for name := range map[string]bool{"aggregation": true, "prefill": true, "decode": true, "pair": true} {
			if x[name].Label != y[name].Label || x[name].Throughput != y[name].Throughput || x[name].Batch != y[name].Batch {
				t.Errorf("seed %d: fathom plan %s\n%s: %s with %g batch %d, of a lean search %s with %g batch %d", seed,
					strings.Join(a.line(), " "), name, x[name].Label, x[name].Throughput, x[name].Batch, y[name].Label,
					y[name].Throughput, y[name].Batch)
			}
		}
	}
	t.Log(fmt.Sprint(fewer, " points instead of ", of))
	if fewer > of/2 {
		t.Errorf("%d points of %d", fewer, of)
	}
}
