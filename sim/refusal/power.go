package refusal

import (
	"errors"
	"strings"

	"fathom/hw"
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
		case p.IdleWatts == 0:
			return bad(message.New("failure.power-idle", p.Name, req.Watts(p), p.PowerWatts, knownIdle()))
		case req.Watts(p) <= p.IdleWatts:
			return bad(message.New("failure.power-least", p.Name, p.IdleWatts, req.Watts(p)))
		}
	}
	return nil
}

// NoCap says why nothing can be told of a cap below what the devices of a request draw by themselves, with the fix;
// nothing where it can.
func NoCap(req *plan.Request) message.Message {
	for _, p := range req.Profiles {
		own := *req
		own.Profiles, own.PowerLimit, own.PerWatt = []*hw.Profile{p}, 0, 0
		own.PowerCap = max(1, (p.PowerWatts+p.IdleWatts)/2)
		var f *report.Failure
		if errors.As(checkPower(&own), &f) {
			return f.Message
		}
	}
	return message.Message{}
}

// knownIdle names the profiles that come with the program and say what their devices draw idle.
func knownIdle() string {
	var names []string
	for _, e := range hw.Builtin() {
		if p := e.Profile(); p.PowerWatts > 0 && p.IdleWatts > 0 {
			names = append(names, p.Name)
		}
	}
	return strings.Join(names, ", ")
}
