package search

import (
	"math"
	"slices"

	"fathom/hw/message"
	"fathom/sim/expert"
	"fathom/sim/pass"
	"fathom/sim/plan"
	"fathom/sim/report"
)

// checkExperts refuses what is said of experts where there are none, or where nothing can be made of it.
func checkExperts(req *plan.Request, bad func(field, key string, args ...any) error) error {
	field := ""
	switch {
	case req.Experts.Known():
		if field = "expert_skew"; len(req.Experts.Layers) > 0 {
			field = "expert_loads"
		}
	case req.Redundant.Searched:
		field = "redundant_experts"
	case req.TwoBatch != plan.Off:
		field = "two_batch_overlap"
	case req.AFD.Asked:
		field = "afd"
	default:
		return nil
	}
	f, layers := req.Model.Routed()
	if layers == 0 {
		return bad(field, "failure.experts-dense", req.Model.Name)
	}
	if s := req.Experts.Skew; !(s >= 0) || math.IsInf(s, 1) {
		return bad(field, "failure.experts-skew", s)
	}
	if err := req.Experts.Check(f.Experts, f.TopK, layers); err != nil {
		return bad(field, "failure.experts-loads", req.Experts.File, err)
	}
	for _, n := range req.Redundant.Values {
		if n < 0 {
			return bad(field, "failure.experts-copies", n)
		}
	}
	if a := req.AFD; a.Asked {
		decodes := slices.ContainsFunc(phases(req), func(p phaseOf) bool { return p.phase == plan.PhaseDecode })
		switch {
		case !decodes:
			return bad("afd", "failure.afd-decode")
		case a.Experts < 0 || a.Attention < 0 || a.Experts+a.Attention > req.Devices:
			return bad("afd", "failure.afd-ranks", a.Attention, a.Experts, req.Devices)
		}
	}
	for _, pair := range req.Pairings() {
		if fidelity, err := pairFidelity(req.Fidelity, pair); err == nil && fidelity == plan.Reference {
			return bad(field, "failure.experts-reference", pair.Name())
		}
	}
	return nil
}

// experts says of the best rows of a device what loads, copies and half batches do at their points.
func (r *run) experts(i int, d *report.Device) {
	if !r.req.WideEP() {
		return
	}
	for _, j := range r.jobs[i] {
		best := d.Phase(j.phase).Best
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
	own.MaxBatchedTokens, own.BatchMin, own.BatchMax, own.InFlight = row.MaxBatched, row.Batch, row.Batch, 0
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
