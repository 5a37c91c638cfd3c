package search

import (
	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/report"
)

// versus answers the question of a searched split without disaggregation: replicas of one size that prefill and decode
// on the same devices, under both limits. Sizes are the powers of two up to the budget, and the budget. nil: two kinds
// of hardware, played figures, which take too long unasked, or nothing holds the limits.
func (r *run) versus(i int) *report.Versus {
	pair := r.req.Pairings()[i]
	if pair.Prefill != pair.Decode || r.jobs[i][0].fidelity == plan.Calibrated || r.req.Played() {
		return nil
	}
	own := *r.req
	own.Mode, own.Profiles = plan.Aggregation, []*hw.Profile{pair.Prefill.Profile}
	own.Traffic, own.KeepAll = plan.TrafficNone, false
	own.PrefillDevices, own.DecodeDevices, own.PrefillPools, own.DecodePools = 0, 0, nil, nil
	own.Fidelity, own.TargetQPS, own.TargetConcurrency = r.jobs[i][0].fidelity, 0, 0
	budget := own.Devices
	if n := pair.Prefill.Devices; n > 0 {
		budget = min(budget, n)
	}
	var best *report.Versus
	for _, n := range plan.Unique(append(plan.Powers(budget), budget)) {
		own.Devices = n
		own.PowerLimit = r.req.PowerLimit * float64(n) / float64(r.req.Devices)
		if r.stopped.Load() || pair.Prefill.Profile.Fits(n) != nil || !dealt(&own, n) {
			continue
		}
		alone := r.again(&own)
		alone.direct, alone.bounded = true, true
		if alone.prepare() != nil {
			continue
		}
		alone.searchAll()
		if r.stopped.Load() {
			return nil
		}
		row := alone.snapshot().Devices[0].Aggregation.Best
		if row == nil || row.QPS == nil {
			continue
		}
		k := budget / n
		v := report.Versus{Row: *row, Replicas: k, Devices: k * n, QPS: float64(k) * *row.QPS}
		if best == nil || v.QPS > best.QPS {
			best = &v
		}
	}
	return best
}

// contrast says which of the two serves more, and by how much.
func contrast(s *report.RatioSection) message.Message {
	v := s.Aggregated
	switch {
	case v == nil:
		return message.Message{}
	case s.Best == nil:
		return message.New("note.aggregated-only", v.Replicas, v.Row.Label, v.Devices, v.QPS)
	}
	split := s.Best.Serves()
	return message.New("note.aggregated", v.Replicas, v.Row.Label, v.Devices, v.QPS, 100*(split/v.QPS-1))
}
