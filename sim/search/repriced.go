package search

import (
	"math"
	"slices"

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

// repricings compares what every phase lists, and the pairs, with those of the profile alone; what is the same is left
// out.
func repricings(with, alone *report.Device) (list []report.Repricing) {
	for _, p := range []plan.Phase{plan.PhaseAggregation, plan.PhasePrefill, plan.PhaseDecode} {
		a, b := with.Section(p), alone.Section(p)
		if a == nil || b == nil {
			continue
		}
		x := report.Repricing{Phase: p, Rows: others(a.Candidates, b.Candidates, sameRow),
			Same: (a.Best == nil) == (b.Best == nil) && (a.Best == nil || sameRow(a.Best, b.Best))}
		if a.Best != nil {
			x.Value, x.Label = a.Best.Throughput, a.Best.Label
		}
		if b.Best != nil {
			x.Alone, x.AloneLabel = b.Best.Throughput, b.Best.Label
		}
		list = append(list, x)
	}
	if a, b := with.PDRatio, alone.PDRatio; a != nil && b != nil {
		x := report.Repricing{Pair: true, Rows: others(a.Candidates, b.Candidates, samePair),
			Same: (a.Best == nil) == (b.Best == nil) && (a.Best == nil || samePair(a.Best, b.Best))}
		if a.Best != nil {
			x.Value, x.Label = a.Best.Balanced, a.Best.Prefill.Label+" / "+a.Best.Decode.Label
		}
		if b.Best != nil {
			x.Alone, x.AloneLabel = b.Best.Balanced, b.Best.Prefill.Label+" / "+b.Best.Decode.Label
			x.AlonePrefill = b.Best.PrefillQPS
		}
		list = append(list, x)
	}
	return slices.DeleteFunc(list, func(x report.Repricing) bool { return x.Same && x.Rows == 0 })
}

// others counts the lines of a table that are not in the same place of another one, and what that has beyond it.
func others[T any](with, alone []T, same func(a, b *T) bool) (n int) {
	for i := range with {
		if i >= len(alone) || !same(&with[i], &alone[i]) {
			n++
		}
	}
	return n + max(0, len(alone)-len(with))
}

// sameRow compares what is printed of two rows.
func sameRow(a, b *report.Row) bool {
	return a.Label == b.Label && a.Batch == b.Batch && alike(a.Throughput, b.Throughput) &&
		alike(value(a.TTFT), value(b.TTFT)) && alike(value(a.TPOT), value(b.TPOT))
}

func samePair(a, b *report.Ratio) bool {
	return sameRow(&a.Prefill, &b.Prefill) && sameRow(&a.Decode, &b.Decode) && alike(a.Balanced, b.Balanced) &&
		alike(a.PrefillQPS, b.PrefillQPS) && alike(a.DecodeQPS, b.DecodeQPS)
}

// alike tells whether two figures are the same but for what the reference tool's own rounding leaves open.
func alike(a, b float64) bool { return math.Abs(a-b) <= 5e-5*math.Max(a, b) }

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
