package work

import (
	"context"

	"fathom/sim/engine"
	"fathom/sim/report"
	"fathom/sim/search"
	"fathom/state"
)

// Play puts a row behind a load generator: the request's own traffic, and open arrivals from idle to saturation.
func (l Local) Play(ctx context.Context, e state.Play) (*report.Traffic, []report.LoadPoint, error) {
	profile, err := profileOf(e.Request, e.Device, e.Row.Phase)
	if err != nil {
		return nil, nil, err
	}
	return search.LoadCurve(ctx, e.Request, profile, *e.Row, engine.Price)
}
