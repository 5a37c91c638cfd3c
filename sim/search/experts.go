package search

import (
	"fathom/hw/message"
	"fathom/sim/expert"
	"fathom/sim/pass"
	"fathom/sim/plan"
	"fathom/sim/report"
)

// experts says of the best rows of a device, of a split those of its best pair, what loads, copies and half batches do
// at their points.
func (r *run) experts(i int, d *report.Device) {
	if !r.req.WideEP() {
		return
	}
	for _, j := range r.jobs[i] {
		best := d.Phase(j.phase).Best
		if d.PDRatio != nil && d.PDRatio.Best != nil {
			best = d.PDRatio.Best.Side(j.phase)
		}
		if best == nil || best.Strategy.EP <= 1 || j.world != best.Strategy.World() || r.stopped.Load() {
			continue
		}
		if e := r.weighed(j, best); e != nil {
			d.Experts = append(d.Experts, *e)
			d.Notes = append(d.Notes, said(e)...)
		}
	}
}

// weighed evaluates a row's point with other numbers of copies, and with and without half batches where they are asked
// for.
func (r *run) weighed(j *job, row *report.Row) *report.Experts {
	at, _ := r.req.Layout(row.Strategy)
	_, layers := r.req.Model.Routed()
	out := &report.Experts{Phase: row.Phase, Label: row.Label, Layers: layers}
	if r.req.Experts.Known() {
		moved := at
		moved.Redundant, moved.Balanced = 0, true
		out.Moved = r.req.Experts.On(moved).Expected
	}
	if f, err := r.price(j.setup(&tuple{strategy: row.Strategy, mtp: row.MTP})); err == nil {
		shape := pass.Shape{Requests: row.Concurrency, Query: r.req.InputLength, Total: r.req.InputLength}
		if row.Phase != plan.PhasePrefill {
			context := r.req.InputLength + r.req.OutputLength/2
			shape = pass.Shape{Decode: true, Requests: row.Concurrency, Query: 1 + row.MTP, Total: context + 1 + row.MTP}
		}
		step := f.Uniform(shape)
		out.StepMS, out.ExchangeMS = 1000*step.Seconds, 1000*step.Exchange
	}
	own := *r.req
	own.MaxBatchedTokens, own.BatchMin, own.BatchMax = row.MaxBatched, row.Batch, row.Batch
	var w worker
	add := func(copies int, halves bool) *report.ExpertPoint {
		s := row.Strategy
		s.RedundantExperts, s.TwoBatch = copies, halves
		p := report.ExpertPoint{Copies: copies, TwoBatch: halves}
		if r.req.Experts.Known() {
			there := at
			there.Redundant = copies
			spread := r.req.Experts.On(there)
			p.Expected, p.Worst = spread.Expected, spread.Worst
		}
		k := *row
		k.Strategy = s
		rows := w.strategy(&own, j.profile, j.fidelity, &k, r.price, r.stopped, true)
		if n := len(rows); n > 0 {
			x := &rows[n-1]
			p.AvailableGB, p.TTFT, p.TPOT, p.Throughput = x.AvailableGB, x.TTFT, x.TPOT, x.Throughput
			if x.Status == report.OOM || x.Status == report.Invalid || x.Status == report.Engine {
				p.Throughput, p.TTFT, p.TPOT, p.Reason = 0, nil, nil, x.Reason
			}
			p.CopiesGB = x.WeightGB
		}
		out.Points = append(out.Points, p)
		return &out.Points[len(out.Points)-1]
	}
	mine := row.Strategy
	add(mine.RedundantExperts, mine.TwoBatch)
	if r.req.TwoBatch != plan.Off {
		add(mine.RedundantExperts, !mine.TwoBatch)
	}
	if r.req.Redundant.Searched || r.req.Experts.Known() {
		for _, n := range append([]int{0}, expert.Fills(at.Experts, at.Ranks, 2*at.Ranks)...) {
			if n != mine.RedundantExperts {
				add(n, mine.TwoBatch)
			}
		}
	}
	base := 0.0
	for i, p := range out.Points {
		if p.Copies == 0 || i == 0 {
			base = p.CopiesGB
		}
		if p.Copies == 0 {
			break
		}
	}
	for i := range out.Points { // weights so far
		out.Points[i].CopiesGB -= base
	}
	return out
}

// said puts the points of a row into sentences.
func said(e *report.Experts) (list []message.Message) {
	own := &e.Points[0]
	if own.Expected > 0 {
		list = append(list, message.New("note.experts-load", e.Label, own.Expected, own.Worst))
	}
	for i := range e.Points[1:] {
		x := &e.Points[1+i]
		switch {
		case own.Throughput == 0 || x.Throughput == 0:
		case x.Copies == 0 && own.Copies > 0 && x.TwoBatch == own.TwoBatch:
			list = append(list, message.New("note.experts-copies", own.Copies, own.CopiesGB, x.Expected, own.Expected,
				100*(own.Throughput/x.Throughput-1)))
		case x.TwoBatch != own.TwoBatch && own.TwoBatch:
			list = append(list, message.New("note.halves-pay", e.Label, 100*(own.Throughput/x.Throughput-1)))
		case x.TwoBatch != own.TwoBatch:
			list = append(list, message.New("note.halves-lose", e.Label, 100*(1-x.Throughput/own.Throughput)))
		}
	}
	return list
}
