package search

import (
	"math"

	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/sim/serve"
)

const (
	gib           = 1 << 30
	hoursPerMonth = 730
)

// rows turns the points of a tuple into report rows. Values that do not apply stay nil.
func (w *worker) rows(t *tuple) []report.Row {
	j, n := w.job, len(w.points)
	rows := make([]report.Row, n)
	values := make([]float64, 0, 5*n) // one allocation for all pointers
	shares := make([]report.Shares, 0, 2*n)
	keep := func(v float64) *float64 {
		values = append(values, v)
		return &values[len(values)-1]
	}
	price := j.req.PriceOf(j.profile.Name) // 0: no cost columns
	losers := 0
	for i := range w.points {
		if w.points[i].status != report.OK {
			losers++
		}
	}
	why, whys := make([]lost, 0, losers), make([]any, 0, losers) // one allocation for all reasons, too
	for i := range w.points {
		p, r := &w.points[i], &rows[i]
		*r = report.Row{Phase: j.phase, Strategy: t.strategy, Label: t.label, MTP: t.mtp, MaxBatched: p.budget,
			Chunks: p.Chunks,
			Batch:  p.Batch, Concurrency: p.Concurrency, Throughput: p.Throughput,
			PerDevice: p.Throughput / float64(w.load.World()),
			Status:    p.status, Listed: p.listed,
			WeightGB: p.Memory.Weight / gib, KVGB: p.Memory.KV / gib, ActivationGB: p.Memory.Activation / gib,
			AvailableGB: p.Memory.Available / gib, ReservedGB: p.Memory.Reserved / gib}
		if s := j.req.Speculation.Draft; s != "" && (t.mtp > 0 || j.req.Speculation.Beside()) {
			r.Draft, r.Length = s, w.load.Accepted
		}
		if p.status != report.OK {
			why = append(why, reason(p, j))
			last := len(whys)
			whys = append(whys, &why[last])
			r.Reason.Args = whys[last : last+1 : last+1]
		}
		if r.Held = p.held; r.Held != nil && p.status != report.OK && p.status != report.OOM {
			r.Reason = broken(r.Held)
		}
		if j.lengths != nil {
			r.Samples = samples(j.lengths, p.Concurrency, max(1, t.strategy.DP))
		}
		// A point that ran out of memory in decode still has the latencies that it would have; one that did so in prefill has
		// none. Where chunks or waves ran out of it on the way, the clock tells only how far they came.
		partial := p.Short == serve.PrefillShort && p.Throughput <= 0
		if j.phase != plan.PhaseDecode && finite(p.TTFT) && !partial {
			r.TTFT = keep(1000 * p.TTFT)
		}
		decodes := j.phase == plan.PhaseDecode || j.phase == plan.PhaseAggregation && (!j.switches.OneToken ||
			j.req.OutputLength > 1)
		if decodes && finite(p.TPOT) && p.Short != serve.PrefillShort {
			r.TPOT = keep(1000 * p.TPOT)
		}
		// Without throughput there is no rate, no cost and no breakdown to speak of.
		if p.Throughput <= 0 {
			r.Throughput, r.PerDevice = 0, 0
			continue
		}
		r.QPS = keep(qps(p, &w.load))
		bar(r, &w.bars, j.seenAs(t, r.Concurrency))
		if r.Held != nil && (r.Held.Rate > 0 || len(r.Held.Classes) > 0) {
			r.QPS = keep(r.Held.QPS)
		}
		r.Traffic = trafficOf(p.played, plan.TrafficClosed, 0, j.req)
		if r.Held != nil && r.Held.Rate > 0 {
			r.Traffic.Kind, r.Traffic.Rate = plan.TrafficPoisson, r.Held.Rate
		}
		if price > 0 && j.switches.CostInMoney {
			month := price * float64(w.load.World()) * hoursPerMonth
			r.CostPerMonth = keep(month)
			r.CostPerMTok = keep(price * float64(w.load.World()) / (p.Throughput * 3600) * 1e6)
		}
		r.Power = report.Draw(j.req.Watts(j.profile), j.profile.IdleWatts, w.load.World(), p.Throughput,
			j.req.Pace(j.profile))
		if r.Power != nil && r.Power.Pace < 1 {
			r.ThroughputRange, r.TTFTRange = widen(r.ThroughputRange, &r.Throughput, 1, 1/r.Power.Pace),
				widen(r.TTFTRange, r.TTFT, r.Power.Pace, 1)
			r.TPOTRange = widen(r.TPOTRange, r.TPOT, r.Power.Pace, 1)
		}
		if j.phase != plan.PhaseDecode {
			shares = append(shares, j.labelled(p.Prefill))
			r.Prefill = &shares[len(shares)-1]
		}
		if decodes {
			shares = append(shares, j.labelled(p.Decode))
			r.Decode = &shares[len(shares)-1]
		}
	}
	return rows
}

// labelled is a breakdown as it is shown. The reference tool drops a class that is zero and lets the others slip under
// its name, and it counts static cost nowhere (search-and-serving 8.1).
func (j *job) labelled(s report.Shares) report.Shares {
	if j.switches.RightLabels {
		return s
	}
	var slipped [4]float64
	n := 0
	for _, v := range [...]float64{s.Mem, s.Comm, s.Cube, s.Vec} {
		if v != 0 {
			slipped[n] = v
			n++
		}
	}
	return report.Shares{Mem: slipped[0], Comm: slipped[1], Cube: slipped[2], Vec: slipped[3]}
}

// samples lists the bins of a length distribution that requests of one DP replica fall on, in order of length.
func samples(l *serve.Lengths, requests, dp int) (list []report.Sample) {
	for i, n := range l.Samples((requests+dp-1)/dp, nil) {
		if n > 0 {
			list = append(list, report.Sample{Tokens: l.Bins[i].Prompt, Ratio: l.Bins[i].Ratio, Requests: n})
		}
	}
	return list
}

// finite tells a latency from the endless one of a point that could not be run.
func finite(v float64) bool { return !math.IsInf(v, 0) && !math.IsNaN(v) }

// qps is a point's rate of requests as the reference tool's tables have it: from latencies that are rounded already.
func qps(p *point, l *serve.Load) float64 {
	q := p.Point
	q.TTFT = round3(1000*q.TTFT) / 1000
	if q.TTFT <= 0 {
		q.TTFT = p.TTFT
	}
	return q.QPS(l)
}

// round3 rounds to three decimals, half to even, as the reference tool stores its rows.
func round3(v float64) float64 { return math.RoundToEven(v*1000) / 1000 }

// invalid is the row of a tuple that was not priced.
func (j *job) invalid(t *tuple, why message.Message) report.Row {
	return report.Row{Phase: j.phase, Strategy: t.strategy, Label: t.label, MTP: t.mtp, Status: report.Invalid,
		Reason: why}
}
