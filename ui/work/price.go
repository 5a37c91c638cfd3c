package work

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"fathom/sim/pass"
	"fathom/sim/plan"
	"fathom/sim/price"
	"fathom/sim/report"
	"fathom/sim/search"
	"fathom/sim/serve"
	"fathom/state"
)

// Price gives the operator table of one phase of a row: a wave of prompts, or a decode step in the middle of the
// answer.
func (l Local) Price(_ context.Context, e state.Price) (*state.Pass, error) {
	profile, err := profileOf(e.Request, e.Device, e.Row.Phase)
	if err != nil {
		return nil, err
	}
	s, err := setup(e.Request, e.Row, profile)
	if err != nil {
		return nil, err
	}
	pricer, err := price.New(price.Setup{Setup: s})
	if err != nil {
		return nil, err
	}
	sh := shape(e.Request, e.Row, e.Phase, search.Switches(s.Fidelity))
	t := pricer.Table(sh)
	out := summed(&t)
	if s.Fidelity == plan.Calibrated {
		switch kernels, err := price.New(price.Setup{Setup: s, Basis: price.Kernels}); {
		case err == nil:
			out.Kernels = kernels.Uniform(sh).Seconds
		case !errors.Is(err, price.ErrNoSums):
			return nil, err
		}
	}
	return out, nil
}

// shape is the forward that stands for a phase (search-and-serving 3.4 and 9.2): the prompts that one token budget of
// all DP replicas holds, or every request with half of its answer written. A prompt longer than the budget is priced by
// its first chunk.
func shape(q *plan.Request, r *report.Row, phase plan.Phase, sw serve.Switches) pass.Shape {
	s := pass.Shape{Requests: max(1, r.Concurrency), Images: q.ImageBatch, ImageHeight: q.ImageHeight,
		ImageWidth: q.ImageWidth}
	if s.Images == 0 && s.ImageHeight > 0 {
		s.Images = max(1, r.Batch) // the reference tool's default, as in the search
	}
	input := q.InputLength
	if len(q.Distribution) > 0 {
		input = serve.NewLengths(q.Distribution, q.PrefixCacheHitRate).Mean
	}
	if phase == plan.PhaseDecode {
		s.Decode, s.Query = true, r.MTP+1
		s.Total = input + q.OutputLength/2 + r.MTP + 1
		return s
	}
	computed := max(1, serve.Effective(input, q.PrefixCacheHitRate))
	s.Query = computed
	if r.MaxBatched > 0 {
		s.Query = min(computed, r.MaxBatched)
		s.Requests = max(1, min(s.Requests, r.MaxBatched*max(1, r.Strategy.DP)/s.Query))
	}
	s.Total = s.Query
	if sw.PrefixAttended {
		s.Total += input - computed
	}
	return s
}

// summed turns a pass into the table that the screen shows, longest first.
func summed(t *price.Table) *state.Pass {
	out := &state.Pass{Seconds: t.Seconds, Shares: serve.SharesOf(t.Result)}
	for i := range t.Rows {
		r := &t.Rows[i]
		out.Operators = append(out.Operators, state.Operator{Name: r.Name, Shape: r.Shape, Count: r.Count, Seconds: r.Seconds,
			FLOPs: r.FLOPs, Bytes: r.Bytes, Bound: r.Bound})
	}
	slices.SortStableFunc(out.Operators, func(a, b state.Operator) int { return cmp.Compare(b.Seconds, a.Seconds) })
	return out
}
