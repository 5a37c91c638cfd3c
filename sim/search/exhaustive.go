package search

import (
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/sim/serve"
)

// Bounds of the exhaustive search: one by one up to the reference tool's first upper bound, beyond that in steps of an
// eighth, up to the largest batch that the reference tool can reach.
const (
	everyUpTo  = firstLimit
	largest    = firstLimit << doublings
	refineInto = 16
)

// exhaustiveSearch evaluates every batch up to the first that memory forbids, so that no assumption about its shape is
// made where plans usually are. Above everyUpTo it goes in coarse steps as long as they are feasible, then refines
// around the best and at the edge. The reference tool's own probes come last, so that its answer is never missed.
// beyond, where it is not nil, hears of every batch and tells from which on none is of interest.
func exhaustiveSearch(p prober, req *plan.Request, limits serve.Limits, beyond func(*point) bool) (first *point,
	done bool) {
	lo, hi := firstBatch, largest
	if req.BatchMax > 0 {
		lo, hi = max(1, req.BatchMin), req.BatchMax
	}
	for b := lo; b <= min(hi, everyUpTo); b++ {
		q, done := p.probe(b)
		if !done {
			return nil, false
		}
		if q.status == report.OOM || beyond != nil && beyond(q) {
			return referenceSearch(p, req, limits)
		}
	}
	// Memory allows more than the scan covers: small models, short lengths, prefill phases.
	if hi > everyUpTo && !climb(p, max(lo, everyUpTo), hi) {
		return nil, false
	}
	return referenceSearch(p, req, limits)
}

// climb goes up in coarse steps from a batch, then refines around the best point and bisects the edge.
func climb(p prober, from, hi int) (done bool) {
	before, best, after := from, from, 0
	most := -1.0
	last, edge := from, 0 // last feasible coarse batch, first that is not
	for b := from; ; {
		q, done := p.probe(b)
		if !done {
			return false
		}
		if q.status != report.OK {
			edge = b
			break
		}
		if q.Throughput > most {
			most, before, best, after = q.Throughput, last, b, 0
		} else if after == 0 {
			after = b
		}
		last = b
		if b == hi {
			break
		}
		b = min(hi, b+max(1, b/8))
	}
	if most < 0 {
		return true
	}
	if after == 0 {
		after = max(last, edge)
	}
	if !refine(p, before, best, after) {
		return false
	}
	return edge == 0 || bisect(&unlisted{p}, last, edge)
}

// refine looks for a better batch between the neighbours of the best coarse one, in ever smaller steps.
func refine(p prober, lo, best, hi int) (done bool) {
	for step := (hi - lo + refineInto - 1) / refineInto; step > 0 && hi > lo; {
		most := -1.0
		for b := lo; b <= hi; b += step {
			q, done := p.probe(b)
			if !done {
				return false
			}
			if q.status == report.OK && q.Throughput > most {
				most, best = q.Throughput, b
			}
		}
		if step == 1 {
			break
		}
		lo, hi = max(lo, best-step), min(hi, best+step)
		step = (step + refineInto/2 - 1) / (refineInto / 2)
	}
	return true
}

// unlisted hides the marks of a bisection that the reference tool would not do.
type unlisted struct{ prober }

func (u *unlisted) probe(batch int) (*point, bool) {
	q, done := u.prober.probe(batch)
	if !done {
		return q, done
	}
	kept := *q
	return &kept, true
}
