package ui

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"sync"

	"fathom/hw/message"
	"fathom/sim/report"
	"fathom/state"

	tea "github.com/charmbracelet/bubbletea"
)

// happened carries a state event through Bubble Tea's loop.
type happened struct{ event state.Event }

// awaited is an event of a run that has more to tell: whoever takes it waits again.
type awaited struct {
	event state.Event
	job   *job
}

// errCancelled is the cause of a context that the user cancelled.
var errCancelled = message.Fault("program.cancelled")

// job is one run under way. Its goroutine never waits for the screen: progress goes into one place where the newest
// replaces what waits, and the end has a place of its own, so that it always arrives.
type job struct {
	run      int
	cancel   context.CancelCauseFunc
	progress chan state.Event
	end      chan state.Event
}

// begin starts a run in the background.
func begin(ctx context.Context, wg *sync.WaitGroup, engine Engine, s state.Start) *job {
	return inBackground(ctx, wg, s.Run, func(ctx context.Context, j *job) state.Event {
		tell := func(p report.Progress) { j.tell(state.Advanced{Run: s.Run, Progress: p}) }
		if s.Quiet {
			tell = func(report.Progress) {}
		}
		f := state.Finished{Run: s.Run}
		f.Err = guard(func() (err error) {
			f.Report, err = engine.Run(ctx, s, tell)
			return err
		})
		if errors.Is(context.Cause(ctx), errCancelled) && (f.Err == nil || errors.Is(f.Err, context.Canceled) ||
			errors.Is(f.Err, errCancelled)) {
			f.Err = nil // what the user asked for is no failure
			if f.Report != nil {
				partial := *f.Report
				partial.Partial = true
				f.Report = &partial
			}
		}
		return f
	})
}

// fit starts the fit of a profile in the background.
func fit(ctx context.Context, wg *sync.WaitGroup, engine Engine, s state.Fit) *job {
	return inBackground(ctx, wg, s.Run, func(ctx context.Context, j *job) state.Event {
		var f state.Fitted
		err := guard(func() (err error) {
			f, err = engine.Fit(ctx, s, func(p state.Fitting) { j.tell(p) })
			return err
		})
		f.Run, f.Err = s.Run, err
		return f
	})
}

// over starts a sweep in the background.
func over(ctx context.Context, wg *sync.WaitGroup, engine Engine, s state.Sweep) *job {
	return inBackground(ctx, wg, s.Run, func(ctx context.Context, j *job) state.Event {
		out := state.Swept{Run: s.Run}
		out.Err = guard(func() (err error) {
			out.Result, err = engine.Sweep(ctx, s, func(p state.Sweeping) { j.tell(p) })
			return err
		})
		if errors.Is(context.Cause(ctx), errCancelled) {
			out.Err = nil // what the user asked for is no failure
		}
		return out
	})
}

// weigh finds in the background what a decision hangs on.
func weigh(ctx context.Context, wg *sync.WaitGroup, engine Engine, s state.Decide) *job {
	return inBackground(ctx, wg, s.Run, func(ctx context.Context, j *job) state.Event {
		out := state.Decided{Run: s.Run}
		out.Err = guard(func() (err error) {
			out.Result, err = engine.Decide(ctx, s, func(p state.Deciding) { j.tell(p) })
			return err
		})
		return out
	})
}

// inBackground starts work that may tell its progress and that Cancel ends by the number of its run.
func inBackground(ctx context.Context, wg *sync.WaitGroup, run int,
	work func(context.Context, *job) state.Event) *job {
	ctx, cancel := context.WithCancelCause(ctx)
	j := &job{run: run, cancel: cancel, progress: make(chan state.Event, 1), end: make(chan state.Event, 1)}
	wg.Go(func() {
		defer cancel(nil)
		j.end <- work(ctx, j)
	})
	return j
}

// tell replaces the progress that waits. The engine may call it from several goroutines; a snapshot that loses a race
// is dropped, and a later one tells more.
func (j *job) tell(p state.Event) {
	select {
	case <-j.progress:
	default:
	}
	select {
	case j.progress <- p:
	default:
	}
}

// wait is the command that brings the next event of the run. It always ends, because the run does.
func (j *job) wait() tea.Msg {
	select {
	case p := <-j.progress: // the last words before the end, too: the log of a run that failed
		return awaited{p, j}
	default:
	}
	select {
	case f := <-j.end:
		return happened{f}
	case p := <-j.progress:
		return awaited{p, j}
	}
}

// guard turns a panic into an error that keeps the stack: one raised outside Bubble Tea's own goroutine would leave the
// terminal raw.
func guard(f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			stack := strings.Split(strings.TrimSpace(string(debug.Stack())), "\n")
			err = &report.Failure{Class: report.Environment,
				Message: message.New("failure.fathom-itself-failed", fmt.Sprint(r)), Lines: stack}
		}
	}()
	return f()
}
