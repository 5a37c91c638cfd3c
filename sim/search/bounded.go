package search

import (
	"fathom/sim/plan"
	"fathom/sim/report"
)

// everyPrompt is the batch up to which a prefill phase is tried one by one: what a transfer leaves of a TTFT limit may
// ask for any of them, and they share a few forwards.
const everyPrompt = 64

// boundedSearch finds the batch with the most requests per second as an exhaustive search does, with a tenth of its
// probes. It assumes that a larger batch never takes less time and never leaves more memory: what passes is then a
// range from the smallest batch on, and batches between a and b serve no more than b would in the time of a.
func boundedSearch(p prober, req *plan.Request) (first *point, done bool) {
	lo, hi := firstBatch, largest
	if req.BatchMax > 0 {
		lo, hi = max(1, req.BatchMin), req.BatchMax
	}
	q, done := p.probe(lo)
	if !done || q.status != report.OK {
		return q, done
	}
	kept := *q
	good, bad := lo, hi+1 // the last batch that is known to pass, the first that does not
	for step := 1; good+1 < bad; step *= 2 {
		at := min(good+step, bad-1)
		if q, done = p.probe(at); !done {
			return nil, false
		}
		if q.status != report.OK {
			bad = at
			break
		}
		good = at
	}
	for good+1 < bad {
		mid := (good + bad) / 2
		if q, done = p.probe(mid); !done {
			return nil, false
		}
		if q.status == report.OK {
			good = mid
		} else {
			bad = mid
		}
	}
	s := &span{prober: p}
	a, okA := s.at(lo)
	b, okB := s.at(good)
	if !okA || !okB {
		return nil, false
	}
	s.most = max(a.rate(), b.rate())
	if !s.between(&a, &b) {
		return nil, false
	}
	return &kept, true
}

// span is the search for the best batch between two that pass.
type span struct {
	prober
	most float64 // requests or tokens per second
}

// at is a copy of a point: those of the prober move when it makes more.
func (s *span) at(batch int) (point, bool) {
	q, done := s.probe(batch)
	if !done {
		return point{}, false
	}
	return *q, true
}

// between halves the range as long as a batch in it could serve more than the best one, or is one of the few that are
// all wanted.
func (s *span) between(a, b *point) (done bool) {
	if b.Batch-a.Batch < 2 {
		return true
	}
	could := a.rate() * float64(b.Batch-1) / float64(a.Batch)
	if could <= s.most && !(a.Makespan > 0 && a.Batch < everyPrompt) {
		return true
	}
	mid, ok := s.at((a.Batch + b.Batch) / 2)
	if !ok {
		return false
	}
	s.most = max(s.most, mid.rate())
	return s.between(&mid, b) && s.between(a, &mid)
}

// rate is what a phase is searched for: tokens of answers or of prompts per second.
func (p *point) rate() float64 { return p.Throughput }

// useful keeps of the points of a strategy what a split can use: of a decode phase the one that serves most, of a
// prefill phase also those that serve less and answer sooner, since a transfer may leave less than the limit; and the
// first that fails by its kind. Points stand by budget and batch, so that later ones of a budget answer later.
func (w *worker) useful() {
	keep := make([]point, 0, 16)
	failed := map[report.Status]bool{}
	decode, best, budget := -1, 0.0, -1
	for i := range w.points {
		p := &w.points[i]
		if p.budget != budget {
			best, budget = 0, p.budget
		}
		switch rate := p.QPS(&w.load); {
		case p.status != report.OK:
			if !failed[p.status] {
				failed[p.status] = true
				keep = append(keep, *p)
			}
		case w.job.phase == plan.PhaseDecode:
			if decode < 0 || rate > keep[decode].QPS(&w.load) {
				if decode < 0 {
					decode = len(keep)
					keep = append(keep, *p)
				}
				keep[decode] = *p
			}
		case rate > best:
			best = rate
			keep = append(keep, *p)
		}
	}
	w.points = append(w.points[:0], keep...)
}
