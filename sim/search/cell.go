package search

import (
	"context"
	"sync/atomic"

	"fathom/hw"
	"fathom/sim/bench"
	"fathom/sim/plan"
	"fathom/sim/report"
)

// Cells answers many requests one after the other on the goroutine that asks, with the same scratch space, so that
// several can be searched side by side. It is not safe for concurrent use.
type Cells struct {
	Aggregated bool // beside a searched split, too
	Rivals     bool // the second best strategy of a profile, too: of the others little is known

	price   Pricer
	runs    *bench.Runs
	workers []*worker
	leaders map[*hw.Profile]string // the strategies that won, which are likely to win again
}

// NewCells prices passes by price and keeps benchmarks in runs; both may be shared with others.
func NewCells(price Pricer, runs *bench.Runs) *Cells {
	return &Cells{price: price, runs: runs, leaders: map[*hw.Profile]string{}}
}

// Answer is the part of Run's report that a table of many plans needs: every section, and of a device without an answer
// the points that missed least. What takes further searches is left out: changes of the request that would help,
// corrections, capacities, benchmarks, what an answer owes to re-pricing.
func (c *Cells) Answer(ctx context.Context, req *plan.Request) (*report.Report, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	r := newRun(req, c.price, new(atomic.Bool))
	r.serial, r.lean, r.workers, r.runs = true, true, c.workers, c.runs
	r.leaders, r.rivals = c.leaders, c.Rivals
	defer context.AfterFunc(ctx, func() { r.stopped.Store(true) })()
	if err := r.prepare(); err != nil {
		return nil, err
	}
	r.searchAll()
	defer func() { c.workers = r.workers }()
	if r.stopped.Load() {
		return nil, context.Cause(ctx)
	}
	out := r.snapshot()
	for i := range out.Devices {
		out.Devices[i].Nearest = r.missed(i)
		if pairJudged(req) && out.Devices[i].PDRatio != nil {
			r.holdPairs(i, &out.Devices[i])
		}
		if c.Aggregated && req.SplitSearched() {
			out.Devices[i].PDRatio.Aggregated = r.versus(i)
		}
	}
	if r.stopped.Load() {
		return nil, context.Cause(ctx)
	}
	return out, nil
}
