package state

import (
	"errors"
	"slices"
	"testing"

	"fathom/hw/message"
	"fathom/state/table"
)

// measuredAnswer is what ui answers: a run of the very row, one of the same layout with other load, one of other
// lengths, one of another model, and one that cannot be predicted.
func measuredAnswer(e Measure) Measured {
	q, r := e.Source.Request, e.Source.Row
	out := Measured{Source: e.Source, Path: "/abs/" + e.Source.Path,
		Target: FitTarget{Device: e.Source.Device, Name: e.Source.Device + "_CALIBRATED", Path: "/d/x.toml"}}
	if q == nil || r == nil || q.Model == nil {
		return out
	}
	run := table.MeasuredRun{Path: out.Path, ID: "a", Model: q.Model.Name, Device: e.Source.Device, TP: r.Strategy.TP,
		PP: r.Strategy.PP, DP: r.Strategy.DP, Devices: 8, Input: q.InputLength, Output: q.OutputLength,
		Concurrency: r.Concurrency, TTFT: 100, TPOT: 20, Throughput: 1000}
	load, lengths, other, fault := run, run, run, run
	load.ID, load.Concurrency = "b", 100_000
	lengths.ID, lengths.Input = "c", 2*q.InputLength
	other.ID, other.Model = "d", "another/model"
	fault.ID, fault.Fault = "e", message.New("runs.lacks", message.New("runs.the-device"), "--device NAME")
	out.Runs = []table.MeasuredRun{run, load, lengths, other, fault}
	return out
}

func fittedAnswer(e Fit) Fitted {
	p, err := e.Profiles.Find(e.Target.Device)
	if err != nil {
		return Fitted{Run: e.Run, Err: err}
	}
	named := *p
	named.Name, named.Aliases = e.Target.Name, nil
	return Fitted{Run: e.Run, Profile: &named, Used: 6, Runs: 7}
}

// dropped are results over which a file of measured runs was dropped.
func dropped(t *testing.T) *journey {
	t.Helper()
	j := results(t).send(Pasted{Text: "'/runs/my file.json'"})
	return j.send(measuredAnswer(j.last("Measure").(Measure)))
}

func TestADroppedPathIsReadWithTheRowOfThePlan(t *testing.T) {
	for _, c := range []struct{ drop, path string }{{"'/runs/my file.json'", "/runs/my file.json"},
		{`/runs/my\ file.json`, "/runs/my file.json"}, {"file:///runs/my%20file.json", "/runs/my file.json"},
		{"file://host/runs/a.json ", "/runs/a.json"}, {"results.csv", "results.csv"}, {"~/runs", "~/runs"}} {
		j := results(t).do(Down).send(Pasted{Text: c.drop})
		e := j.last("Measure").(Measure)
		if e.Source.Path != c.path || e.Source.Row == nil || e.Source.Row.Strategy.TP != 4 || e.Source.Device != a3 ||
			e.Source.Request == nil || len(e.Profiles) == 0 {
			t.Errorf("%s: %+v", c.drop, e.Source)
		}
	}
	j := results(t).send(Pasted{Text: "words that are no path"})
	if j.m.Notice.Key != "paste-nowhere" {
		t.Errorf("%+v", j.m.Notice)
	}
}

func TestATypedPathIsCompletedAndRead(t *testing.T) {
	j := results(t).do(MeasuredFile)
	j.send(Typed{"./r"})
	j.send(Listed{Listing{Dir: "./", Entries: []DirEntry{{Name: "runs", Dir: true}, {Name: "r.jsonl"}, {Name: "r.toml"}}}})
	if n := len(j.m.Overlay.Picker.Items); n != 2 {
		t.Errorf("%d items: %+v", n, j.m.Overlay.Picker.Items)
	}
	j.send(Typed{"./runs"}).do(Accept)
	if e := j.last("Measure").(Measure); e.Source.Path != "./runs" || j.m.Overlay.Kind != NoOverlay {
		t.Errorf("%+v", e.Source)
	}
}

func TestMeasuredFiguresStandBesideTheRowTheyMeasured(t *testing.T) {
	j := dropped(t)
	rows := j.m.Rows()
	if v, ok := rows[0].Value(table.ColMeasured); !ok || v != 1000 {
		t.Errorf("%g %v", v, ok)
	}
	for _, r := range rows[1:] {
		if _, ok := r.Value(table.ColMeasured); ok {
			t.Errorf("%s was not measured", r.Row.Label)
		}
	}
	cols := j.m.Results.Table.Columns
	for _, pair := range [][2]table.ColumnID{{table.ColThroughput, table.ColMeasured},
		{table.ColTTFT, table.ColMeasuredTTFT},
		{table.ColTPOT, table.ColMeasuredTPOT}} {
		if at := slices.Index(cols, pair[0]); at < 0 || at+1 >= len(cols) || cols[at+1] != pair[1] {
			t.Errorf("%v does not stand beside %v: %v", pair[1], pair[0], cols)
		}
	}
	s, _ := j.m.MeasuredSays()
	if s.Runs != 5 || s.Beside != 1 || s.By != [4]int{2, 1, 1, 1} || s.Unmatched == nil || s.Unmatched.ID != "b" {
		t.Errorf("%+v", s)
	}
	if n := len(j.m.MeasuredOf(rows[0].Row)); n != 2 {
		t.Errorf("%d runs of the layout", n)
	}
	if n := len(j.m.MeasuredOf(rows[1].Row)); n != 0 {
		t.Errorf("%d runs of another layout", n)
	}
}

func TestAFileIsReadAgainInItsPlaceAndADamagedOneChangesNothing(t *testing.T) {
	j := dropped(t).send(Pasted{Text: "'/runs/my file.json'"})
	j.send(measuredAnswer(j.last("Measure").(Measure)))
	if m := j.m.Results.Measured; len(m.Runs) != 5 || len(m.Sources) != 1 {
		t.Errorf("%d runs of %d sources", len(m.Runs), len(m.Sources))
	}
	j.send(Pasted{Text: "/cut.json"})
	e := j.last("Measure").(Measure)
	j.send(Measured{Source: e.Source, Path: "/cut.json", Lost: []LostFile{{"/cut.json", message.New("runs.empty")}}})
	if n := j.m.Notice; n.Key != "measured-none" || !n.Bad || len(j.m.Results.Measured.Runs) != 5 {
		t.Errorf("%+v, %d runs", n, len(j.m.Results.Measured.Runs))
	}
	j.send(Pasted{Text: "/none.json"}).send(Measured{Err: errors.New("no such file")})
	if n := j.m.Notice; n.Key != "measure-failed" || len(j.m.Results.Measured.Runs) != 5 {
		t.Errorf("%+v", n)
	}
	j.do(Verdict, ForgetRuns)
	if len(j.m.Results.Measured.Runs) != 0 || slices.Contains(j.m.Results.Table.Columns, table.ColMeasured) {
		t.Error("runs that are taken off leave nothing behind")
	}
}

func TestAFitIsAskedForWrittenAndFlipped(t *testing.T) {
	j := dropped(t).do(FitProfile)
	if j.m.Overlay.Kind != FitOverlay {
		t.Fatal("a fit writes a file: it is asked for first")
	}
	if j.do(Back); j.m.Results.Fit.Run != 0 || j.m.Overlay.Kind != NoOverlay {
		t.Fatal("no is no")
	}
	j.do(FitProfile, Accept)
	f := j.last("Fit").(Fit)
	j.send(Fitting{Run: f.Run, Phase: "fit", Done: 1, Total: 4})
	if len(f.Sources) != 1 || f.Target.Device != a3 || j.m.Results.Fit.Done != 1 {
		t.Fatalf("%+v", f)
	}
	j.send(fittedAnswer(f))
	s := j.last("Start").(Start)
	if s.Request.Profiles[0].Name != a3+"_CALIBRATED" || s.Run != 2 {
		t.Fatalf("run %d on %s", s.Run, s.Request.Profiles[0].Name)
	}
	if j.m.Catalog.Profile(a3+"_CALIBRATED") == nil {
		t.Error("the form knows the new profile")
	}
	r := flagshipReport(s.Request)
	r.Devices[0].Device = a3 + "_CALIBRATED"
	j.send(Finished{Run: 2, Report: r})
	again := j.last("Measure").(Measure)
	if again.Source.Device != a3+"_CALIBRATED" || !again.Source.Again {
		t.Errorf("the runs are predicted with the fit: %+v", again.Source)
	}
	j.send(measuredAnswer(again))
	if s, _ := j.m.MeasuredSays(); s.Runs != 5 || s.Beside != 1 {
		t.Errorf("%+v", s)
	}
	for _, want := range []int{1, 2, 1} {
		if j.do(FlipFit); j.m.Results.Run != want {
			t.Errorf("run %d, want %d", j.m.Results.Run, want)
		}
	}
	if _, ok := j.m.Rows()[0].Value(table.ColMeasured); !ok {
		t.Error("before the fit the runs are beside the plan too")
	}
}

func TestAFitCanBeEndedAndItsRefusalIsSaid(t *testing.T) {
	j := dropped(t).do(FitProfile, Accept)
	f := j.last("Fit").(Fit)
	if j.do(Back); j.m.Results.Fit.Run != 0 || j.last("Cancel").(Cancel).Run != f.Run {
		t.Fatal("esc ends the fit")
	}
	if j.send(fittedAnswer(f)); j.m.Catalog.Profile(f.Target.Name) != nil {
		t.Error("a fit that was ended changes nothing")
	}
	j.do(FitProfile, Accept)
	j.send(Fitted{Run: j.last("Fit").(Fit).Run, Err: errors.New("5 usable runs: a fit needs at least 6; add rows")})
	if n := j.m.Notice; n.Key != "fit-failed" || !n.Bad || j.m.Results.Run != 1 {
		t.Errorf("%+v", n)
	}
}

func TestGuestsReadNoFiles(t *testing.T) {
	j := begin(t, Options{Answers: flagship(), Guest: true}).pane(Confirming).do(Accept)
	start := j.last("Start").(Start)
	j.send(Finished{Run: start.Run, Report: flagshipReport(start.Request)}).pane(Showing)
	b, ok := j.m.Lookup("r")
	if !ok || b.Action != MeasuredFile || b.Reason != "off.guest-files" {
		t.Errorf("%+v", b)
	}
	j.do(MeasuredFile).send(Pasted{Text: "/etc/passwd"})
	for _, e := range j.all {
		if m, ok := e.(Measure); ok {
			t.Errorf("asks for %s", m.Source.Path)
		}
	}
	if j.m.Overlay.Kind != NoOverlay || j.m.Notice.Key != "no-guest-files" {
		t.Errorf("%+v", j.m.Notice)
	}
}

// A run that says nothing of its experts has those of the row; one that says another size is of another layout.
func TestLayoutsAreComparedInWhole(t *testing.T) {
	row := candidate(4, 14, 1, 1, 1, 1)
	row.Strategy.EP = 4
	run := table.MeasuredRun{TP: 4, DP: 2, Concurrency: row.Concurrency}
	for _, c := range []struct {
		change func(*table.MeasuredRun)
		want   bool
	}{{func(*table.MeasuredRun) {}, true}, {func(r *table.MeasuredRun) { r.EP = 4 }, true},
		{func(r *table.MeasuredRun) { r.EP = 8 }, false},
		{func(r *table.MeasuredRun) { r.TP = 8 }, false}, {func(r *table.MeasuredRun) { r.DP = 1 }, false},
		{func(r *table.MeasuredRun) { r.PP = 2 }, false}, {func(r *table.MeasuredRun) { r.TP = 0 }, false}} {
		r := run
		c.change(&r)
		if got := table.SameRanks(&r, &row); got != c.want {
			t.Errorf("%+v: %v", r, got)
		}
	}
}
