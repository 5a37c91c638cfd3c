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
	r.Exchange /= s.pace
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

// wasteful marks the feasible rows of answers that bring fewer tokens per second and watt than the plan asks for. Rows
// of a P:D plan are judged together, as pairs; a prefill phase alone makes no answers.
func (j *job) wasteful(rows []report.Row) {
	least := j.req.PerWatt
	if least == 0 || j.req.Mode == plan.PDRatio || j.phase == plan.PhasePrefill {
		return
	}
	for i := range rows {
		if r := &rows[i]; r.Status == report.OK && r.Power != nil && r.Power.PerW < least {
			r.Status, r.Reason = report.Wasteful, message.New("reason.watts", r.Power.PerW, least)
		}
	}
}

// thrifty reports whether a pair brings as many tokens per second and watt as the plan asks for.
func thrifty(r *report.Ratio, req *plan.Request) bool {
	return req.PerWatt == 0 || r.Power != nil && r.Power.PerW >= req.PerWatt
}

// byWatts is the row that wastes least of those that waste too much.
func (j *job) byWatts(rows []report.Row) (near report.Near, ok bool) {
	for i := range rows {
		if r := &rows[i]; r.Status == report.Wasteful && (!ok || r.Power.PerW > near.Row.Power.PerW) {
			near, ok = report.Near{Row: *r, Relax: message.New("relax.watts", j.req.PerWatt, r.Power.PerW)}, true
		}
	}
	return near, ok
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
