package search

import (
	"cmp"

	"fathom/hw/message"
	"fathom/sim/pass"
	"fathom/sim/plan"
	"fathom/sim/price"
	"fathom/sim/report"
	"fathom/sim/serve"
	"fathom/sim/traffic"
)

// slowed are the passes of devices that a cap slows down to a share of their pace.
type slowed struct {
	serve.Forward
	pace float64
}

func (s slowed) Uniform(shape pass.Shape) pass.Result { return s.at(s.Forward.Uniform(shape)) }
func (s slowed) Mixed(p []pass.Piece) pass.Result     { return s.at(s.Forward.Mixed(p)) }

func (s slowed) at(r pass.Result) pass.Result {
	r.Seconds /= s.pace
	r.Slowest /= s.pace
	return r
}

// slowedPricer is slowed for schedulers, which keep the time of their host.
type slowedPricer struct {
	price.Pricer
	slow slowed
}

func (s slowedPricer) Uniform(shape pass.Shape) pass.Result { return s.slow.Uniform(shape) }
func (s slowedPricer) Mixed(p []pass.Piece) pass.Result     { return s.slow.Mixed(p) }
func (s slowedPricer) Clock() traffic.Clock {
	clock := s.Pricer.Clock()
	return traffic.ClockFunc(func(at traffic.State) float64 { return clock.Seconds(at) / s.slow.pace })
}

// capped prices passes as the caps of a request leave them, at the least pace that they may have.
func capped(req *plan.Request, pricer Pricer) Pricer {
	if req.PowerCap == 0 && req.PowerLimit == 0 {
		return pricer
	}
	return func(s pass.Setup) (serve.Forward, error) {
		f, err := pricer(s)
		pace := req.Pace(s.Profile)
		if err != nil || pace == 1 {
			return f, err
		}
		if p, ok := f.(price.Pricer); ok {
			return slowedPricer{p, slowed{f, pace}}, nil
		}
		return slowed{f, pace}, nil
	}
}

// checkPower refuses caps whose effect nothing is known of.
func checkPower(req *plan.Request) error {
	if req.PowerCap == 0 && req.PowerLimit == 0 {
		return nil
	}
	bad := func(said message.Message) error {
		field := "power_limit"
		if req.PowerCap > 0 {
			field = "power_cap"
		}
		return &report.Failure{Class: report.InvalidParameters, Field: field, Message: said}
	}
	if !(req.PowerCap >= 0 && req.PowerLimit >= 0) {
		return bad(message.New("failure.power-negative"))
	}
	for _, p := range req.Profiles {
		switch {
		case p.PowerWatts == 0:
			return bad(message.New("failure.power-unknown", p.Name))
		case !req.Capped(p):
		case p.IdleWatts == 0:
			return bad(message.New("failure.power-idle", p.Name, p.PowerWatts, req.Watts(p)))
		case req.Watts(p) <= p.IdleWatts:
			return bad(message.New("failure.power-least", p.Name, p.IdleWatts, req.Watts(p)))
		}
	}
	return nil
}

// power is what the devices of a pair draw; nil where a profile of either does not say.
func power(r *report.Ratio, req *plan.Request, device string) *report.Power {
	if r.SystemQPS == nil || *r.SystemQPS <= 0 || r.PrefillInstances == nil || r.DecodeInstances == nil {
		return nil
	}
	var total, idle float64
	n, pace, known := 0, 1.0, true
	for _, side := range []struct {
		name      string
		instances int
		each      int
	}{{r.PrefillDevice, *r.PrefillInstances, r.Prefill.Strategy.World()},
		{r.DecodeDevice, *r.DecodeInstances, r.Decode.Strategy.World()}} {
		p := req.On(cmp.Or(side.name, device), plan.PhaseAggregation)
		if p == nil || p.PowerWatts == 0 {
			return nil
		}
		devices := side.instances * side.each
		total, idle, n = total+req.Watts(p)*float64(devices), idle+p.IdleWatts*float64(devices), n+devices
		pace, known = min(pace, req.Pace(p)), known && p.IdleWatts > 0
	}
	if n == 0 {
		return nil
	}
	if !known {
		idle = 0
	}
	return report.Draw(total/float64(n), idle/float64(n), n, *r.SystemQPS*float64(req.OutputLength), pace)
}

// widen takes the ends of an interval further, or makes one of a figure without.
func widen(b *report.Interval, v *float64, low, high float64) *report.Interval {
	switch {
	case v == nil:
		return nil
	case b == nil:
		return &report.Interval{Low: *v * low, High: *v * high}
	}
	return &report.Interval{Low: b.Low * low, High: b.High * high}
}
