package serve

import (
	"context"
	"runtime"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/decision"
	"fathom/sim/model"
	"fathom/sim/report"
	"fathom/sim/sweep"
	"fathom/sim/workload"
	"fathom/state"
	"fathom/state/field"
	"fathom/ui/work"
)

// engine is what works for guests: the embedded engine on the catalog's models. It touches no file, and starts no
// program, whatever a form or a pasted command names.
type engine struct {
	work.Local
	gate *gate
}

func newEngine() engine {
	return engine{work.Local{Getenv: func(string) string { return "" }}, newGate(runtime.GOMAXPROCS(0) / 2)}
}

// Run refuses every engine but the embedded one: another would run a program that the guest names. It works in turns
// with the runs of other guests; a turn ends when the engine tells its progress, which holds the run up until the next
// one.
func (e engine) Run(ctx context.Context, start state.Start, progress func(report.Progress)) (*report.Report, error) {
	if n := start.Engine.Name; n != "" && n != "embedded" {
		return nil, &report.Failure{Class: report.InvalidParameters,
			Message: message.New("failure.guests", hw.Clean(n)),
			Field:   field.Table[field.Engine].Name, Fix: "embedded", Advice: message.New("failure.use-embedded-engine")}
	}
	quiet := 0
	if start.Quiet {
		quiet = 1
	}
	end, turn, err := e.turns(ctx, quiet)
	if err != nil {
		return nil, err
	}
	defer end()
	rep, err := e.Local.Run(ctx, start, func(p report.Progress) { progress(p); turn() })
	if rep != nil && start.Quiet && start.Climb == nil && !start.Request.KeepAll {
		rep = rep.Lean()
	}
	return rep, err
}

// turns waits until the work may begin; turn lets others work between its parts, end is called when it is over.
func (e engine) turns(ctx context.Context, quiet int) (end, turn func(), err error) {
	if err := e.gate.enter(ctx, quiet); err != nil {
		return nil, nil, err
	}
	inside := true
	turn = func() {
		if inside {
			inside = e.gate.yield(ctx, quiet) == nil
		}
	}
	end = func() {
		if inside {
			e.gate.leave()
		}
	}
	return end, turn, nil
}

// Sweep works in turns with the runs of other guests, as quiet runs do.
func (e engine) Sweep(ctx context.Context, s state.Sweep, watch func(state.Sweeping)) (*sweep.Result, error) {
	end, turn, err := e.turns(ctx, 1)
	if err != nil {
		return nil, err
	}
	defer end()
	return e.Local.Sweep(ctx, s, func(p state.Sweeping) { watch(p); turn() })
}

// Decide works in turns with the runs of other guests, as quiet runs do.
func (e engine) Decide(ctx context.Context, s state.Decide, watch func(state.Deciding)) (*decision.Result, error) {
	end, turn, err := e.turns(ctx, 1)
	if err != nil {
		return nil, err
	}
	defer end()
	return e.Local.Decide(ctx, s, func(p state.Deciding) { watch(p); turn() })
}

// Measure and Fit read and write no file of the server.
func (e engine) Measure(context.Context, state.Measure) (state.Measured, error) {
	return state.Measured{}, errNoFiles
}

func (e engine) Fit(context.Context, state.Fit, func(state.Fitting)) (state.Fitted, error) {
	return state.Fitted{}, errNoFiles
}

var errNoFiles = message.Fault("load.guest-files")

// Load knows the catalog's models and no path.
func (e engine) Load(_ context.Context, l field.Load) (field.Found, error) {
	if l.ID == field.Workload {
		return field.Found{}, workload.Unread(l.Text, errNoFiles)
	}
	if l.ID == field.ExpertLoads || l.ID == field.Trace || l.ID == field.Fleet {
		return field.Found{}, errNoFiles
	}
	if l.ID != field.Model {
		return field.Found{}, message.Fault("load.guest-lengths")
	}
	m, err := model.Find(l.Text)
	if err != nil {
		if names := model.Nearest(l.Text, 1); len(names) > 0 {
			return field.Found{}, message.Fault("load.guest-models-near", names[0])
		}
		return field.Found{}, message.Fault("load.guest-models")
	}
	return field.Found{Model: m}, nil
}
