package work

import (
	"context"

	"fathom/sim/engine"
	"fathom/sim/report"
	"fathom/sim/search"
	"fathom/state"
)

// Serve plays a row against the trace, the conversations or the day of its plan.
func (l Local) Serve(ctx context.Context, e state.Serve) (*report.Service, *report.Day, error) {
	if e.Pair != nil {
		s, err := engine.ServedPair(ctx, e.Request, e.Pair, nil)
		return s, nil, err
	}
	profile, err := profileOf(e.Request, e.Device, e.Row.Phase)
	if err != nil {
		return nil, nil, err
	}
	return engine.Served(ctx, e.Request, profile, e.Row, nil)
}

// Play puts a row behind a load generator: the request's own traffic, and open arrivals from idle to saturation.
func (l Local) Play(ctx context.Context, e state.Play) (*report.Traffic, []report.LoadPoint, error) {
	profile, err := profileOf(e.Request, e.Device, e.Row.Phase)
	if err != nil {
		return nil, nil, err
	}
	return search.LoadCurve(ctx, e.Request, profile, *e.Row, engine.Price)
}
