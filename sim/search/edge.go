package search

import (
	"math"
	"slices"

	"fathom/sim/bench"
	"fathom/sim/report"
	"fathom/sim/serve"
)

// doubts are by which shares latencies and the rate of a played load may lie on the wrong side of those of a lighter or
// a heavier one: a run tells of others beyond that.
type doubts struct{ ttft, tpot, rate float64 }

// searching are the doubts of a search, which a wrong guess costs a batch or two.
var searching = doubts{0.08, 0.01, 0.05}

// ruling are those by which a strategy is ruled out. None of 600 strategies on random devices and lengths was off by
// more: latencies of short answers move most, and experts that ranks share make the rate of full ones fall by up to a
// fifth.
func (e *edge) ruling() *doubts {
	short := 1 / float64(e.load.Output)
	d := &doubts{0.25 + 2.5*short, 0.02 + 1.5*short, searching.rate}
	if e.job.req.Model.MoE() && e.load.DP > 1 {
		d.rate = 0.3
	}
	return d
}

// Shares of a limit at which a load leaves a search no doubt, if the closed form is right.
var certainTTFT, certainTPOT = 1 + 1.5*searching.ttft, 1 + 1.5*searching.tpot

// edge is the search for the largest batch whose played run holds the limits: a bisection over all batches that memory
// has room for, which plays those about which the runs so far leave doubt. What other plans played tells of what is
// beyond any doubt only, so that a plan has one answer.
type edge struct {
	*worker
	lo, hi int
	looks  []bench.Look // of this search
	others []bench.Look // of other plans, where many are searched
	off    offset
}

// offset is how far the closed forms of latencies are from played ones, as a factor; the zero value is not known.
type offset struct{ ttft, tpot float64 }

// playedSearch finds the largest batch that holds the limits on means. Like every search of one edge it takes for
// granted that latencies grow with the batch. A few smaller batches show the curve.
func (w *worker) playedSearch() (first *point, done bool) {
	lo, hi := firstBatch, w.played.largest()
	if j := w.job; j.req.BatchMax > 0 {
		lo, hi = max(1, j.req.BatchMin), j.req.BatchMax
	}
	if first, done = w.probe(lo); !done || first.status != report.OK {
		return first, done
	}
	found := *first
	if w.job.judge != nil {
		return &found, w.judgedSearch(lo, hi)
	}
	e := &edge{worker: w, lo: lo, hi: hi}
	for lo := lo; lo < e.hi; {
		if mid := (lo + e.hi + 1) / 2; w.played.memory(w.load.Requests(mid)).Available < 0 {
			e.hi = mid - 1
		} else {
			lo = mid
		}
	}
	if w.job.onlyBest {
		if beaten, done := e.beaten(); beaten || !done {
			return &found, done
		}
		e.others = w.played.bench.Looks(nil)
	}
	good, done := e.find()
	most := 0.
	for b := good; done && b > lo && !(w.job.onlyBest && e.less(b, most)); {
		var q *point
		if q, done = w.probe(b); !done {
			break
		}
		if most == 0 && q.status != report.OK { // another run told otherwise
			b--
			continue
		}
		most = max(most, q.Throughput)
		e.looks = append(e.looks, bench.Look{Lane: e.lane(b), Output: q.Throughput})
		b /= 2
	}
	if done && good < hi && !w.job.onlyBest {
		_, done = w.probe(good + 1)
	}
	return &found, done
}

// find gives the edge.
func (e *edge) find() (good int, done bool) {
	good, bad := e.lo, e.hi+1
	for good+1 < bad {
		mid := (good + bad) / 2
		ok, known := e.passes(mid)
		for aims := 0; !known; aims++ {
			at := mid
			if aims < 2 { // nearer to the edge, which may tell of this one too
				at = min(max(mid, e.guess(1/certainTTFT, 1/certainTPOT)), e.guess(certainTTFT, certainTPOT)+1, e.hi)
			}
			if !e.look(at) {
				return 0, false
			}
			ok, known = e.passes(mid)
		}
		if ok {
			good = mid
		} else {
			bad = mid
		}
	}
	return good, true
}

// look plays a batch, unless it was. One that cannot be played serves nothing.
func (e *edge) look(batch int) (done bool) {
	e.job.turn.Wait()
	q, r := e.played.of(batch, 0)
	if r != nil {
		e.job.left.spend(ofPoint)
		e.job.left.spendPlayed(r)
	}
	e.looks = append(e.looks, bench.Look{Lane: e.lane(batch), TTFT: q.TTFT, TPOT: q.TPOT, Output: q.Throughput})
	return !e.job.stopped.Load()
}

// against notes how far the closed form is from what a batch showed.
func (e *edge) against(batch int, ttft, tpot float64) {
	f, err := e.played.bench.Estimate(e.load.Requests(batch))
	if err == nil && f.TTFT > 0 && f.TPOT > 0 && ttft > 0 && tpot > 0 {
		e.off = offset{ttft / f.TTFT, tpot / f.TPOT}
	}
}

// near takes the offset of the load that is nearest to a batch, of those that are half to twice as large.
func (e *edge) near(batch int) bool {
	lane, nearest := e.lane(batch), -1
	for i := range e.looks {
		if l := e.looks[i].Lane; e.looks[i].Output > 0 && 2*l >= lane && l <= 2*lane &&
			(nearest < 0 || distance(l, lane) < distance(e.looks[nearest].Lane, lane)) {
			nearest = i
		}
	}
	if nearest >= 0 {
		l := &e.looks[nearest]
		e.against(max(1, l.Lane*batch/lane), l.TTFT, l.TPOT)
	}
	return nearest >= 0
}

func distance(a, b int) int { return max(a-b, b-a) }

// lane is what a lane of the deployment has in flight of a batch.
func (e *edge) lane(batch int) int { return e.played.bench.Lane(e.load.Requests(batch)) }

// guess is the largest batch whose latencies are within the limits, times a factor each, by the closed form as far as
// it was right where a load was played.
func (e *edge) guess(ttft, tpot float64) int {
	at := e.formula(ttft, tpot)
	if e.near(at) {
		at = e.formula(ttft, tpot)
	}
	return at
}

func (e *edge) formula(ttft, tpot float64) int {
	limits := e.job.limits
	if j := e.job.judge; j != nil {
		limits = serve.Limits{TTFT: j.single.TTFT, TPOT: j.single.TPOT}
	}
	off := offset{1, 1}
	if e.off != (offset{}) {
		off = e.off
	}
	limits.TTFT *= ttft / off.ttft
	limits.TPOT *= tpot / off.tpot
	return e.played.guess(e.lo, e.hi, limits)
}

// passes tells whether a batch holds the limits, if that is known.
func (e *edge) passes(batch int) (ok, known bool) {
	if batch > e.hi || e.played.memory(e.load.Requests(batch)).Available < 0 {
		return false, true
	}
	lane := e.lane(batch)
	if ok, known = e.told(lane, e.looks, &searching); !known {
		ok, known = e.told(lane, e.others, e.ruling())
	}
	return ok, known
}

// told is what loads tell of another one.
func (e *edge) told(lane int, looks []bench.Look, d *doubts) (ok, known bool) {
	for i := range looks {
		l := &looks[i]
		switch {
		case l.Lane == lane:
			return l.Output > 0 && e.within(l, &doubts{}), true
		case l.Lane > lane && l.Output > 0 && e.within(l, d):
			return true, true
		case l.Lane < lane && e.fails(l, d):
			return false, true
		}
	}
	return false, false
}

// within reports that a load holds the limits, and with doubts that every lighter one does.
func (e *edge) within(l *bench.Look, d *doubts) bool {
	m := e.job.limits
	return (m.TTFT <= 0 || l.TTFT*(1+d.ttft) <= m.TTFT) && (m.TPOT <= 0 || l.TPOT*(1+d.tpot) <= m.TPOT)
}

// fails reports that no heavier load than this one holds the limits either.
func (e *edge) fails(l *bench.Look, d *doubts) bool {
	m := e.job.limits
	return m.TTFT > 0 && l.TTFT*(1-d.ttft) > m.TTFT || m.TPOT > 0 && l.TPOT*(1-d.tpot) > m.TPOT
}

// beaten reports that the strategy cannot serve what another one does: a load above all that hold the limits serves
// less. It asks what any plan played, as that never makes another strategy the best.
func (e *edge) beaten() (beaten, done bool) {
	if e.job.lead == 0 {
		return false, true
	}
	d := e.ruling()
	top := e.lane(e.hi)
	played := &edge{worker: e.worker, lo: e.lo, hi: e.hi}
	for tried := 0; ; tried++ {
		played.looks = e.played.bench.Looks(played.looks[:0])
		above := math.MaxInt // the lightest load that is known to be above
		for i := range played.looks {
			if l := &played.looks[i]; l.Lane >= top || e.fails(l, d) {
				if l.Output*(1+d.rate) < e.job.lead {
					return true, true
				}
				above = min(above, l.Lane)
			}
		}
		at := min(played.guess(1+1.5*d.ttft, 1+4*d.tpot)+1, e.hi)
		if tried == 0 {
			at = min(quarter(at), e.hi) // which cells with other limits ask about too
		}
		if tried == 3 || above <= e.lane(at)+1 {
			return false, true
		}
		if !played.look(at) {
			return false, false
		}
	}
}

// quarter is the next of four batches from each power of two to the next.
func quarter(batch int) int {
	return int(math.Ceil(math.Pow(2, math.Ceil(4*math.Log2(float64(batch)))/4)))
}

// less reports that a batch serves less than so many tokens per second, as heavier ones do.
func (e *edge) less(batch int, than float64) bool {
	lane := e.lane(batch)
	return slices.ContainsFunc(e.looks, func(l bench.Look) bool {
		return l.Lane >= lane && l.Output*(1+e.ruling().rate) < than
	})
}

// judgedSearch does the same against limits on single requests. The closed form says where to look; percentiles are not
// so regular that runs could stand for others.
func (w *worker) judgedSearch(lo, hi int) (done bool) {
	good, bad := lo, hi+1 // the last batch that is known to pass, the first that is known or feared not to
	pass := func(batch int) (ok, done bool) {
		q, done := w.probe(batch)
		if !done {
			return false, false
		}
		if ok = q.status == report.OK; ok {
			good = batch
		} else {
			bad = batch
		}
		return ok, true
	}
	e := &edge{worker: w, lo: lo, hi: hi}
	next := e.formula(1, 1)
	up := true
	for step := max(1, next/8); good+1 < bad; step *= 2 {
		ok, done := pass(max(good+1, min(next, bad-1)))
		if !done {
			return false
		}
		if step > max(1, next/8) && ok != up {
			break // the edge lies between the latest two
		}
		if up = ok; up {
			next = good + step
		} else {
			next = bad - step
		}
	}
	if good, done = w.between(good, bad); !done || !w.settle(lo, hi, good) {
		return false
	}
	for b := good / 2; b > lo; b /= 2 {
		if _, done := w.probe(b); !done {
			return false
		}
	}
	return true
}
