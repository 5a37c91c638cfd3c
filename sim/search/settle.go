package search

import (
	"sort"

	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/sim/serve"
	"fathom/sim/traffic"
)

// Percentiles of a run move with its seed, so that limits are not held up to one sharp edge. What a judged search
// answers holds under two seeds, and loads a little above it were looked at.
const secondSeed = 1

// above are the shares beyond an edge at which it is looked for once more.
var above = [...]float64{0.01, 0.03, 0.06}

// rates are the loads that a search of open arrivals tries: unit times lo to hi, in requests per second.
type rates struct {
	unit   float64
	lo, hi int
}

// steps are the rates up to the saturation, or up to the rate that is asked for.
const steps = 96

// open prepares a search of rates where the request sends open arrivals. A rate that is asked for is the least that an
// answer must hold.
func (p *played) open(j *job) {
	if j.req.Traffic != plan.TrafficPoisson || p.bench == nil {
		return
	}
	if j.req.BatchMax > 0 {
		p.bench = p.bench.Limited(p.load.Requests(j.req.BatchMax))
	}
	capacity, err := p.bench.Capacity()
	if p.most = p.fits(p.bench.Sequences()); err != nil || capacity <= 0 || p.most < 1 {
		p.bench = nil
		return
	}
	p.rates = rates{unit: capacity / steps, lo: 1, hi: steps}
	if j.req.QPS > 0 {
		p.rates = rates{unit: j.req.QPS / steps, lo: steps, hi: max(steps, int(min(1e6, capacity/j.req.QPS*steps)))}
	}
}

// of evaluates a load of the search: so many requests per DP rank in flight, or a step of the rates.
func (p *played) of(load int, seed uint64) (serve.Point, *traffic.Result) {
	own := *p
	if own.bench != nil && seed != 0 {
		own.bench = own.bench.Seeded(seed)
	}
	if p.rates.hi == 0 {
		return own.at(load)
	}
	r, err := traffic.Result{}, errNoRoom
	if own.bench != nil {
		r, err = own.bench.Poisson(p.rates.unit * float64(load))
	}
	// In flight are more than memory has room for to the end of all answers, as few are at their end: what is shown as
	// taken is that of as many as fit. The scheduler puts requests back where it comes to the worst.
	replicas := p.load.Replicas()
	n := max(1, r.Running)
	q, got := own.point((n+replicas-1)/replicas, max(1, min(n, p.most)), &r, err)
	q.Concurrency = n
	return q, got
}

// fits is the largest number of requests, up to most, that memory has room for to the end of their answers.
func (p *played) fits(most int) int {
	return sort.Search(most, func(n int) bool { return p.memory(n+1).Available < 0 })
}

// verdict holds a played point against the limits.
func (w *worker) verdict(q *point) {
	q.held = w.job.judge.held(q.played, w.played.rates.unit*float64(q.load))
	q.held.Concurrency = q.Concurrency
	if q.status == report.OK {
		q.status = statusOf(q.held)
	}
}

// openSearch finds the highest rate of open arrivals under which the limits hold.
func (w *worker) openSearch() (first *point, done bool) {
	lo, hi := w.played.rates.lo, w.played.rates.hi
	if first, done = w.probe(lo); !done || first.status != report.OK {
		return first, done
	}
	found := *first
	good, done := w.between(lo, hi+1)
	return &found, done && w.settle(lo, hi, good)
}

// between bisects the edge above a load that passes, below one that is known or feared not to.
func (w *worker) between(good, bad int) (edge int, done bool) {
	for good+1 < bad {
		mid := (good + bad) / 2
		q, done := w.probe(mid)
		switch {
		case !done:
			return good, false
		case q.status == report.OK:
			good = mid
		default:
			bad = mid
		}
	}
	return good, true
}

// settle looks for loads that pass a little above the edge, then takes back what passes under one seed only.
func (w *worker) settle(lo, hi, edge int) (done bool) {
	for _, share := range above {
		next := edge + max(1, int(share*float64(edge)))
		if next > hi {
			break
		}
		q, done := w.probe(next)
		if !done {
			return false
		}
		if q.status == report.OK {
			if edge, done = w.between(next, min(hi+1, next+max(1, next/16))); !done {
				return false
			}
		}
	}
	for {
		top := -1
		for i := range w.points {
			if q := &w.points[i]; q.budget == w.load.Budget && q.status == report.OK &&
				(top < 0 || q.load > w.points[top].load) {
				top = i
			}
		}
		if top < 0 || w.job.stopped.Load() {
			return !w.job.stopped.Load()
		}
		again := w.points[top]
		again.Point, again.played = w.played.of(again.load, secondSeed)
		again.status = report.OK
		if again.played != nil {
			w.verdict(&again)
		}
		if again.status == report.OK {
			return true
		}
		w.points[top] = again
		if next := again.load - max(1, again.load/64); next >= lo {
			if _, done := w.probe(next); !done {
				return false
			}
		}
	}
}
