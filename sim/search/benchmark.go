package search

import (
	"context"
	"errors"
	"sync/atomic"

	"fathom/hw"
	"fathom/sim/bench"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/sim/serve"
	"fathom/sim/traffic"
)

// errUnplayed says of which rows no benchmark can be played.
var errUnplayed = errors.New("traffic: a benchmark is played on rows of aggregation with prompts of one length; a phase alone serves nobody")

// bench is the deployment of a tuple with its scheduler.
func (j *job) bench(t *tuple, budget int) (*bench.Bench, error) {
	if j.phase != plan.PhaseAggregation || j.lengths != nil || len(j.req.Distribution) > 0 {
		return nil, errUnplayed
	}
	s := j.setup(t)
	forward, err := j.price(s)
	if err != nil {
		return nil, err
	}
	return bench.New(s, forward, lengthsOf(j.req), budget, serve.Accepted(t.mtp, j.req.Acceptance))
}

// benchmark plays the traffic that the request names against every candidate of a profile, with the scheduler's places set
// to the row's concurrency, as its launch command does.
func (r *run) benchmark(i int, d *report.Device) {
	for k, j := range r.jobs[i] {
		if j.phase != plan.PhaseAggregation || d.Aggregation == nil {
			continue
		}
		for n := range d.Aggregation.Candidates {
			if r.stopped.Load() {
				return
			}
			row := &d.Aggregation.Candidates[n]
			b, err := r.jobs[i][k].bench(&tuple{strategy: row.Strategy, mtp: row.MTP, label: row.Label}, row.MaxBatched)
			if err == nil {
				err = play(b.Limited(row.Concurrency), j.req, row)
			}
			if err != nil {
				d.Notes = append(d.Notes, row.Label+": "+err.Error())
			}
		}
	}
}

// play fills in what a benchmark shows of a row. A closed loop that the search has played already stays.
func play(b *bench.Bench, req *plan.Request, row *report.Row) error {
	if row.Traffic == nil || req.Traffic != plan.TrafficClosed {
		got, err := b.Play(req.Traffic, req.QPS, row.Concurrency)
		if err != nil {
			return err
		}
		row.Traffic = trafficOf(&got, req.Traffic, rateOf(req))
	}
	capacity, err := b.Capacity()
	if err != nil {
		return err
	}
	own := *row.Traffic
	own.Capacity = &capacity
	row.Traffic = &own
	return nil
}

func rateOf(req *plan.Request) float64 {
	if req.Traffic == plan.TrafficPoisson {
		return req.QPS
	}
	return 0
}

// LoadCurve plays a row's deployment: the request's own traffic, a closed loop where it names none, and open arrivals from idle
// to saturation.
func LoadCurve(ctx context.Context, req *plan.Request, profile *hw.Profile, row report.Row, price Pricer) (*report.Traffic, []report.LoadPoint, error) {
	fidelity, err := Fidelity(req.Fidelity, profile)
	if err != nil {
		return nil, nil, err
	}
	own := *req
	if own.Traffic == plan.TrafficNone {
		own.Traffic = plan.TrafficClosed
	}
	var stopped atomic.Bool
	j := alone(&own, profile, fidelity, &row, price, &stopped)
	b, err := j.bench(&j.tuples[0], row.MaxBatched)
	if err != nil {
		return nil, nil, err
	}
	b = b.Limited(row.Concurrency)
	got, err := b.Play(own.Traffic, own.QPS, row.Concurrency)
	if err != nil {
		return nil, nil, err
	}
	points, capacity, err := b.Curve(ctx)
	if err != nil {
		return nil, nil, err
	}
	mine := trafficOf(&got, own.Traffic, rateOf(&own))
	mine.Capacity = &capacity
	return mine, curve(points), nil
}

func curve(points []traffic.Point) []report.LoadPoint {
	list := make([]report.LoadPoint, len(points))
	for i := range points {
		p := &points[i]
		list[i] = report.LoadPoint{Traffic: *trafficOf(&p.Result, plan.TrafficPoisson, p.Rate), Saturated: p.Saturated}
	}
	return list
}
