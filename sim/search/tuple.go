package search

import (
	"cmp"
	"slices"
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

// Pricer builds the forward model of one strategy; a price.Pricer is one. An error says why it cannot be built.
type Pricer func(pass.Setup) (serve.Forward, error)

// job is one phase on one profile: the same search for every tuple. It is read-only while workers search it, but for
// the record, which only one worker at a time may use.
type job struct {
	req        *plan.Request
	profile    *hw.Profile
	price      Pricer
	phase      plan.Phase
	world      int // devices of one instance; in PD ratio those of the phase's own instances
	fidelity   plan.Fidelity
	exhaustive bool // every batch and budget, instead of the reference tool's probes
	switches   serve.Switches
	passes     pass.Switches  // zero: as the fidelity says
	limits     serve.Limits   // a phase knows only its own limit; none where a judge has them
	judge      *judge         // nil: closed forms, or means, say whether limits are held
	lengths    *serve.Lengths // nil: prompts of one length
	tuples     []tuple
	record     *record       // nil: every forward is priced directly
	left       *allowance    // of work; nil: whatever it takes
	stopped    *atomic.Bool  // set when the context ends; read at every probe and inside long evaluations
	split      bool          // one of many instance sizes of a split
	bounded    bool          // larger batches are taken to be slower, and only useful points are kept
	smallest   bool          // only the smallest batch is of interest
	lean       bool          // only the best rows are
	startable  bool          // only strategies that the serving engine starts are, where others cannot be best
	turn       *serve.Turn   // held while the run has to wait; nil where it never has
	runs       *bench.Runs   // closed loops that were played
	onlyBest   bool          // strategies that cannot win need not be searched to the end
	first      float64       // output tokens per second of the best strategy so far, where only that is wanted
	second     float64       // of the second best
	lead       float64       // of the one of the two that others have to serve more than
	live       *atomic.Int64 // counts points as they are evaluated; nil where nobody waits for them
}

// point is an evaluated batch size with what became of it.
type point struct {
	serve.Point
	budget int
	status report.Status
	listed bool
	played *traffic.Result // what a benchmark shows; nil where the point was not simulated
	held   *report.Held    // against the limits of a judge
	load   int             // what was probed: a batch, or a step of the rates
}

// found is what the search of one tuple gave.
type found struct {
	rows    []report.Row
	outcome report.Outcome
	refused bool // the serving engine does not start it
	counted int  // points evaluated, kept or not
	counts  report.Counts
}

// worker searches tuples one after the other with the same scratch space.
type worker struct {
	evaluator serve.Evaluator
	memory    remembered
	replay    replayed
	points    []point
	played    *played  // nil: points come from closed forms
	bars      hw.Sight // of calibrated figures

	job    *job
	load   serve.Load
	layout plan.Strategy
	at     map[int]int32 // places of the points of the budget at hand, by batch
	anew   bool          // a repeated probe is priced again
}

// search evaluates one tuple of a job.
func (w *worker) search(j *job, i int) found {
	t := &j.tuples[i]
	out := found{outcome: report.Outcome{Phase: j.phase, Label: t.label}}
	if !t.rule.IsZero() {
		out.outcome.End, out.outcome.Reason = report.Skipped, t.rule
		out.rows, out.counts.Invalid = []report.Row{j.invalid(t, t.rule)}, 1
		return out
	}
	if why := j.refusal(t); j.startable && !j.refusedStay() && !why.IsZero() {
		out.outcome.End, out.outcome.Reason, out.refused = report.Refused, why, true
		return out
	}
	if j.req.InFlight > 0 {
		j = j.holding(t.strategy.DP * max(1, t.strategy.PP))
	}
	j.left.spend(ofTuple)
	setup := j.setup(t)
	forward, err := j.price(setup)
	if err != nil {
		out.outcome.End, out.outcome.Reason = report.Unbuildable, message.Of(err)
		out.rows, out.counts.Invalid = []report.Row{j.invalid(t, message.Of(err))}, 1
		return out
	}
	if w.at == nil {
		w.at = make(map[int]int32, 64)
	}
	// Scratch space is reused, so that a search of thousands of points allocates a handful of times per tuple.
	w.points = w.points[:0]
	w.job, w.load, w.layout = j, j.load(t), t.strategy
	w.anew = false
	w.played = nil
	var bars *hw.EngineCosts
	if j.fidelity == plan.Calibrated {
		bars = price.CostsOf(j.profile, j.req.Serving).Bars
	}
	w.bars.From(bars)
	if j.plays() {
		w.play(setup, forward, j.req.MaxBatchedTokens)
	}
	if j.onlyBest && w.outdone() {
		out.outcome.End = report.Outdone
		return out
	}
	if w.evaluator.Spend = nil; j.left != nil {
		forward, w.evaluator.Spend = charged{forward, j.left}, j.left.spend
	}
	if j.record != nil {
		w.replay.reset(forward, j.record, i, j.phase == plan.PhaseAggregation)
		forward = &w.replay
		w.anew = j.phase != plan.PhaseAggregation
	} else {
		w.memory.reset(forward, max(1, t.strategy.DP))
		forward = &w.memory
	}
	done := w.overBudgets(setup, forward)
	// Probes come in the order of the bisection; curves and tables want them by batch.
	slices.SortStableFunc(w.points, func(a, b point) int {
		return cmp.Or(cmp.Compare(a.budget, b.budget), cmp.Compare(a.Batch, b.Batch))
	})
	out.counted = len(w.points)
	if j.bounded && !j.req.KeepAll {
		w.useful()
	}
	out.rows = w.rows(t)
	j.wasteful(out.rows)
	out.counts = tally(out.rows)
	out.outcome.End, out.outcome.Reason = w.end(out.rows, done)
	if near, ok := j.byWatts(out.rows); ok && out.counts.OK == 0 {
		out.outcome.End, out.outcome.Reason = report.OverLimit, near.Row.Reason
	}
	j.refuse(&out, j.refusal(t))
	return out
}

// overBudgets runs the batch search under each token budget. The reference tool takes the first one whose smallest
// batch does not run out of memory in prefill.
func (w *worker) overBudgets(setup pass.Setup, forward serve.Forward) (done bool) {
	budgets := w.job.budgets()
	if w.played != nil {
		own := w.played.budget(w.job.req.MaxBatchedTokens)
		even := w.played.evenBudget(w.job.req.MaxBatchedTokens, w.job.limits)
		if budgets = []int{even}; even != own {
			w.play(setup, w.played.forward, even)
		}
	}
	for _, budget := range budgets {
		w.load.Budget = budget
		w.evaluator.Prepare(w.load, forward, w.job.stopped)
		w.evaluator.Turn = w.job.turn
		clear(w.at)
		first, done := w.batches()
		if !done {
			return false
		}
		if w.played == nil && !w.job.everyBudget() && first.Short != serve.PrefillShort {
			break
		}
	}
	return true
}

// batches runs the batch search under one budget.
func (w *worker) batches() (first *point, done bool) {
	switch {
	case w.job.smallest:
		if w.played != nil && w.played.rates.hi > 0 {
			return w.probe(w.played.rates.lo)
		}
		return w.first(max(1, w.job.req.BatchMin))
	case w.played != nil && w.played.rates.hi > 0:
		return w.openSearch()
	case w.played != nil:
		return w.playedSearch()
	case w.job.exhaustive && w.job.bounded:
		return boundedSearch(w, w.job.req)
	case w.job.exhaustive && w.job.lean:
		return exhaustiveSearch(w, w.job.req, w.job.limits, w.job.beyond(w.layout))
	case w.job.exhaustive:
		return exhaustiveSearch(w, w.job.req, w.job.limits, nil)
	}
	return referenceSearch(w, w.job.req, w.job.limits)
}

// probe evaluates a batch size under the budget at hand, once. Where the reference tool prices a repeated probe anew,
// so do we, because re-pricing gives another figure.
func (w *worker) probe(batch int) (*point, bool) {
	at, known := w.at[batch]
	if known && !w.anew {
		return &w.points[at], true
	}
	w.job.turn.Wait()
	w.job.left.spend(ofPoint)
	q := point{budget: w.load.Budget, load: batch}
	done := true
	if w.played != nil {
		q.Point, q.played = w.played.of(batch, 0)
		if q.played != nil {
			w.job.left.spendPlayed(q.played)
		}
	} else {
		q.Point, done = w.evaluator.At(batch)
	}
	if !done || w.job.stopped.Load() {
		return nil, false
	}
	// Limits are tested on unrounded figures; the table tests them again with three decimals.
	q.status = w.job.limits.Judge(&q.Point)
	if w.job.judge != nil && q.played != nil {
		w.verdict(&q)
	}
	return w.keep(batch, &q), true
}

// keep puts a point among those of the budget at hand, in the place of an earlier one of its batch.
func (w *worker) keep(batch int, q *point) *point {
	at, known := w.at[batch]
	if !known {
		at = int32(len(w.points))
		w.at[batch] = at
		w.points = append(w.points, *q)
		if w.job.live != nil {
			w.job.live.Add(1)
		}
	}
	w.points[at] = *q
	return &w.points[at]
}

// holding is the job with the one batch that keeps the requests in flight that are asked for, over so many replicas:
// data-parallel ranks and stages of a pipeline. The batch is that of the fullest one.
func (j *job) holding(replicas int) *job {
	own, req := *j, *j.req
	replicas = max(1, replicas)
	req.BatchMax = (req.InFlight + replicas - 1) / replicas
	req.BatchMin = req.BatchMax
	own.req = &req
	return &own
}

// setup is the forward model of a tuple.
func (j *job) setup(t *tuple) pass.Setup {
	return pass.Setup{Model: j.req.Model, Profile: j.profile, Strategy: t.strategy, Quant: j.req.Quant,
		Options: j.req.Options, MTP: t.mtp, Guess: j.req.Speculation.Tokens,
		ReservedGB: j.req.ReservedGB, Fidelity: j.fidelity, Switches: j.passes, Serving: j.req.Serving,
		Busiest: j.req.Busiest(t.strategy)}
}

// load is what serving has to know about a tuple; the budget comes later.
func (j *job) load(t *tuple) serve.Load {
	r := j.req
	l := serve.Load{
		Phase: j.phase, Input: r.InputLength, Output: r.OutputLength, HitRate: r.PrefixCacheHitRate, Lengths: j.lengths,
		TP: t.strategy.TP, PP: t.strategy.PP, DP: t.strategy.DP, MTP: t.mtp + r.Speculation.Tokens,
		Accepted: j.accepted(t.mtp), InFlight: r.InFlight,
		Images: r.ImageBatch, ImageHeight: r.ImageHeight, ImageWidth: r.ImageWidth, Switches: j.switches,
	}
	// The reference tool ignores the hand-off in aggregation, where nothing is handed over.
	if j.phase != plan.PhaseAggregation {
		l.HandOff = r.ServingCostMS / 1000
	}
	return l
}
