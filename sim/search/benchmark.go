package search

import (
	"context"
	"sync/atomic"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/bench"
	"fathom/sim/pass"
	"fathom/sim/plan"
	"fathom/sim/price"
	"fathom/sim/report"
	"fathom/sim/serve"
	"fathom/sim/traffic"
)

// errUnplayed says of which rows no benchmark can be played.
var errUnplayed = message.Fault("unplayed.phase")

// errTimesOnly says that a forward model has no room and no host for a scheduler to reckon with.
var errTimesOnly = message.Fault("unplayed.forward")

// scheduled puts a scheduler over the forward model of a setup.
func scheduled(s pass.Setup, forward serve.Forward, l bench.Lengths, budget int, accepted float64) (*bench.Bench,
	error) {
	p, ok := forward.(price.Pricer)
	if !ok {
		return nil, errTimesOnly
	}
	return bench.New(s, p, l, budget, accepted)
}

// bench is the deployment of a row with its scheduler, which takes as many requests as the row has.
func (j *job) bench(row *report.Row) (*bench.Bench, error) {
	s := j.setup(&tuple{strategy: row.Strategy, mtp: row.MTP})
	forward, err := j.price(s)
	if err != nil {
		return nil, err
	}
	b, err := j.engine(s, forward, row.MaxBatched, j.accepted(row.MTP))
	if err != nil {
		return nil, err
	}
	b = b.Limited(row.Concurrency).Until(j.stopped)
	if j.judge != nil {
		b = j.judge.on(b, 0)
	}
	return b, nil
}

// benchmark plays the traffic that the request names against every candidate of a profile, with the scheduler's places
// set to the row's concurrency, as its launch command does.
func (r *run) benchmark(i int, d *report.Device) {
	note := func(label string, err error) {
		if err == nil {
			return
		}
		if len(d.Notes) < mostNotes {
			d.Notes = append(d.Notes, message.New("issue.line", label, err))
		}
	}
	if d.Aggregation != nil && (len(r.req.Distribution) == 0 || r.req.Played()) {
		for n := range d.Aggregation.Candidates {
			if r.stopped.Load() {
				return
			}
			row := &d.Aggregation.Candidates[n]
			b, err := r.jobs[i][0].bench(row)
			if err == nil {
				err = play(b, r.req, row)
			}
			note(row.Label, err)
		}
	}
	if d.PDRatio != nil {
		for n := range d.PDRatio.Candidates {
			if r.stopped.Load() {
				return
			}
			if n >= mostPlayed && r.req.SplitSearched() {
				break
			}
			x := &d.PDRatio.Candidates[n]
			note(x.Prefill.Label+" / "+x.Decode.Label, r.playPair(i, x))
		}
	}
}

// mostNotes bounds the notes of a profile: a page of the same reason helps nobody.
const mostNotes = 8

// mostPlayed is how many of the splits of a search are played.
const mostPlayed = 16

// playPair plays the traffic against all instances of a pair: a closed loop keeps as many requests in flight as the
// decode instances have places.
func (r *run) playPair(i int, x *report.Ratio) error {
	if x.Held != nil && r.req.QPS == 0 {
		return nil // the most that it holds was played already
	}
	pair, err := r.pair(i, x)
	if pair == nil {
		return err
	}
	got, err := pair.Play(r.req.Traffic, r.req.QPS, x.Decode.Concurrency**x.DecodeInstances)
	if err != nil {
		return err
	}
	x.Traffic = trafficOf(&got, r.req.Traffic, rateOf(r.req), r.req)
	x.Traffic.Asked = true
	return nil
}

// play fills in what a benchmark shows of a row. A closed loop that the search has played already stays.
func play(b *bench.Bench, req *plan.Request, row *report.Row) error {
	if row.Traffic == nil || row.Traffic.Kind != req.Traffic || req.Traffic == plan.TrafficPoisson && req.QPS > 0 {
		got, err := b.Play(req.Traffic, req.QPS, row.Concurrency)
		if err != nil {
			return err
		}
		row.Traffic = trafficOf(&got, req.Traffic, rateOf(req), req)
	}
	capacity, err := b.Capacity()
	if err != nil {
		return err
	}
	own := *row.Traffic
	capacity = max(capacity, own.QPS) // what it ends it can be sent
	own.Asked, own.Capacity = true, &capacity
	row.Traffic = &own
	return nil
}

func rateOf(req *plan.Request) float64 {
	if req.Traffic == plan.TrafficPoisson {
		return req.QPS
	}
	return 0
}

// LoadCurve plays a row's deployment: the request's own traffic, a closed loop where it names none, and open arrivals
// from idle to saturation.
func LoadCurve(ctx context.Context, req *plan.Request, profile *hw.Profile, row report.Row,
	price Pricer) (*report.Traffic, []report.LoadPoint, error) {
	fidelity, err := req.Fidelity.On(profile)
	if err != nil {
		return nil, nil, err
	}
	own := *req
	if own.Traffic == plan.TrafficNone {
		own.Traffic = plan.TrafficClosed
	}
	var stopped atomic.Bool
	defer context.AfterFunc(ctx, func() { stopped.Store(true) })()
	if row.Phase != plan.PhaseAggregation || len(req.Distribution) > 0 && !req.Played() {
		return nil, nil, errUnplayed
	}
	j := alone(&own, profile, fidelity, &row, price, &stopped)
	b, err := j.bench(&row)
	if err != nil {
		return nil, nil, err
	}
	if row.Held != nil && own.QPS == 0 { // the most that the row holds
		own.QPS = row.Held.Rate
	}
	b = b.Against(limitsOf(&own))
	got, err := b.Followed(moments).Play(own.Traffic, own.QPS, row.Concurrency)
	if err != nil {
		return nil, nil, err
	}
	points, capacity, err := b.Curve(ctx)
	if err != nil {
		return nil, nil, err
	}
	mine := trafficOf(&got, own.Traffic, rateOf(&own), &own)
	capacity = max(capacity, got.Rate)
	mine.Asked, mine.Capacity = true, &capacity
	list := curve(points, &own)
	if limitsOf(&own) != (traffic.Limits{}) || own.Workload != nil && own.Workload.Promises() {
		mine.Goodput = &got.Goodput
		for i := range list {
			list[i].Goodput = &points[i].Goodput
		}
	}
	return mine, list, nil
}

// moments are those of the timeline of a played row: more than a screen has columns.
const moments = 256

func curve(points []traffic.Point, req *plan.Request) []report.LoadPoint {
	list := make([]report.LoadPoint, len(points))
	for i := range points {
		p := &points[i]
		list[i] = report.LoadPoint{Traffic: *trafficOf(&p.Result, plan.TrafficPoisson, p.Rate, req), Saturated: p.Saturated}
	}
	return list
}
