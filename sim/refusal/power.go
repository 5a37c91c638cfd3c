package refusal

import (
	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/report"
)

// checkPower refuses caps whose effect nothing is known of.
func checkPower(req *plan.Request) error {
	if req.PowerCap == 0 && req.PowerLimit == 0 && req.PerWatt == 0 {
		return nil
	}
	bad := func(said message.Message) error {
		field := "power_limit"
		switch {
		case req.PowerCap > 0:
			field = "power_cap"
		case req.PowerLimit == 0:
			field = "tokens_per_watt"
		}
		return &report.Failure{Class: report.InvalidParameters, Field: field, Message: said}
	}
	if !(req.PowerCap >= 0 && req.PowerLimit >= 0 && req.PerWatt >= 0) {
		return bad(message.New("failure.power-negative"))
	}
	for _, p := range req.Profiles {
		switch {
		case p.PowerWatts == 0:
			return bad(message.New("failure.power-unknown", p.Name))
		case !req.Capped(p):
		case req.Watts(p) <= plan.Idle(p) && p.IdleWatts == 0:
			return bad(message.New("failure.power-idle", p.Name, p.PowerWatts, plan.Idle(p), req.Watts(p)))
		case req.Watts(p) <= p.IdleWatts:
			return bad(message.New("failure.power-least", p.Name, p.IdleWatts, req.Watts(p)))
		}
	}
	return nil
}
