package work

import (
	"context"
	"slices"

	"fathom/sim/engine"
	"fathom/sim/report"
	"fathom/sim/search"
	"fathom/state"
)

// Sense says what ten per cent more of each figure changes for a row's strategy when its batch may follow, strongest
// first.
func (l Local) Sense(ctx context.Context, e state.Sense) ([]state.Lever, error) {
	profile, err := profileOf(e.Request, e.Device, e.Row.Phase)
	if err != nil {
		return nil, err
	}
	effects, err := search.Sensitivity(ctx, e.Request, profile, *e.Row, engine.Price)
	if err != nil {
		return nil, err
	}
	searched := slices.ContainsFunc(effects, func(e report.Effect) bool { return e.Best != nil })
	var out []state.Lever
	for i := range effects {
		if searched && effects[i].Best == nil {
			continue // the request leaves it to the search: there is nothing to raise
		}
		out = append(out, lever(&effects[i]))
	}
	return out, nil
}

func lever(e *report.Effect) state.Lever {
	l := state.Lever{Key: "lever." + e.Figure, Throughput: e.Throughput}
	if e.Best != nil {
		l.Throughput = *e.Best
	}
	if e.TTFT != nil {
		l.TTFT = *e.TTFT
	}
	if e.TPOT != nil {
		l.TPOT = *e.TPOT
	}
	return l
}
