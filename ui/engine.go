package ui

import (
	"context"
	"path/filepath"

	"fathom/sim/decision"
	"fathom/sim/report"
	"fathom/sim/sweep"
	"fathom/state"
	"fathom/state/field"
	"fathom/ui/work"
)

// Engine is what works behind the screen. Every method is called from a goroutine of its own and must end soon after
// its context does. Errors that carry a *report.Failure say what to do about them.
type Engine interface {
	// Run answers a request. progress may be called at any time until Run returns; a snapshot is not changed afterwards. A
	// cancelled run returns the rows found so far with Report.Partial set, or nil.
	Run(ctx context.Context, start state.Start, progress func(report.Progress)) (*report.Report, error)
	// Price gives the operator table of one phase of a row.
	Price(ctx context.Context, e state.Price) (*state.Pass, error)
	// Sense says what would move a row.
	Sense(ctx context.Context, e state.Sense) ([]state.Lever, error)
	// Serve says what a row makes of the trace, the conversations or the day that its plan names.
	Serve(ctx context.Context, e state.Serve) (*report.Service, *report.Day, error)
	// Play says what a benchmark of a row would show, and how it bears load from idle to saturation.
	Play(ctx context.Context, e state.Play) (*report.Traffic, []report.LoadPoint, error)
	// Measure reads files of measured runs and predicts each.
	Measure(ctx context.Context, e state.Measure) (state.Measured, error)
	// Fit fits a profile to measured runs and writes it. watch may be called at any time until Fit returns.
	Fit(ctx context.Context, e state.Fit, watch func(state.Fitting)) (state.Fitted, error)
	// Sweep answers a request over ranges. watch may be called at any time until Sweep returns; what it is given is not
	// changed afterwards. A cancelled sweep returns the cells found so far.
	Sweep(ctx context.Context, e state.Sweep, watch func(state.Sweeping)) (*sweep.Result, error)
	// Decide finds what the decision of a request hangs on.
	Decide(ctx context.Context, e state.Decide, watch func(state.Deciding)) (*decision.Result, error)
	// Load reads the model or the length distribution behind a text.
	Load(ctx context.Context, l field.Load) (field.Found, error)
}

// localEngine computes in this process, reads this machine's files, and runs the user's checkout of the reference tool.
func localEngine(o Options) Engine {
	e := work.Local{Getenv: o.Getenv, Architecture: field.Read(&o.Answers, &field.Catalog{}).Word(field.Architecture),
		Children: &work.Children{}, Dir: o.WorkingDir, Devices: o.Devices}
	if o.StateDir != "" {
		e.Logs = filepath.Join(o.StateDir, "logs")
	}
	return e
}
