package search

import (
	"cmp"
	"context"
	"math"
	"slices"
	"sync/atomic"

	"fathom/hw"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/sim/serve"
)

// tenth is the change that every figure is given.
const tenth = 1.1

// figure is something that can be changed by a tenth; apply reports false where it does not apply.
type figure struct {
	name, kind string
	apply      func(r *plan.Request, p *hw.Profile) bool
}

// scale multiplies in place and tells whether there was anything to multiply.
func scale(v *float64, by float64) bool {
	*v *= by
	return *v != 0
}

// scaleInt does so with counts: at least one more, or small ones would not change.
func scaleInt(v *int) bool {
	if *v > 0 {
		*v = max(*v+1, int(math.Round(float64(*v)*tenth)))
		return true
	}
	return false
}

// peaks raises the peak of every format that the profile has.
func peaks(list *[hw.NumDTypes]float64) bool {
	any := false
	for i := range list {
		any = scale(&list[i], tenth) || any
	}
	return any
}

// figures are all that a sensitivity analysis changes, each by ten per cent more.
var figures = [...]figure{
	{"cube_peak", "hardware", func(_ *plan.Request, p *hw.Profile) bool { return peaks(&p.Cube) }},
	{"vec_peak", "hardware", func(_ *plan.Request, p *hw.Profile) bool { return peaks(&p.Vec) }},
	{"memory_bandwidth", "hardware", func(_ *plan.Request, p *hw.Profile) bool {
		return scale(&p.MemoryBandwidth,
			tenth)
	}},
	{"memory_capacity", "hardware", func(_ *plan.Request, p *hw.Profile) bool { return scale(&p.MemoryBytes, tenth) }},
	{"link_bandwidth", "hardware", func(_ *plan.Request, p *hw.Profile) bool { return p.ScaleLinks(tenth, 1) }},
	{"link_latency", "hardware", func(_ *plan.Request, p *hw.Profile) bool { return p.ScaleLinks(1, tenth) }},
	{"static_cost", "hardware", func(_ *plan.Request, p *hw.Profile) bool {
		cube, vec, comm := scale(&p.Static.Cube, tenth), scale(&p.Static.Vec, tenth), scale(&p.Static.Comm, tenth)
		return p.ScaleOverheads(tenth) || cube || vec || comm
	}},
	{"input_length", "knob", func(r *plan.Request, _ *hw.Profile) bool {
		return r.Workload == nil && scaleInt(&r.InputLength) // a mix has lengths of its own
	}},
	{"output_length", "knob", func(r *plan.Request, _ *hw.Profile) bool {
		return r.Workload == nil && scaleInt(&r.OutputLength) // a mix has lengths of its own
	}},
	{"ttft_limit", "knob", func(r *plan.Request, _ *hw.Profile) bool { return scale(&r.TTFTLimit, tenth) }},
	{"tpot_limit", "knob", func(r *plan.Request, _ *hw.Profile) bool { return scale(&r.TPOTLimit, tenth) }},
	// At the row's own point the budget is the row's; the search may adapt it only where the request left it open.
	{"max_batched_tokens", "knob", func(r *plan.Request, _ *hw.Profile) bool { return scaleInt(&r.MaxBatchedTokens) }},
	{"batch_size", "knob", func(r *plan.Request, _ *hw.Profile) bool {
		more := scaleInt(&r.BatchMax)
		r.BatchMin = min(r.BatchMin, r.BatchMax)
		return more
	}},
	{"prefix_cache_hit_rate", "knob", func(r *plan.Request, _ *hw.Profile) bool {
		more := scale(&r.PrefixCacheHitRate, tenth)
		r.PrefixCacheHitRate = min(r.PrefixCacheHitRate, 0.999)
		return more
	}},
	{"mtp_acceptance_rates", "knob", func(r *plan.Request, _ *hw.Profile) bool {
		r.Acceptance = slices.Clone(r.Acceptance)
		for i := range r.Acceptance {
			r.Acceptance[i] = min(1, r.Acceptance[i]*tenth)
		}
		return slices.Max(append(r.MTP, 0)) > 0
	}},
	{"reserved_memory_gb", "knob", func(r *plan.Request, _ *hw.Profile) bool { return scale(&r.ReservedGB, tenth) }},
	{"serving_cost", "knob", func(r *plan.Request, _ *hw.Profile) bool {
		return scale(&r.ServingCostMS, tenth) && r.Mode != plan.Aggregation
	}},
}

// Sensitivity tells what ten per cent more of each hardware figure and of each knob changes for a row of a profile: at
// the same batch and budget, and for the best throughput of its strategy when the search may adapt. Effects are sorted
// by size.
func Sensitivity(ctx context.Context, req *plan.Request, profile *hw.Profile, row report.Row,
	price Pricer) ([]report.Effect, error) {
	fidelity, err := req.Fidelity.On(profile)
	if err != nil {
		return nil, err
	}
	var stopped atomic.Bool
	defer context.AfterFunc(ctx, func() { stopped.Store(true) })()
	var w worker
	// same evaluates the row's own point under a changed request, best the row's whole strategy.
	same := func(r plan.Request, p *hw.Profile) *report.Row {
		r.BatchMin = r.BatchMax
		list := w.strategy(&r, p, fidelity, &row, price, &stopped, true)
		if len(list) == 0 || list[len(list)-1].Throughput == 0 {
			return nil
		}
		return &list[len(list)-1]
	}
	best := func(r plan.Request, p *hw.Profile) float64 {
		s := section(w.strategy(&r, p, fidelity, &row, price, &stopped, false), serve.Limits{}, false)
		if s.Best == nil {
			return 0
		}
		return s.Best.Throughput
	}
	// The point stands still but for the figure at hand: its batch and its budget are set.
	own := *req
	own.MaxBatchedTokens, own.BatchMax = row.MaxBatched, row.Batch
	base, top := same(own, profile), best(*req, profile)
	var effects []report.Effect
	for _, f := range figures {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		p, r, point := *profile, *req, own
		e := report.Effect{Figure: f.name, Kind: f.kind}
		if !f.apply(&point, &p) || row.Phase == plan.PhaseDecode && f.name == "max_batched_tokens" {
			continue
		}
		if base != nil {
			if at := same(point, &p); at != nil {
				e.Throughput = at.Throughput/base.Throughput - 1
				e.TTFT, e.TPOT = relative(at.TTFT, base.TTFT), relative(at.TPOT, base.TPOT)
			}
		}
		// A second copy, because the first change may have replaced its slices.
		again := *profile
		if f.apply(&r, &again) && top > 0 {
			change := best(r, &again)/top - 1
			e.Best = &change
		}
		effects = append(effects, e)
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	slices.SortStableFunc(effects, func(a, b report.Effect) int {
		return cmp.Or(cmp.Compare(size(b), size(a)), cmp.Compare(math.Abs(b.Throughput), math.Abs(a.Throughput)))
	})
	return effects, nil
}

// size sorts effects: what the strategy gains or loses once the search has adapted.
func size(e report.Effect) float64 { return math.Abs(value(e.Best)) }

// relative is the change from one figure to another; nil where either is missing.
func relative(now, before *float64) *float64 {
	if now == nil || before == nil || *before == 0 {
		return nil
	}
	v := *now/(*before) - 1
	return &v
}

// strategy searches the strategy of a row alone. A fixed point is evaluated by itself, without the search's other
// probes.
func (w *worker) strategy(req *plan.Request, p *hw.Profile, f plan.Fidelity, row *report.Row, price Pricer,
	stopped *atomic.Bool, fixed bool) []report.Row {
	j := alone(req, p, f, row, price, stopped)
	j.smallest = fixed
	return w.search(j, 0).rows
}

// alone is the job of one strategy.
func alone(req *plan.Request, p *hw.Profile, f plan.Fidelity, row *report.Row, price Pricer,
	stopped *atomic.Bool) *job {
	j := &job{req: req, profile: p, price: price, phase: row.Phase, world: row.Strategy.World(), fidelity: f,
		exhaustive: searchOf(req.Search, f, p) == plan.SearchExhaustive, switches: Switches(f), passes: passSwitches(f),
		stopped: stopped,
		tuples:  []tuple{{strategy: row.Strategy, mtp: row.MTP, label: row.Label}}}
	for _, ph := range phases(req) {
		if ph.phase == row.Phase {
			j.limits = ph.limits
		}
	}
	if len(req.Distribution) > 0 {
		j.lengths = serve.NewLengths(req.Distribution, req.PrefixCacheHitRate)
	}
	j.judged(meant(req))
	return j
}
