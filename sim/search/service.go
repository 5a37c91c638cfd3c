package search

import (
	"sync/atomic"

	"fathom/hw"
	"fathom/hw/message"
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

// PairDeployment is likewise the deployment of a pair with all its instances, the profiles being those of its sides.
func PairDeployment(req *plan.Request, prefill, decode *hw.Profile, x *report.Ratio, price Pricer,
	stopped *atomic.Bool) (*bench.Pair, error) {
	if x.PrefillInstances == nil || x.DecodeInstances == nil || *x.PrefillInstances < 1 || *x.DecodeInstances < 1 {
		return nil, message.Fault("service.no-split")
	}
	var sides [2]*job
	for i, side := range []struct {
		profile *hw.Profile
		row     *report.Row
	}{{prefill, &x.Prefill}, {decode, &x.Decode}} {
		fidelity, err := req.Fidelity.On(side.profile)
		if err != nil {
			return nil, err
		}
		sides[i] = alone(req, side.profile, fidelity, side.row, price, stopped)
	}
	return pairOf(req, sides[0], sides[1], x)
}
