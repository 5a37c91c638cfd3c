package ui

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"fathom/state"
	"fathom/state/field"
	"fathom/ui/sample"
	"fathom/ui/work"
)

// withReference opens the flagship question on the confirm pane for an engine that asks the stand-in of the reference
// tool.
func withReference(t *testing.T, engine, log string, status int, wait time.Duration) *stage {
	t.Helper()
	root := t.TempDir()
	name, value, err := sample.Checkout(root, filepath.Join("../sim/engine/parse/testdata", log+".log"), status, wait)
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv(name, value)
	a := sample.Flagship()
	a[field.Engine] = field.Answer{Text: engine, Source: field.FromFlag}
	a[field.Root] = field.Answer{Text: root, Source: field.FromFlag}
	a[field.Python] = field.Answer{Text: os.Args[0], Source: field.FromFlag}
	local := work.Local{Getenv: os.Getenv, Logs: filepath.Join(t.TempDir(), "logs"), Children: &work.Children{}}
	t.Cleanup(local.Wait)
	return open(t, a, local).pane(state.Confirming).sees("This will run", "The reference tool runs in")
}

func TestBothEnginesSideBySide(t *testing.T) {
	s := withReference(t, "both", "agg_flagship_compile", 0, 0)
	s.send(press("enter")).pane(state.Showing).sees("1,643 tok/s", "theirs", "diff %",
		"Beside msmodeling: 4 rows in both, the largest difference is 0.0")
	s.press("e").sees("Only the embedded engine")
}

// TestTheReferenceToolFails: class, lines that matter, the smallest correction, and where the whole log is.
func TestTheReferenceToolFails(t *testing.T) {
	s := withReference(t, "msmodeling", "err_tp_too_large", 1, 0)
	s.send(press("enter")).pane(state.Failing)
	s.sees("The run failed", "The parameters are at fault", "at most 2 devices", "ValueError: --tp-sizes contains value 4",
		"Whole log:")
	s.press("v").sees("The end of its output", "Traceback")
	log := s.p.model.Failed.LogFile
	if info, err := os.Stat(log); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%s: %v", log, err)
	}
	s.press("enter").pane(state.Editing)
	if got := s.p.model.Form.Answers[field.TP].Text; got != "2" {
		t.Errorf("the correction is not applied: %q", got)
	}
}

// TestTheReferenceToolIsWatchedAndCancelled: its lines are on the screen while it works, and esc ends it.
func TestTheReferenceToolIsWatchedAndCancelled(t *testing.T) {
	s := withReference(t, "msmodeling", "disagg_both_multi_device", 0, 100*time.Millisecond)
	s.p.Update(press("enter"))
	j := s.p.jobs[s.p.model.Live.Run]
	for len(s.p.model.Live.Progress.Log) < 5 { // comes, or the test runs out of time
		if m, ok := j.wait().(awaited); ok {
			s.p.Update(happened{m.event})
		}
	}
	s.sees("THE END-TO-END TOOLCHAIN", "Whole log:")
	s.p.Update(press("esc"))
	f := state.Finished{}
	for f.Run == 0 {
		if m, ok := j.wait().(happened); ok {
			f = m.event.(state.Finished)
		}
	}
	s.send(happened{f}).pane(state.Confirming).sees("Cancelled")
}
