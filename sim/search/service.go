package search

import (
	"sync/atomic"

	"fathom/hw"
	"fathom/sim/bench"
	"fathom/sim/plan"
	"fathom/sim/report"
)

// Deployment is the deployment of a row with its scheduler, to be played against other traffic than a benchmark's;
// its runs end once the flag is set.
func Deployment(req *plan.Request, profile *hw.Profile, row *report.Row, price Pricer,
	stopped *atomic.Bool) (*bench.Bench, error) {
	fidelity, err := req.Fidelity.On(profile)
	if err != nil {
		return nil, err
	}
	if row.Phase != plan.PhaseAggregation || len(req.Distribution) > 0 {
		return nil, errUnplayed
	}
	return alone(req, profile, fidelity, row, price, stopped).bench(row)
}
