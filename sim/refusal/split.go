package refusal

import (
	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/report"
)

// mostInstance bounds the instances that are looked through for one that the sizes of a request divide.
const mostInstance = 1_000_000

// checkSplit refuses a split one side of which has no instance size at all, with the nearest that would have one.
func checkSplit(req *plan.Request) error {
	if !req.SplitSearched() {
		return nil
	}
	bad := func(field, key string, args ...any) error {
		return &report.Failure{Class: report.InvalidParameters, Field: field, Message: message.New(key, args...)}
	}
	if req.Devices < 2 {
		return bad("num_devices", "failure.split-two", req.Devices)
	}
	for _, pair := range req.Pairings() {
		for _, ph := range req.Phases() {
			pool := pair.Prefill
			if ph.Phase == plan.PhaseDecode {
				pool = pair.Decode
			}
			switch {
			case ph.Devices > 0 && pool.Devices > 0 && ph.Devices > pool.Devices:
				return bad(ph.Phase.String()+"_device", "failure.split-stock", ph.Phase, ph.Devices, pool.Profile.Name,
					pool.Devices)
			case len(req.InstanceSizes(ph, pool)) > 0:
			case pool.Devices > 0 && pool.Devices < nearestInstance(req):
				return bad(ph.Phase.String()+"_device", "failure.split-few", ph.Phase, pool.Profile.Name, pool.Devices,
					nearestInstance(req))
			default:
				return bad("num_devices", "failure.split-sizes", ph.Phase, req.Devices, nearestInstance(req))
			}
		}
	}
	return nil
}

// nearestInstance is the smallest instance that the sizes of a request divide.
func nearestInstance(req *plan.Request) int {
	for n := 1; n < mostInstance; n++ {
		if req.Dealt(n) {
			return n
		}
	}
	return mostInstance
}
