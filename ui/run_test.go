package ui

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"fathom/sim/report"
	"fathom/state"
	"fathom/ui/sample"
)

func start(t *testing.T) state.Start {
	t.Helper()
	s := sample.Open(state.Options{Answers: sample.Flagship()})
	s.Hold = true
	s.Do(state.Accept)
	for _, e := range s.Last {
		if e, ok := e.(state.Start); ok {
			return e
		}
	}
	t.Fatal("the sample does not start")
	return state.Start{}
}

// end waits for the end of a job and counts the progress before it.
func end(t *testing.T, j *job) (f state.Finished, progress []report.Progress) {
	t.Helper()
	for {
		switch m := j.wait().(type) {
		case awaited:
			progress = append(progress, m.event.(state.Advanced).Progress)
		case happened:
			return m.event.(state.Finished), progress
		}
	}
}

func TestFinishedAlwaysArrives(t *testing.T) {
	for _, c := range []struct {
		name   string
		engine sample.Engine
		want   string // of the error
	}{
		{"an answer", sample.Engine{Steps: 3}, ""},
		{"an error", sample.Engine{Err: errors.New("no luck")}, "no luck"},
		{"a panic", sample.Engine{Panic: true}, "fathom itself failed: sample panic"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var wg sync.WaitGroup
			f, _ := end(t, begin(t.Context(), &wg, c.engine, start(t)))
			wg.Wait()
			if c.want == "" && (f.Err != nil || f.Report == nil) || c.want != "" &&
				(f.Err == nil || !strings.Contains(f.Err.Error(), c.want)) {
				t.Errorf("%+v", f)
			}
			var fail *report.Failure
			if c.engine.Panic && (!errors.As(f.Err, &fail) || !strings.Contains(strings.Join(fail.Lines, "\n"),
				"sample.Engine.Run")) {
				t.Errorf("the stack is lost: %v", f.Err)
			}
		})
	}
}

// A screen that looks late sees the newest progress, and a run never waits for it.
func TestNewestProgressReplacesTheWaiting(t *testing.T) {
	var wg sync.WaitGroup
	j := begin(t.Context(), &wg, sample.Engine{Steps: 500}, start(t))
	wg.Wait() // nobody has looked yet
	_, progress := end(t, j)
	if len(progress) > 1 || len(progress) == 1 && progress[0].StrategiesDone != 500 {
		t.Errorf("%d snapshots, the last at %+v", len(progress), progress)
	}
}

// The engine is stuck: only the cancellation ends the run.
func TestCancelKeepsTheRows(t *testing.T) {
	var wg sync.WaitGroup
	j := begin(t.Context(), &wg, sample.Engine{Steps: 2, Stuck: true}, start(t))
	time.Sleep(5 * time.Millisecond)
	j.cancel(errCancelled)
	f, _ := end(t, j)
	if f.Err != nil || f.Report == nil || !f.Report.Partial || len(f.Report.Devices[0].Aggregation.Candidates) != 2 {
		t.Errorf("%+v", f)
	}
}

func TestEndOfSessionEndsTheRun(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	j := begin(ctx, &wg, sample.Engine{Stuck: true}, start(t))
	cancel()
	if f, _ := end(t, j); f.Err == nil {
		t.Error("the end of a session is not what the user asked for")
	}
	wg.Wait()
}

func TestQuietRunsTellNothing(t *testing.T) {
	var wg sync.WaitGroup
	s := start(t)
	s.Quiet = true
	if _, progress := end(t, begin(t.Context(), &wg, sample.Engine{Steps: 9}, s)); len(progress) != 0 {
		t.Errorf("%d snapshots", len(progress))
	}
}

var _ Engine = sample.Engine{}
