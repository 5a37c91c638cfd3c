package search

import (
	"math"

	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/sim/serve"
)

// The reference tool's batch search (search-and-serving 3.3): it starts between these bounds and doubles at most ten
// times.
const (
	firstBatch = 1
	firstLimit = 512
	doublings  = 10
	anyBatch   = 1<<19 - 1 // the estimate where nothing limits
)

// prober evaluates one batch size; it gives the place of the point, and false when the run was stopped.
type prober interface {
	probe(batch int) (*point, bool)
}

// referenceSearch finds the largest feasible batch as the reference tool does, probe by probe: grow until one fails,
// then bisect. Feasible points of the bisection are marked as listed; those of the growth are not, as in its tables. It
// returns the first point, whose failure decides about the token budget.
func referenceSearch(p prober, req *plan.Request, limits serve.Limits) (first *point, done bool) {
	lo, hi := firstBatch, firstLimit
	ranged := req.BatchMax > 0
	if ranged {
		lo, hi = max(1, req.BatchMin), req.BatchMax
	}
	if first, done = p.probe(lo); !done || first.status != report.OK {
		return first, done
	}
	switch {
	case ranged:
	case req.Strategy == plan.LinearExponential:
		hi, done = growLinear(p, limits, *first, hi)
	default:
		lo, hi, done = grow(p, lo, hi)
	}
	if !done {
		return first, false
	}
	return first, bisect(p, lo, hi)
}

// grow doubles the upper bound while it is feasible.
func grow(p prober, lo, hi int) (newLo, newHi int, done bool) {
	for range doublings {
		q, done := p.probe(hi)
		if !done {
			return lo, hi, false
		}
		if q.status != report.OK {
			break
		}
		lo, hi = hi, 2*hi
	}
	return lo, hi, true
}

// growLinear does the same, but extrapolates from the first point to where memory or a limit will end the search. The
// lower bound stays at the first point, as it does there.
func growLinear(p prober, limits serve.Limits, first point, hi int) (newHi int, done bool) {
	for range doublings {
		q, done := p.probe(hi)
		if !done {
			return hi, false
		}
		guess := estimate(limits, &first, q)
		if q.status != report.OK {
			return int(math.Min(guess, float64(hi))), true
		}
		if guess <= float64(2*hi) {
			return int(math.RoundToEven(guess)), true
		}
		hi *= 2
	}
	return hi, true
}

// estimate is the batch at which a straight line through two points meets the first limit, with half as much again for
// latencies. Latencies may be infinite where a forward did not fit.
func estimate(limits serve.Limits, low, high *point) float64 {
	best := math.Inf(1)
	// All rounding is half to even, as in the original; memory first, then TPOT, then TTFT.
	b := float64(high.Batch)
	m := high.Memory
	if per := (m.Total - m.Weight - m.Reserved - m.Available) / b; per > 0 {
		best = max(1, math.RoundToEven(b+m.Available/per)+1)
	}
	along := func(limit, from, to float64) {
		if limit <= 0 || to <= from {
			return
		}
		slope := (to - from) / (b - float64(low.Batch))
		best = min(best, max(1, math.RoundToEven((float64(low.Batch)+(limit-from)/slope)*1.5)+1))
	}
	along(limits.TPOT, low.TPOT, high.TPOT)
	along(limits.TTFT, low.TTFT, high.TTFT)
	if math.IsInf(best, 1) {
		return anyBatch
	}
	return best
}

// bisect assumes that feasibility only ever falls with the batch.
func bisect(p prober, lo, hi int) (done bool) {
	for lo <= hi {
		mid := (lo + hi) / 2
		q, done := p.probe(mid)
		if !done {
			return false
		}
		if q.status == report.OK {
			q.listed = true
			lo = mid + 1
		} else {
			hi = mid - 1
		}
	}
	return true
}
