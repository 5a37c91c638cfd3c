package search

import (
	"math"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/bench"
	"fathom/sim/pass"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/sim/serve"
	"fathom/sim/traffic"
)

// played evaluates points of aggregation by simulation instead of closed forms: measured step times are those of a
// scheduler that mixes prompts and decodes, and what a fit to measured runs claims, it claims of what a benchmark
// shows.
type played struct {
	bench   *bench.Bench // nil: the room does not hold one request
	forward serve.Forward
	load    *serve.Load
	rates   rates // of open arrivals; zero: closed loops are searched
	most    int   // requests that memory has room for to the end of their answers, of open arrivals
}

// errNoRoom is what a simulation answers where no request can be served.
var errNoRoom = message.Fault("unplayed.room")

// plays tells whether points are simulated: calibrated figures of prefill and decode on the same devices, and limits
// that only single requests can be held against. Lengths from a file were in no measured run; the closed forms answer
// for them.
func (j *job) plays() bool {
	return j.phase == plan.PhaseAggregation && (j.judge != nil || j.fidelity == plan.Calibrated && j.lengths == nil)
}

// listedOnly tells whether only rows that the reference tool's tables would list can win: under its search, which plays
// nothing.
func (j *job) listedOnly() bool { return !j.exhaustive && !j.plays() && !j.split }

// play prepares the simulation of a tuple under a token budget; 0 is the engine's own.
func (w *worker) play(s pass.Setup, forward serve.Forward, budget int) {
	r := w.job.req
	w.played = &played{forward: forward, load: &w.load}
	if b, err := w.job.engine(s, forward, budget, w.load.Accepted); err == nil {
		own, _ := bench.Alone(s)
		made := bench.Made{Setup: own, Pace: r.Pace(s.Profile), Guess: r.Speculation.Share, Draft: r.Speculation.Model}
		w.played.bench = b.Until(w.job.stopped).Kept(w.job.runs, made)
		if j := w.job.judge; j != nil {
			w.played.bench = j.on(w.played.bench, 0)
			w.played.open(w.job)
		}
	}
}

// engine is the scheduler over the forward of a setup, once for each of the replicas that it means.
func (j *job) engine(s pass.Setup, forward serve.Forward, budget int, accepted float64) (*bench.Bench, error) {
	own, replicas := bench.Alone(s)
	if replicas > 1 {
		var err error
		if forward, err = j.price(own); err != nil {
			return nil, err
		}
	}
	b, err := scheduled(own, forward, lengthsOf(j.req), budget, accepted)
	if err != nil {
		return nil, err
	}
	return b.Times(replicas), nil
}

// lengthsOf are the requests of a benchmark of a plan.
func lengthsOf(r *plan.Request) bench.Lengths {
	l := bench.Lengths{Input: r.InputLength, Output: r.OutputLength, Cached: r.PrefixCacheHitRate}
	if r.Played() {
		l.Classes = classesOf(r)
	}
	return l
}

// at evaluates so many requests per DP rank, kept in flight. Requests beyond the KV room are refused, as the plan is
// for a deployment that never has to put one back.
func (p *played) at(batch int) (serve.Point, *traffic.Result) {
	n := p.load.Requests(batch)
	r, err := traffic.Result{}, errNoRoom
	if p.bench != nil && p.memory(n).Available >= 0 {
		r, err = p.bench.Closed(n)
	}
	return p.point(batch, n, &r, err)
}

// memory is what so many requests leave at the end of their answers.
func (p *played) memory(n int) pass.Memory {
	l := p.load
	return p.forward.Uniform(pass.Shape{Decode: true, Requests: n, Query: l.MTP + 1,
		Total: l.Input + l.Output + l.MTP + 1}).Memory
}

// point is what a played run says of a batch with n requests in flight; err is why there was none.
func (p *played) point(batch, n int, r *traffic.Result, err error) (serve.Point, *traffic.Result) {
	l := p.load
	query := min(serve.Effective(l.Input, l.HitRate), l.Budget)
	q := serve.Point{Batch: batch, Concurrency: n, Chunks: (serve.Effective(l.Input, l.HitRate) + query - 1) / query}
	decode := p.forward.Uniform(pass.Shape{Decode: true, Requests: max(1, n/max(1, l.PP)), Query: l.MTP + 1,
		Total: l.Input + l.Output/2 + l.MTP + 1})
	q.Memory = p.memory(n)
	if err != nil {
		q.Short, q.Memory.Available = serve.DecodeShort, math.Min(q.Memory.Available, -1)
		q.TTFT, q.TPOT = math.Inf(1), math.Inf(1)
		return q, nil
	}
	q.TTFT, q.TPOT, q.Throughput = r.TTFT.Mean, r.TPOT.Mean, r.Output
	prompt := p.forward.Uniform(pass.Shape{Requests: 1, Query: query, Total: l.Input})
	q.Prefill = serve.SharesOf(prompt)
	if l.Output > 1 {
		q.Decode = serve.SharesOf(decode)
	}
	return q, r
}

// first evaluates the smallest batch of a strategy of which no more is asked. Where one request alone breaks a limit
// its figures are those: long prompts through a deep pipeline take seconds to play.
func (w *worker) first(batch int) (*point, bool) {
	p, limits := w.played, w.job.limits
	if p == nil || p.bench == nil || w.job.judge != nil {
		return w.probe(batch)
	}
	least, err := p.bench.Least()
	within := (limits.TTFT <= 0 || least.TTFT <= limits.TTFT) && (limits.TPOT <= 0 || least.TPOT <= limits.TPOT)
	n := batch * p.load.Replicas()
	if err != nil || within || p.memory(n).Available < 0 {
		return w.probe(batch)
	}
	q := point{budget: w.load.Budget, load: batch}
	q.Point, _ = p.point(batch, n, &traffic.Result{TTFT: traffic.Stat{Mean: least.TTFT},
		TPOT: traffic.Stat{Mean: least.TPOT}}, nil)
	q.status = limits.Judge(&q.Point)
	return w.keep(batch, &q), !w.job.stopped.Load()
}

// largest is the largest batch worth looking at: one more than the KV room holds, or than the scheduler runs.
func (p *played) largest() int {
	if p.bench == nil {
		return 1
	}
	return max(1, min(p.bench.Holds()/p.load.Replicas()+1, p.bench.Sequences()/p.load.Replicas()))
}

// budget is the token budget of a step.
func (p *played) budget(asked int) int {
	if p.bench == nil {
		return max(asked, 1)
	}
	return p.bench.Budget()
}

// evenSteps are token budgets under which a step with a prompt is not much longer than one without: what keeps the
// stages of a pipeline busy (chunked prefill as Sarathi-Serve has it, https://arxiv.org/abs/2403.02310).
var evenSteps = []int{2048, 512}

// evenBudget is the token budget to play. A pipeline waits for its longest step, so that where none was asked for it
// gets the one of the engine's own and smaller ones under which the closed form serves most.
func (p *played) evenBudget(asked int, limits serve.Limits) int {
	own := p.budget(asked)
	if p.bench == nil || asked > 0 || p.load.PP <= 1 {
		return own
	}
	list := []int{own}
	for _, b := range evenSteps {
		if b < own {
			list = append(list, b)
		}
	}
	return p.bench.Smoothest(p.guess(1, p.largest(), limits)*p.load.Replicas(), list)
}

// guess is the largest batch that the closed form lets pass.
func (p *played) guess(lo, hi int, limits serve.Limits) int {
	for lo < hi {
		mid := (lo + hi + 1) / 2
		e, err := p.bench.Estimate(p.load.Requests(mid))
		if err != nil || limits.TPOT > 0 && e.TPOT > limits.TPOT || limits.TTFT > 0 && e.TTFT > limits.TTFT {
			hi = mid - 1
		} else {
			lo = mid
		}
	}
	return lo
}

// interval applies a bar to a figure; nil where the bar is not known.
func interval(v float64, b hw.Bar) *report.Interval {
	low, high, ok := b.Around(v)
	if !ok {
		return nil
	}
	return &report.Interval{Low: low, High: high}
}

// trafficOf is a simulation as the report has it; nil where none was played. rate is that of open arrivals.
func trafficOf(r *traffic.Result, kind plan.Traffic, rate float64, req *plan.Request) *report.Traffic {
	if r == nil {
		return nil
	}
	t := &report.Traffic{Kind: kind, Rate: rate, TTFTLimit: req.TTFTLimit, TPOTLimit: req.TPOTLimit, TTFT: statOf(r.TTFT),
		TPOT: statOf(r.TPOT), FirstWave: 1000 * r.FirstWave,
		Steady:     1000 * r.Steady,
		Throughput: r.Output, QPS: r.Rate, KVPeak: r.KVPeak, Preemptions: r.Preemptions, Bind: r.Bind.String(),
		E2E: statOf(r.E2E), Classes: metOf(r)}
	for _, m := range r.Timeline {
		t.Timeline = append(t.Timeline, report.Moment(m))
	}
	return t
}

// bar gives a row the intervals that its figures earned, wider where no run was like it.
func bar(r *report.Row, sight *hw.Sight, c hw.Case) {
	if r.Throughput <= 0 {
		return
	}
	var b *hw.EngineCosts
	if b, r.Reach = sight.At(c); b == nil {
		return
	}
	r.ThroughputRange = interval(r.Throughput, b.Throughput)
	if r.TTFT != nil {
		r.TTFTRange = interval(*r.TTFT, b.TTFT)
	}
	if r.TPOT != nil {
		r.TPOTRange = interval(*r.TPOT, b.TPOT)
	}
}
