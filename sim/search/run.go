package search

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/bench"
	"fathom/sim/plan"
	"fathom/sim/refusal"
	"fathom/sim/report"
	"fathom/sim/serve"
)

// Step tells a watcher how far a run is: whenever a strategy has ended, and from time to time while one takes long. It
// is read-only and valid during the call only.
type Step struct {
	Device         string
	DevicesDone    int
	Devices        int
	Strategies, Of int // ended, of all profiles and phases, and of those that a target asks for beside them
	Points         int
	run            *run
}

// Partial is the report of what has been found so far.
func (s Step) Partial() *report.Report { return s.run.gathered(true) }

// run is one whole search.
type run struct {
	req     *plan.Request
	price   Pricer
	plain   Pricer // without what guesses ahead
	watch   func(Step)
	stopped *atomic.Bool // shared with the searches that this one starts
	live    atomic.Int64 // points of strategies that have not ended
	left    *allowance   // shared likewise; nil: whatever it takes
	turn    serve.Turn   // held while the watcher is told: a watcher that waits holds the run up

	serial bool // one strategy after the other, on the goroutine of the caller
	// leaders are strategies that are likely to win; nil unless of every section the best row alone is wanted, so that
	// strategies that cannot win need not be searched to the end.
	leaders   map[*hw.Profile]string
	rivals    bool             // the second best strategy is wanted, too
	bounded   bool             // larger batches are taken to be slower, so that few of them are tried
	direct    bool             // every profile is priced as if it were alone
	lean      bool             // only the best rows are of interest
	only      *plan.Switches   // nil: those of the fidelity
	bugForBug *report.Report   // the question as the reference tool answers it; nil until a correction asks for it
	alone     []*report.Report // and with one departure each
	runs      *bench.Runs      // closed loops that were played
	workers   []*worker        // kept from job to job for their scratch space

	fleets map[replicasOn][]replica // aggregated, beside a split

	mu     sync.Mutex // guards what follows
	at     int        // the profile at hand
	report *report.Report
	jobs   [][]*job    // by profile
	found  [][][]found // by profile, job, tuple: results have their places before work begins
	ended  int         // strategies, of all profiles
	total  int
	points int // evaluated, kept or thinned
	beside int // the same of strategies that are no part of the report
}

// Run searches every profile of a request. Passes are priced by price; watch, which may be nil, hears of every strategy
// that ends and cannot change the result. The report is the same for any number of processors.
//
// A request that cannot be run gives a *report.Failure that names the field. When ctx ends, Run returns within a pass
// what it has found so far, marked partial, with the context's cause. One that would take more than most steps gives
// report.ErrTooMuch; 0 is no bound.
func Run(ctx context.Context, req *plan.Request, price Pricer, most int, watch func(Step)) (*report.Report, error) {
	r := newRun(req, price, new(atomic.Bool))
	r.watch = watch
	r.allow(most)
	release := context.AfterFunc(ctx, func() { r.stopped.Store(true) })
	defer release()
	if ctx.Err() != nil {
		r.stopped.Store(true)
	}
	if err := r.prepare(); err != nil {
		return nil, err
	}
	beats := r.beat()
	defer beats()
	r.searchAll()
	out := r.finish()
	switch {
	case r.stopped.Load() && ctx.Err() != nil:
		out.Partial = true
		return out, context.Cause(ctx)
	case r.left.spent():
		return nil, report.ErrTooMuch
	}
	return out, nil
}

// allow bounds the steps of a run and of those that it starts.
func (r *run) allow(most int) {
	if most > 0 {
		r.left = &allowance{stopped: r.stopped}
		r.left.left.Store(int64(most))
	}
}

func newRun(req *plan.Request, price Pricer, stopped *atomic.Bool) *run {
	if req.SplitSearched() {
		price = once(price)
	}
	return &run{req: req, price: drafted(req, capped(req, price)), plain: capped(req, price),
		stopped: stopped, runs: bench.NewRuns()}
}

// again is a run of another request that prices passes as this one does: caps and drafts are in its prices already.
func (r *run) again(req *plan.Request) *run {
	return &run{req: req, price: r.price, plain: r.plain, stopped: r.stopped, left: r.left, runs: r.runs}
}

// Best is Run for the best rows only: what a report has beside them (nearest points, corrections, benchmarks, a
// capacity) is left out. Of a run of several profiles it says what it owes to re-pricing. A search that would take more
// than most steps gives report.ErrTooMuch; 0 is no bound.
func Best(ctx context.Context, req *plan.Request, price Pricer, most int, watch func(Step)) (*report.Report, error) {
	r := newRun(req, price, new(atomic.Bool))
	r.watch, r.lean, r.leaders = watch, true, map[*hw.Profile]string{}
	r.allow(most)
	release := context.AfterFunc(ctx, func() { r.stopped.Store(true) })
	defer release()
	if err := r.prepare(); err != nil {
		return nil, err
	}
	defer r.beat()()
	r.searchAll()
	out := r.snapshot()
	r.owe(out)
	switch {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case r.left.spent():
		return nil, report.ErrTooMuch
	}
	for i := range out.Devices {
		out.Devices[i].Nearest = r.missed(i)
		if pairJudged(req) && out.Devices[i].PDRatio != nil {
			r.holdPairs(i, &out.Devices[i])
		}
	}
	return out, nil
}

// searchAll searches profile after profile and phase after phase, because the reference tool's re-pricing of a profile
// depends on those before it; the strategies of one phase run side by side.
func (r *run) searchAll() {
	for i := range r.jobs {
		for k, j := range r.jobs[i] {
			r.search(i, k, j)
		}
	}
}

// prepare resolves fidelities and lays out the jobs of every profile.
func (r *run) prepare() error {
	if err := refusal.Of(r.req); err != nil {
		return err
	}
	r.report = &report.Report{Engine: "embedded", Mode: r.req.Mode, Request: r.req}
	var lengths *serve.Lengths
	if len(r.req.Distribution) > 0 {
		lengths = serve.NewLengths(r.req.Distribution, r.req.PrefixCacheHitRate)
	}
	var records []*record // by phase, for all profiles
	split := r.req.SplitSearched()
	for _, pair := range r.req.Pairings() {
		p := pair.Prefill.Profile
		fidelity, _ := pair.Fidelity(r.req.Fidelity) // one that cannot be is refused
		method := searchOf(r.req.Search, fidelity, p)
		d := report.Device{Device: pair.Name(), Fidelity: fidelity, Search: method}
		if own, err := r.req.Fidelity.On(p); err == nil && own != fidelity {
			d.Notes = append(d.Notes, message.New("note.split-mixed", p.Name, pair.Decode.Profile.Name))
		}
		var jobs []*job
		for k, ph := range phases(r.req) {
			pool := pair.Prefill
			if ph.phase == plan.PhaseDecode && r.req.Mode == plan.PDRatio {
				pool = pair.Decode
			}
			for _, world := range r.req.InstanceSizes(plan.PhaseOn{Phase: ph.phase, Devices: ph.world}, pool) {
				j := &job{req: r.req, profile: pool.Profile, price: r.price, phase: ph.phase, world: world, fidelity: fidelity,
					exhaustive: method == plan.SearchExhaustive, switches: Switches(fidelity), passes: passSwitches(fidelity),
					limits: ph.limits, lengths: lengths, stopped: r.stopped, left: r.left, runs: r.runs, live: &r.live,
					turn: &r.turn, split: split,
					bounded: split || r.bounded, lean: r.lean}
				j.judged(meant(r.req))
				if r.only != nil {
					j.switches, j.passes = *r.only, *r.only
				}
				if jobs = append(jobs, j); r.searched(j) != nil {
					continue
				}
				if err := fewEnough(j, r.total); err != nil {
					return err
				}
				j.tuples = r.space(j)
				if len(r.req.Profiles) > 1 && !r.direct && !j.switches.PriceDirectly && !j.exhaustive && !split {
					if len(records) <= k {
						records = append(records, &record{used: map[recorded]int{}})
					}
					j.record = records[k]
				}
				r.total += len(j.tuples)
			}
		}
		r.jobs = append(r.jobs, jobs)
		r.found = append(r.found, make([][]found, len(jobs)))
		r.report.Devices = append(r.report.Devices, d)
	}
	return nil
}

// space is the space of a job. Profiles that search the same one share it: nothing writes to it.
func (r *run) space(j *job) []tuple {
	for _, jobs := range r.jobs {
		for _, k := range jobs {
			if k.phase == j.phase && k.world == j.world && k.exhaustive == j.exhaustive &&
				k.switches.MTPHeads == j.switches.MTPHeads {
				return k.tuples
			}
		}
	}
	if r.stopped.Load() {
		return nil
	}
	list := space(j.req, j.phase, j.world, j.switches.MTPHeads, j.exhaustive)
	r.left.spend(ofRejected * len(list))
	return list
}

// phaseOf is one phase that a mode runs, with the devices of its instance and its own limits in seconds.
type phaseOf struct {
	phase  plan.Phase
	world  int
	limits serve.Limits
}

// phases are those of a request with their limits: each of a mode that runs them apart has its own only.
func phases(req *plan.Request) (list []phaseOf) {
	ttft, tpot := serve.Limits{TTFT: req.TTFTLimit / 1000}, serve.Limits{TPOT: req.TPOTLimit / 1000}
	both := serve.Limits{TTFT: ttft.TTFT, TPOT: tpot.TPOT, E2E: req.E2ELimit / 1000, Steps: max(0, req.OutputLength-1)}
	for _, p := range req.Phases() {
		limits := both
		switch p.Phase {
		case plan.PhasePrefill:
			limits = ttft
		case plan.PhaseDecode:
			limits = tpot
		}
		list = append(list, phaseOf{p.Phase, p.Devices, limits})
	}
	return list
}

// search runs the tuples of a job and keeps what they give.
func (r *run) search(device, k int, j *job) {
	if same := r.searched(j); same != nil {
		r.mu.Lock()
		r.found[device][k], r.at, j.tuples = *same.list, device, same.of.tuples
		r.mu.Unlock()
		return
	}
	list := make([]found, len(j.tuples))
	r.mu.Lock()
	r.found[device][k], r.at = list, device
	r.mu.Unlock()
	r.each(j, func(i int, f found) { r.ending(&list[i], f) })
}

// each searches the tuples of a job on all processors and hands over what each gives, in the order in which they end.
func (r *run) each(j *job, ended func(i int, f found)) {
	n := min(runtime.GOMAXPROCS(0), len(j.tuples))
	j.onlyBest = (j.onlyBest || r.leaders != nil) && j.plays()
	if j.record != nil || j.onlyBest || r.serial {
		n = min(n, 1) // what is on record, or who leads, depends on the order
	}
	for len(r.workers) < n {
		r.workers = append(r.workers, &worker{})
	}
	// Workers take the next tuple when they are done with one: tuples differ in cost by orders of magnitude.
	var next atomic.Int64
	first := 0 // a strategy that is likely to win is searched before the others
	if j.onlyBest {
		first = slices.IndexFunc(j.tuples, func(t tuple) bool { return t.label == r.leaders[j.profile] })
		if first < 0 && j.judge == nil && len(j.tuples) > 2 {
			first = r.promising(j)
		}
	}
	work := func(w *worker) {
		for !r.stopped.Load() {
			i := int(next.Add(1)) - 1
			if i >= len(j.tuples) {
				return
			}
			switch {
			case i > first:
			case i == 0:
				i = first
			default:
				i--
			}
			f := w.search(j, i)
			if j.onlyBest {
				r.follow(j, &f)
			}
			ended(i, f)
		}
	}
	if n <= 1 {
		for _, w := range r.workers[:n] {
			work(w)
		}
		return
	}
	var group sync.WaitGroup
	var panicked atomic.Pointer[string]
	for _, w := range r.workers[:n] {
		group.Go(func() {
			defer func() {
				if v := recover(); v != nil {
					text := fmt.Sprintf("%v\n%s", v, debug.Stack())
					panicked.CompareAndSwap(nil, &text)
				}
			}()
			work(w)
		})
	}
	group.Wait()
	if text := panicked.Load(); text != nil {
		panic(*text) // on the caller's goroutine, where it can be turned into an error
	}
}

// follow takes note of what a strategy serves: others cannot win that serve less than the best, or than the second best
// where that one is asked for, too.
func (r *run) follow(j *job, f *found) {
	most := 0.0
	for i := range f.rows {
		if t := f.rows[i].Throughput; t > most && answers(f.rows[i:i+1], j) {
			if most = t; most > j.first && r.leaders != nil {
				r.leaders[j.profile] = f.rows[i].Label
			}
		}
	}
	if most > j.first {
		j.first, most = most, j.first
	}
	j.second = max(j.second, most)
	if j.lead = j.first; r.rivals {
		j.lead = j.second
	}
}

// thinAll thins what was kept whole so far, so that a long run's memory does not depend on its first profiles.
func (r *run) thinAll() {
	for _, jobs := range r.found {
		for _, list := range jobs {
			for i := range list {
				if list[i].outcome.End != "" {
					list[i].rows = thin(list[i].rows)
				}
			}
		}
	}
}

// ending stores what a tuple gave and tells the watcher.
func (r *run) ending(place *found, f found) {
	r.turn.Lock()
	defer r.turn.Unlock()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.points+f.counted > keepPoints {
		if r.points <= keepPoints {
			r.thinAll()
		}
		f.rows = thin(f.rows)
	}
	*place = f
	r.ended++
	r.points += f.counted
	r.live.Add(int64(-f.counted))
	r.tell()
}
