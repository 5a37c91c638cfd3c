package sample

import (
	"strconv"

	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/report"
)

// best are the flagship's winners by strategy, as the reference tool prints them for one profile.
var best = []struct {
	tp, batch              int
	throughput, ttft, tpot float64
	free                   float64
}{
	{8, 22, 1643.49, 1964.26, 13.39, 45.86}, {4, 14, 1581.41, 1934.21, 17.71, 41.26},
	{2, 7, 1123.67, 1833.22, 24.92, 33.58}, {1, 3, 623.88, 1848.70, 38.47, 18.52},
}

// Report answers an aggregation request. Profile number i is a little slower than the one before it.
func Report(q *plan.Request) *report.Report {
	search := max(q.Search, plan.SearchReference)
	r := &report.Report{Engine: "embedded", Fidelity: "reference", Search: search, ElapsedMS: 3.1, Mode: q.Mode,
		Request: q}
	for i, p := range q.Profiles {
		slow := 1 + 0.01*float64(i)
		d := report.Device{Device: p.Name, Fidelity: plan.Reference, Search: search}
		s := &report.Section{}
		for _, b := range best {
			for n := 1; n <= 8*b.batch; n += 1 + n/6 {
				row := point(q, b.tp, n, b.batch, slow, b.throughput, b.ttft, b.tpot, b.free)
				d.Points = append(d.Points, row)
				count(&d, row.Status)
			}
			if row := point(q, b.tp, b.batch, b.batch, slow, b.throughput, b.ttft, b.tpot, b.free); row.Status == report.OK {
				s.Candidates = append(s.Candidates, row)
			}
		}
		if len(s.Candidates) > 0 {
			s.Best = &s.Candidates[0]
			d.Breakeven = gains(q, s.Best)
		} else {
			d.Nearest = []report.Near{{Row: d.Points[0], Relax: message.New("relax.limit", "TTFT", "10", "89")}}
		}
		d.Aggregation, d.Evaluated = s, len(d.Points)
		r.Devices = append(r.Devices, d)
		c := report.Cross{Device: p.Name, Row: s.Best}
		if s.Best != nil && len(r.Devices[0].Aggregation.Candidates) > 0 {
			c.Throughput = s.Best.Throughput
			c.RatioToFirst = s.Best.Throughput / r.Devices[0].Aggregation.Best.Throughput
		}
		r.Cross = append(r.Cross, c)
	}
	return r
}

// gains is a curve of speculation that loses from batch 15 on, where the question has one.
func gains(q *plan.Request, best *report.Row) []report.Breakeven {
	if q.Speculation.Draft == "" {
		return nil
	}
	b := report.Breakeven{Phase: best.Phase, Label: best.Label, Length: q.Speculation.Length, Stops: 15}
	for _, batch := range []int{1, 2, 4, 8, 16, best.Batch, 32, 64} {
		gain := 0.7 + 1.4/(1+float64(batch)/4)
		b.Points = append(b.Points, report.SpeculationPoint{Batch: batch, Concurrency: batch, With: 20 / gain, Without: 20,
			Gain: gain})
	}
	return []report.Breakeven{b}
}

func count(d *report.Device, s report.Status) {
	switch s {
	case report.OK:
		d.Counts.OK++
	case report.OverTTFT:
		d.Counts.TTFT++
	case report.OverTPOT:
		d.Counts.TPOT++
	case report.OOM:
		d.Counts.OOM++
	}
}

// point bends a strategy's winner to another batch: latencies grow with it, memory shrinks.
func point(q *plan.Request, tp, batch, of int, slow, throughput, ttft, tpot, free float64) report.Row {
	x := float64(batch) / float64(of)
	dp := max(1, q.Devices/tp)
	first, token := ttft*x*slow, tpot*(0.6+0.4*x)*slow
	row := report.Row{Phase: plan.PhaseAggregation, Strategy: plan.Strategy{TP: tp, PP: 1, DP: dp, DCP: 1},
		MaxBatched: 14000, Chunks: 1,
		Batch: batch, Concurrency: batch * dp, Throughput: throughput * x / (0.6 + 0.4*x) / slow, TTFT: &first, TPOT: &token,
		WeightGB: 42.2 / float64(tp), KVGB: 0.13 * float64(batch), ActivationGB: 0.4,
		AvailableGB: free - 0.3*float64(batch-of),
		Prefill:     &report.Shares{Mem: 0.18, Comm: 0.39, Cube: 0.42, Vec: 0.01, Static: 0.01},
		Decode:      &report.Shares{Mem: 0.89, Comm: 0.11, Static: 0.35}, Status: report.OK}
	row.Label = row.Strategy.Label(0)
	row.PerDevice = row.Throughput / float64(max(1, q.Devices))
	qps := row.Throughput / float64(max(1, q.OutputLength))
	row.QPS = &qps
	row.Held = held(q, &row)
	switch {
	case row.AvailableGB < 0:
		row.Status, row.Reason = report.OOM, message.New("reason.memory", plan.PhaseDecode, -row.AvailableGB)
	case q.TPOTLimit > 0 && token > q.TPOTLimit:
		row.Status, row.Reason = report.OverTPOT, over("TPOT", token, q.TPOTLimit)
	case q.TTFTLimit > 0 && first > q.TTFTLimit:
		row.Status, row.Reason = report.OverTTFT, over("TTFT", first, q.TTFTLimit)
	}
	return row
}

// over words a missed limit as the search does.
func over(name string, ms, limit float64) message.Message {
	return message.New("reason.overby", name, strconv.FormatFloat(ms, 'f', 1, 64), limit, 100*(ms/limit-1))
}

// Many is a report with n points on one profile, for measuring.
func Many(q *plan.Request, n int) *report.Report {
	r := Report(q)
	d := &r.Devices[0]
	d.Points = d.Points[:0:0]
	for i := range n {
		b := best[i%len(best)]
		d.Points = append(d.Points, point(q, b.tp, 1+i/len(best), 1+n/8, 1, b.throughput, b.ttft, b.tpot, b.free))
	}
	d.Evaluated = n
	return r
}
