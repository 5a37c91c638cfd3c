package sample

import (
	"context"
	"time"

	"fathom/sim/decision"
	"fathom/sim/engine"
	"fathom/sim/model"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/sim/sweep"
	"fathom/state"
	"fathom/state/field"
)

// Engine answers from the sample, in steps of progress. Its zero value answers at once.
type Engine struct {
	Steps int           // snapshots of progress before the end
	Pause time.Duration // before each of them
	Stuck bool          // only the end of the context ends a run
	Panic bool
	Err   error
}

// Run plays a run. What was found before a cancel is half of the answer.
func (e Engine) Run(ctx context.Context, s state.Start, progress func(report.Progress)) (*report.Report, error) {
	if e.Panic {
		panic("sample panic")
	}
	for i := range e.Steps {
		select {
		case <-ctx.Done():
			return Progress(s.Request).Partial, context.Cause(ctx)
		case <-time.After(e.Pause):
		}
		g := Progress(s.Request)
		g.StrategiesDone, g.Strategies = i+1, e.Steps
		progress(g)
	}
	if e.Stuck {
		<-ctx.Done()
		return Progress(s.Request).Partial, context.Cause(ctx)
	}
	if e.Err != nil {
		return nil, e.Err
	}
	if s.Request.Mode == plan.PDRatio {
		return Ratio(s.Request), nil
	}
	return Report(s.Request), nil
}

// Price gives the short operator table.
func (e Engine) Price(context.Context, state.Price) (*state.Pass, error) { return Pass(), nil }

// Sense gives the short sensitivity.
func (e Engine) Sense(context.Context, state.Sense) ([]state.Lever, error) { return Levers(), nil }

// Serve gives the short day.
func (e Engine) Serve(_ context.Context, x state.Serve) (*report.Service, *report.Day, error) {
	s, d := Served(x.Request)
	return s, d, nil
}

// Play gives the short benchmark.
func (e Engine) Play(_ context.Context, x state.Play) (*report.Traffic, []report.LoadPoint, error) {
	t, curve := Benchmark(x.Request)
	return t, curve, nil
}

// Measure lays the sample's runs over the plan.
func (e Engine) Measure(_ context.Context, x state.Measure) (state.Measured, error) {
	return Measured(x), e.Err
}

// Fit takes as many steps as a run.
func (e Engine) Fit(ctx context.Context, x state.Fit, watch func(state.Fitting)) (state.Fitted, error) {
	for i := range e.Steps {
		select {
		case <-ctx.Done():
			return state.Fitted{Run: x.Run}, context.Cause(ctx)
		case <-time.After(e.Pause):
		}
		watch(state.Fitting{Run: x.Run, Phase: "fit", Done: i + 1, Total: e.Steps})
	}
	return Fitted(x), e.Err
}

// Sweep gives the real answers: they take milliseconds.
func (e Engine) Sweep(ctx context.Context, x state.Sweep, watch func(state.Sweeping)) (*sweep.Result, error) {
	if e.Stuck {
		<-ctx.Done()
		return nil, context.Cause(ctx)
	}
	return engine.Sweep(ctx, x.Request, x.Axes, nil)
}

// Decide gives the real answer.
func (e Engine) Decide(ctx context.Context, x state.Decide, _ func(state.Deciding)) (*decision.Result, error) {
	if e.Stuck {
		<-ctx.Done()
		return nil, context.Cause(ctx)
	}
	return engine.Decide(ctx, x.Request, x.Ranges, nil)
}

// Load reads models of the built-in catalog; every trace and day can be read.
func (e Engine) Load(_ context.Context, l field.Load) (field.Found, error) {
	if l.ID == field.Trace || l.ID == field.Fleet {
		return field.Found{Served: true}, nil
	}
	m, err := model.Find(l.Text)
	return field.Found{Model: m}, err
}
