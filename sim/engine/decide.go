package engine

import (
	"context"
	"runtime"

	"fathom/sim/decision"
	"fathom/sim/pass"
	"fathom/sim/plan"
	"fathom/sim/search"
	"fathom/sim/serve"
	"fathom/sim/sweep"
)

// Decide finds what the decision of a request hangs on, as the embedded engine would answer it at every value, on as
// many workers as there are processors. See decision.Run.
func Decide(ctx context.Context, req *plan.Request, ranges []decision.Range, watch func(int)) (*decision.Result,
	error) {
	shared := &prices{of: map[pass.Setup]serve.Forward{}}
	workers := make([]sweep.Answer, runtime.GOMAXPROCS(0))
	for i := range workers {
		cells := search.NewCells(shared.price)
		cells.Aggregated = true
		workers[i] = guarded(cells.Answer)
	}
	return decision.Run(ctx, req, ranges, workers, watch)
}
