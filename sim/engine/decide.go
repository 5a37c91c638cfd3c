package engine

import (
	"context"

	"fathom/sim/decision"
	"fathom/sim/plan"
)

// Decide finds what the decision of a request hangs on, as the embedded engine would answer it at every value, on as
// many workers as there are processors. See decision.Run.
func Decide(ctx context.Context, req *plan.Request, ranges []decision.Range, watch func(int)) (*decision.Result,
	error) {
	return decision.Run(ctx, req, ranges, workers(len(req.Profiles) == 1), watch)
}
