package search

import (
	"cmp"
	"slices"

	"fathom/hw/message"
	"fathom/sim/afd"
	"fathom/sim/expert"
	"fathom/sim/plan"
	"fathom/sim/report"
)

// Bounds of the search for attention and experts apart.
const (
	mostEach      = 1 << 12 // requests of a micro-batch and replica
	mostDivisions = 64      // numbers of expert ranks that are tried
	shownAFD      = 8
)

// apart searches the decode phase of a device with attention and experts on ranks of their own: every number of expert
// ranks, TP sizes of attention, two to four micro-batches, the largest batch under the limit and in memory.
func (r *run) apart(i int, d *report.Device) {
	if !r.req.AFD.Asked || r.stopped.Load() {
		return
	}
	for _, j := range r.jobs[i] {
		best := d.Phase(j.phase).Best
		if j.phase != plan.PhaseDecode {
			continue
		}
		if pair := d.PDRatio; pair != nil && pair.Best != nil {
			best = &pair.Best.Decode
		}
		if best != nil && best.Strategy.World() != j.world {
			continue // another size of a searched split
		}
		d.AFD = r.divided(j, best)
		d.Notes = append(d.Notes, d.AFD.Says()...)
		return
	}
}

// divided searches the divisions of the devices of a job.
func (r *run) divided(j *job, ordinary *report.Row) *report.AFD {
	out := &report.AFD{Devices: j.world, Ordinary: ordinary}
	tps := r.req.TP
	if !tps.Searched || len(tps.Values) == 0 {
		tps.Values = plan.Powers(min(16, j.world))
	}
	given := r.req.AFD
	var first *report.AFDPoint // of what misses
	step := max(1, j.world/mostDivisions)
	for experts := 1; experts < j.world; experts++ {
		attention := j.world - experts
		switch {
		case given.Experts > 0 && experts != given.Experts, given.Experts == 0 && experts > 1 && experts%step != 0:
			continue
		case given.Experts > 0:
			attention = given.Attention
		}
		var best *report.AFDPoint
		for _, tp := range tps.Values {
			if tp > attention {
				continue
			}
			for _, way := range rounds(j) {
				at := way.at
				at.Attention, at.TP, at.Experts = attention/(tp*at.Domains)*tp*at.Domains, tp, experts
				if at.Attention == 0 {
					continue
				}
				p, err := r.largest(j, at, way.mtp)
				switch {
				case err != nil:
					if out.Reason.IsZero() {
						out.Reason = message.Of(err)
					}
				case p.Throughput == 0:
					if first == nil || p.TPOT < first.TPOT {
						first = p
					}
				case best == nil || p.Throughput > best.Throughput:
					best = p
				}
			}
			if r.stopped.Load() {
				return out
			}
		}
		if best != nil {
			out.Points = append(out.Points, *best)
		}
	}
	slices.SortStableFunc(out.Points, func(a, b report.AFDPoint) int { return cmp.Compare(b.Throughput, a.Throughput) })
	out.Points = out.Points[:min(shownAFD, len(out.Points))]
	switch {
	case len(out.Points) > 0:
		out.Reason = message.Message{}
	case first != nil:
		out.Reason = message.New("afd.misses", first.Label(), first.TPOT, 1000*j.limits.TPOT,
			min(first.AttentionFreeGB, first.ExpertsFreeGB))
	}
	return out
}

// round is a way in which micro-batches go round.
type round struct {
	at  afd.Layout
	mtp int
}

// rounds are those that are tried: two to four micro-batches of all attention ranks, or one or two in each of two to
// four domains, with every number of tokens guessed ahead that is asked for.
func rounds(j *job) (list []round) {
	seen := map[int]bool{}
	for i := range j.tuples {
		if seen[j.tuples[i].mtp] {
			continue
		}
		seen[j.tuples[i].mtp] = true
		for domains := 1; domains <= 4; domains++ {
			for micro := 1; micro <= 4; micro++ {
				if domains == 1 && micro > 1 || domains > 1 && micro <= 2 {
					list = append(list, round{afd.Layout{Micro: micro, Domains: domains}, j.tuples[i].mtp})
				}
			}
		}
	}
	return list
}

// largest finds the most requests of a layout under the limit and in memory; without throughput where one is too many.
func (r *run) largest(j *job, at afd.Layout, mtp int) (*report.AFDPoint, error) {
	f, _ := r.req.Model.Routed()
	if over := f.Experts % at.Experts; over > 0 {
		at.Copies = at.Experts - over
	}
	if n := slices.Max(append(slices.Clone(r.req.Redundant.Values), 0)); (f.Experts+n)%at.Experts == 0 {
		at.Copies = max(at.Copies, n)
	}
	if at.Copies > f.Experts*(at.Experts-1) {
		return nil, message.Fault("afd.copies", f.Experts, at.Copies, at.Experts)
	}
	p, err := afd.New(j.setup(&tuple{mtp: mtp}), at, &r.req.Experts, r.price)
	if err != nil {
		return nil, err
	}
	load := j.load(&tuple{mtp: mtp})
	width := 1 + load.MTP
	middle, end := load.Input+load.Output/2+width, load.Input+load.Output
	fits := func(each int) bool {
		m := p.Memory(each, width, end)
		tpot := p.Step(each, width, middle).Seconds / load.Accepted
		return m[0].Available >= 0 && m[1].Available >= 0 && (j.limits.TPOT == 0 || tpot <= j.limits.TPOT)
	}
	each := 0
	for lo, hi := 1, mostEach; lo <= hi; { // more requests take longer and more memory
		n := (lo + hi) / 2
		if fits(n) {
			each, lo = n, n+1
		} else {
			hi = n - 1
		}
	}
	n := max(1, each)
	step, m := p.Step(n, width, middle), p.Memory(n, width, end)
	out := &report.AFDPoint{Attention: at.Attention, TP: at.TP, Experts: at.Experts, Copies: at.Copies, Micro: at.Micro,
		Domains: at.Domains, MTP: mtp,
		Concurrency: n * at.Micro * p.Replicas(), TPOT: 1000 * step.Seconds / load.Accepted, Bound: step.Bound,
		AttentionUS: 1e6 * step.Stages.Attention, SendUS: 1e6 * step.Stages.Send, ExpertsUS: 1e6 * step.Stages.Experts,
		AttentionGB: m[0].Weight / gib, KVGB: m[0].KV / gib, AttentionFreeGB: m[0].Available / gib,
		ExpertsGB: m[1].Weight / gib, ExpertsFreeGB: m[1].Available / gib}
	out.RankLoad = r.req.Experts.On(expert.Layout{Experts: f.Experts, TopK: f.TopK, Ranks: at.Experts,
		Redundant: at.Copies}).Expected
	if each > 0 {
		out.Throughput = float64(out.Concurrency) * load.Accepted / step.Seconds
	}
	return out, nil
}
