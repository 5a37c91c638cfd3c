package state

import (
	"errors"
	"fmt"
	"testing"

	"fathom/hw/message"
	"fathom/sim/report"
	"fathom/state/field"
)

func TestNothingRunsBeforeAYes(t *testing.T) {
	j := begin(t, Options{Answers: flagship()}).pane(Confirming)
	for _, e := range j.all {
		if _, ok := e.(Start); ok {
			t.Fatal("a run started without a yes")
		}
	}
	j.do(Accept).pane(Running)
	s := j.last("Start").(Start)
	if s.Run != 1 || s.Engine.Name != embedded || !s.Request.KeepAll || s.Request.Devices != 8 || len(s.Command) == 0 {
		t.Errorf("%+v", s)
	}
	j.last("Remember")
}

func TestConfirmSaysWhereValuesComeFrom(t *testing.T) {
	j := begin(t, Options{Answers: flagship()})
	want := map[field.ID]field.Source{field.DeviceCount: field.FromFlag, field.PrefixCache: field.CLIDefault,
		field.Quantization: field.FromFlag}
	for _, l := range j.m.Confirm.Summary {
		if s, ok := want[l.ID]; ok && l.Answer.Source != s {
			t.Errorf("%s: %s", l.ID, l.Answer.Label())
		}
		delete(want, l.ID)
	}
	if len(want) > 0 {
		t.Errorf("not in the summary: %v", want)
	}
	j.do(CopyCommand)
	if c := j.effects[0].(Copy); c.What != TheCommand || c.Text != field.Shell(j.m.Confirm.Command) {
		t.Errorf("%+v", c)
	}
}

func TestErrorsForbidTheRun(t *testing.T) {
	j := begin(t, Options{Answers: flagship()}).do(SwitchEngine).pane(Confirming) // msmodeling without a checkout
	if j.m.Confirm.Request != nil || worst(j.m.Confirm.Issues) == nil {
		t.Fatalf("%+v", j.m.Confirm.Issues)
	}
	j.do(Accept).pane(Editing)
	if j.m.Form.Focus != field.Root {
		t.Errorf("the cursor is on %s", j.m.Form.Focus)
	}
}

func TestProgressShowsRowsAndKeepsTheCursor(t *testing.T) {
	j := begin(t, Options{Answers: flagship()}).do(Accept)
	full := flagshipReport(nil)
	j.send(Advanced{1, report.Progress{Strategies: 4, StrategiesDone: 2, Partial: full}})
	j.do(Down, Down).send(Advanced{1, report.Progress{Strategies: 4, StrategiesDone: 4, Partial: full}})
	if j.m.Live.Table.Len() != 4 || j.m.Live.Table.Cursor != 2 || j.m.Live.Progress.StrategiesDone != 4 {
		t.Errorf("%d rows, cursor %d", j.m.Live.Table.Len(), j.m.Live.Table.Cursor)
	}
}

func TestCancelKeepsRows(t *testing.T) {
	for _, how := range []Action{Back, Interrupt} {
		j := begin(t, Options{Answers: flagship()}).do(Accept, how)
		if c := j.last("Cancel").(Cancel); c.Run != 1 || !j.m.Live.Cancelling {
			t.Fatal("no cancel")
		}
		j.do(Back) // once is enough
		j.send(Finished{Run: 1, Report: flagshipReport(nil)}).pane(Showing)
		if !j.m.Report().Partial || j.m.Notice.Key != "partial" {
			t.Error("rows of a cancelled run are marked partial")
		}
	}
	j := begin(t, Options{Answers: flagship()}).do(Accept, Back)
	j.send(Finished{Run: 1, Err: errors.New("cancelled")}).pane(Confirming)
	if j.m.Results.Run != 0 {
		t.Error("no rows, no results")
	}
}

func TestInterruptTwiceLeaves(t *testing.T) {
	j := begin(t, Options{Answers: flagship()}).do(Accept, Interrupt, Interrupt)
	j.last("Leave")
}

func TestFailureNamesTheFixAndAppliesIt(t *testing.T) {
	j := begin(t, Options{Answers: flagship()}).do(Accept)
	failure := &report.Failure{Class: report.InvalidParameters, Message: message.Literal("no such device"),
		Lines: []string{"ValueError: device"},
		Field: "num_devices", Fix: "4", Advice: message.Literal("the profile holds 4")}
	j.send(Finished{Run: 1, Err: fmt.Errorf("engine: %w", failure)}).pane(Failing)
	if f := j.m.Failed; !f.HasFix || f.ID != field.DeviceCount || f.Class != report.InvalidParameters ||
		len(f.Command) == 0 {
		t.Fatalf("%+v", f)
	}
	j.do(Accept).pane(Editing)
	if a := j.m.Form.Answers[field.DeviceCount]; j.m.Form.Focus != field.DeviceCount || a.Text != "4" ||
		a.Source != field.Heuristic {
		t.Errorf("%s %+v", j.m.Form.Focus, a)
	}
	j.do(Accept).pane(Confirming)
}

func TestFailureWithoutAClassIsTheEnvironment(t *testing.T) {
	j := begin(t, Options{Answers: flagship()}).do(Accept).send(Finished{Run: 1,
		Err: errors.New("boom\x1b[2J")}).pane(Failing)
	if f := j.m.Failed; f.Class != report.Environment || f.Message.String() != "boom" || f.HasFix {
		t.Errorf("%+v", f)
	}
	j.do(Back).pane(Confirming).do(Back).pane(Editing)
}

func TestLateReportsOfOldRunsChangeNothing(t *testing.T) {
	j := results(t)
	before := j.m
	for run := -5; run < 9; run++ {
		if run < 0 && run >= -3 {
			continue // the quiet runs behind #1
		}
		j.send(Finished{Run: run, Report: many(5, nil)}).send(Advanced{run,
			report.Progress{Points: 9}}).send(Finished{Run: run, Err: errors.New("late")})
	}
	if len(j.m.History) != len(before.History) || j.m.Results.Run != before.Results.Run || j.m.Pane != before.Pane ||
		j.m.Report() != before.Report() {
		t.Error("an old run changed the results")
	}
}

func TestQuitAsksOnlyIfSomethingWouldBeLost(t *testing.T) {
	if j := results(t).do(Quit); j.m.Overlay.Kind != NoOverlay {
		t.Error("nothing is lost after a finished run")
	} else {
		j.last("Leave")
	}
	j := begin(t, Options{Answers: flagship()}).do(Accept, Quit)
	if j.m.Overlay.Kind != QuitOverlay {
		t.Fatal("a live run is asked about")
	}
	j.do(Back)
	if j.m.Overlay.Kind != NoOverlay || j.m.Pane != Running {
		t.Error("no means no")
	}
	j.do(Quit, Accept)
	j.last("Cancel")
	j.last("Leave")
	k := begin(t, Options{}).answer(field.Mode, "disaggregation").do(Quit)
	if k.m.Overlay.Kind != QuitOverlay {
		t.Error("typed answers are asked about")
	}
}

func TestEscapeNeverLeaves(t *testing.T) {
	j := results(t)
	for range 50 {
		j.do(Back)
	}
	j.pane(Editing)
	for _, e := range j.all {
		if _, ok := e.(Leave); ok {
			t.Fatal("escape left the program")
		}
	}
}
