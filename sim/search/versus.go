package search

import (
	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/report"
)

// replica is one instance that prefills and decodes, of a size on a profile.
type replica struct {
	row     report.Row
	devices int
}

// replicasOn says what replicas are of: a profile priced by a fidelity, of so many devices at most.
type replicasOn struct {
	profile  *hw.Profile
	fidelity plan.Fidelity
	most     int
}

// aggregated finds the best row under both limits of replicas of each size: the powers of two up to most, and most.
func (r *run) aggregated(on replicasOn) (list []replica) {
	if known, ok := r.fleets[on]; ok {
		return known
	}
	own := *r.req
	own.Mode, own.Profiles = plan.Aggregation, []*hw.Profile{on.profile}
	own.Traffic, own.KeepAll = plan.TrafficNone, false
	own.PrefillDevices, own.DecodeDevices, own.PrefillPools, own.DecodePools = 0, 0, nil, nil
	own.Fidelity, own.TargetQPS, own.TargetConcurrency = on.fidelity, 0, 0
	if on.fidelity == plan.Calibrated && len(own.PP.Values) == 0 {
		own.PP = plan.Sizes{Searched: true, Values: []int{1}} // no measured run had stages, and playing them takes long
	}
	for _, n := range plan.Unique(append(plan.Powers(on.most), on.most)) {
		own.Devices = n
		own.PowerLimit = r.req.PowerLimit * float64(n) / float64(r.req.Devices)
		if r.stopped.Load() || on.profile.Fits(n) != nil || !own.Dealt(n) {
			continue
		}
		alone := r.again(&own)
		alone.direct, alone.bounded, alone.serial, alone.workers = true, true, r.serial, r.workers
		if alone.prepare() != nil {
			continue
		}
		alone.jobs[0][0].startable = true
		alone.searchAll()
		r.workers = alone.workers
		if r.stopped.Load() {
			return nil
		}
		if row := alone.snapshot().Devices[0].Aggregation.Best; row != nil && row.QPS != nil {
			list = append(list, replica{*row, n})
		}
	}
	if r.fleets == nil {
		r.fleets = map[replicasOn][]replica{}
	}
	r.fleets[on] = list
	return list
}

// versus answers the question of a searched split without disaggregation: the replicas that serve most on the same
// devices, on two kinds of hardware those of one size on each, or on one of them alone. nil: limits on played requests,
// which take too long unasked, or nothing holds the limits.
func (r *run) versus(i int) *report.Versus {
	if r.req.Played() {
		return nil
	}
	pair, fidelity, budget := r.req.Pairings()[i], r.jobs[i][0].fidelity, r.req.Devices
	stock := func(n int) int {
		if n == 0 {
			return budget
		}
		return min(n, budget)
	}
	first, second := stock(pair.Prefill.Devices), stock(pair.Decode.Devices)
	if pair.Prefill.Profile == pair.Decode.Profile {
		first, second = max(first, second), 0 // both sides take from one store, the larger number of the two
	}
	ones := r.aggregated(replicasOn{pair.Prefill.Profile, fidelity, first})
	var others []replica
	if second > 0 {
		others = r.aggregated(replicasOn{pair.Decode.Profile, fidelity, second})
	}
	if r.stopped.Load() {
		return nil
	}
	var best report.Versus
	most, used := 0.0, 0
	for a := -1; a < len(ones); a++ { // -1: none of the kind
		for n := 1; a < 0 && n == 1 || a >= 0 && n*ones[a].devices <= first; n++ {
			var x, y report.Versus
			if a >= 0 {
				x = fleetOf(pair.Prefill.Profile, &ones[a], n)
			}
			for b := -1; b < len(others); b++ {
				if y = (report.Versus{}); b >= 0 {
					if y = fleetOf(pair.Decode.Profile, &others[b], min(second, budget-x.Devices)/others[b].devices); y.Replicas < 1 {
						continue
					}
				}
				qps, devices := x.QPS+y.QPS, x.Devices+y.Devices
				if qps < most || qps == most && (qps == 0 || devices >= used) {
					continue
				}
				most, used, best = qps, devices, x
				switch {
				case x.Replicas == 0:
					best = y
				case y.Replicas > 0:
					best.Beside = &y
				}
			}
		}
	}
	if most == 0 {
		return nil
	}
	return &best
}

// fleetOf is n replicas.
func fleetOf(p *hw.Profile, one *replica, n int) report.Versus {
	return report.Versus{Device: p.Name, Row: one.row, Replicas: n, Devices: n * one.devices,
		QPS: float64(n) * *one.row.QPS}
}

// contrast says which of the two serves more, and by how much: where both have ranges, with what the change may be, and
// whether they tell the two apart. Limits on played requests leave it unasked, which is said.
func contrast(s *report.RatioSection, f plan.Fidelity, played bool) (list []message.Message) {
	v := s.Aggregated
	if played {
		return []message.Message{message.New("note.aggregated-unplayed")}
	}
	if v == nil {
		return nil
	}
	var parts []message.Message
	for x := v; x != nil; x = x.Beside {
		if v.Beside != nil {
			parts = append(parts, message.New("note.aggregated-on", x.Replicas, x.Row.Label, x.Devices, x.Device))
		} else {
			parts = append(parts, message.New("note.aggregated-part", x.Replicas, x.Row.Label, x.Devices))
		}
	}
	_, qps := v.Total()
	if s.Best == nil {
		return append(list, message.New("note.aggregated-only", parts, qps))
	}
	said := message.New("note.aggregated", parts, qps, 100*(s.Best.Serves()/qps-1))
	if c := s.Lead(); c != nil {
		key := "note.aggregated-apart"
		if c.Low <= 0 && c.High >= 0 {
			key = "note.aggregated-overlap"
		}
		said = message.New(key, said, 100*c.Low, 100*c.High)
	}
	if list = append(list, said); f == plan.Calibrated {
		list = append(list, message.New("note.aggregated-played"))
	}
	return list
}
