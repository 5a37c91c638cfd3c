package search

import "math"

// ceiling is what a played strategy serves at most within the limits, tokens per second: what the closed form says of
// the first batch that it holds for too slow, a little more where answers are short and fall into step (of which the
// micro-batches of a pipeline see half). None of 2,400 strategies on random devices, lengths, limits and engines came
// nearer than 4 %. Latencies of first tokens it knows too badly to take their limit into account; of ranks that share
// experts, and of decodes that fill half a token budget, it knows nothing.
func (w *worker) ceiling() float64 {
	p, l := w.played, &w.load
	if p.bench == nil {
		return 0
	}
	limits := w.job.limits
	limits.TTFT = 0
	batch := max(p.guess(firstBatch, p.largest(), limits)+1, w.job.req.BatchMin)
	stages := max(1, l.PP)
	e, err := p.bench.Estimate(l.Requests(batch))
	if err != nil || w.job.req.Model.MoE() && l.DP > 1 || 2*p.bench.Lane(l.Requests(batch)) > stages*p.bench.Budget() {
		return math.Inf(1)
	}
	steps := float64(l.Output) / max(1, l.Accepted)
	served := float64(l.Requests(batch)) * float64(l.Output) / (e.TTFT + float64(l.Output-1)*e.TPOT)
	return served * (1.02 + 90/(steps*float64(min(2, stages))))
}

// outdone reports that a strategy cannot serve what another one does, whatever a played run of it would show.
func (w *worker) outdone() bool {
	return w.job.judge == nil && w.job.lead > 0 && w.ceiling() < w.job.lead
}

// promising is the place of the strategy of which the closed forms promise most; -1 where they promise nothing.
func (r *run) promising(j *job) int {
	w, at, most := r.workers[0], -1, 0.0
	for i := range j.tuples {
		t := &j.tuples[i]
		if !t.rule.IsZero() || r.stopped.Load() {
			continue
		}
		setup := j.setup(t)
		forward, err := j.price(setup)
		if err != nil {
			continue
		}
		w.job, w.load = j, j.load(t)
		if w.play(setup, forward, j.req.MaxBatchedTokens); w.promise() > most {
			at, most = i, w.promise()
		}
	}
	return at
}

// promise is what the closed forms let a played strategy serve within the limits, tokens per second; 0: nothing.
func (w *worker) promise() float64 {
	p, l := w.played, &w.load
	if p.bench == nil {
		return 0
	}
	n := p.guess(firstBatch, p.largest(), w.job.limits) * l.Replicas()
	e, err := p.bench.Estimate(n)
	if err != nil {
		return 0
	}
	return float64(n) * float64(l.Output) / (e.TTFT + float64(l.Output-1)*e.TPOT)
}
