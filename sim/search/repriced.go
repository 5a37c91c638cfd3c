package search

import (
	"math"

	"fathom/sim/plan"
	"fathom/sim/report"
)

// owe says what every profile's answer owes to the reference tool's re-pricing of several profiles: the same search
// with each profile priced directly, as if it were asked for alone, beside what was found.
func (r *run) owe(out *report.Report) {
	own := *r.req
	own.Profiles, own.Traffic, own.KeepAll = nil, own.SearchTraffic(), false
	for i, jobs := range r.jobs {
		if jobs[0].record != nil {
			own.Profiles = append(own.Profiles, r.req.Profiles[i])
		}
	}
	if len(own.Profiles) == 0 || r.stopped.Load() {
		return
	}
	direct := r.again(&own)
	direct.only, direct.direct = r.only, true
	if direct.prepare() != nil {
		return
	}
	direct.searchAll()
	if r.stopped.Load() {
		return
	}
	alone := direct.snapshot()
	for i := range out.Devices {
		for k, p := range own.Profiles {
			if p == r.req.Profiles[i] {
				out.Devices[i].Repriced = repricings(&out.Devices[i], &alone.Devices[k])
			}
		}
	}
	markRepriced(out)
}

// repricings compares the best of every phase, and the best pair, with those of the profile alone; what is the same is
// left out.
func repricings(with, alone *report.Device) (list []report.Repricing) {
	add := func(x report.Repricing) {
		if x.Label != x.AloneLabel || math.Abs(x.Value-x.Alone) > 5e-5*math.Max(x.Value, x.Alone) {
			list = append(list, x)
		}
	}
	best := func(s *report.Section) (v float64, label string) {
		if s == nil || s.Best == nil {
			return 0, ""
		}
		return s.Best.Throughput, s.Best.Label
	}
	for _, p := range []plan.Phase{plan.PhaseAggregation, plan.PhasePrefill, plan.PhaseDecode} {
		x := report.Repricing{Phase: p}
		x.Value, x.Label = best(with.Section(p))
		x.Alone, x.AloneLabel = best(alone.Section(p))
		add(x)
	}
	pair := func(s *report.RatioSection) (v float64, label string) {
		if s == nil || s.Best == nil {
			return 0, ""
		}
		return s.Best.Balanced, s.Best.Prefill.Label + " / " + s.Best.Decode.Label
	}
	x := report.Repricing{Pair: true}
	x.Value, x.Label = pair(with.PDRatio)
	x.Alone, x.AloneLabel = pair(alone.PDRatio)
	add(x)
	return list
}

// markRepriced marks the lines of the comparison whose figure is re-priced.
func markRepriced(out *report.Report) {
	for i := range out.Cross {
		c := &out.Cross[i]
		for k := range out.Devices {
			d := &out.Devices[k]
			if d.Device == c.Device && d.RepricedAt(c) != nil {
				c.Repriced = true
			}
		}
	}
}
