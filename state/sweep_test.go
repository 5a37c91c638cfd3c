package state

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"fathom/sim/chart"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/sim/sweep"
	"fathom/state/field"
)

// sweptPlan answers a sweep as ui would, with more tokens the longer the prompts, and nothing beyond 4,000.
func sweptPlan(t *testing.T, e Sweep) *sweep.Result {
	t.Helper()
	answer := func(_ context.Context, q *plan.Request) (*report.Report, error) {
		r := &report.Report{Request: q, Mode: q.Mode}
		for _, p := range q.Profiles {
			d := report.Device{Device: p.Name, Aggregation: &report.Section{}}
			if q.InputLength <= 4000 {
				row := report.Row{Label: "TP=8 | PP=1 | DP=1", Throughput: float64(q.InputLength), PerDevice: 1, Concurrency: 8}
				if q.InputLength > 2000 {
					row.Label = "TP=4 | PP=1 | DP=2"
				}
				d.Aggregation.Best = &row
			}
			r.Devices = append(r.Devices, d)
		}
		return r, nil
	}
	out, err := sweep.Run(context.Background(), e.Request, e.Axes, []sweep.Answer{answer}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func swept(t *testing.T, text string) *journey {
	t.Helper()
	j := results(t).do(OverRanges).send(Typed{text}).do(Accept)
	e := j.last("Sweep").(Sweep)
	return j.send(Swept{Run: e.Run, Result: sweptPlan(t, e)})
}

// From the results to a sweep, over its places, into the plan of one of them and back.
func TestSweepOpensItsCells(t *testing.T) {
	j := swept(t, "input-length=1000..5000:5 tpot-limit=20,40")
	v := &j.m.Results.Sweep
	if j.m.Scope() != InSweep || v.Run != 0 || v.Done != 10 || v.Picture() == nil || len(v.Picture().Rows) != 2 {
		t.Fatalf("scope %d, %+v", j.m.Scope(), v)
	}
	j.do(Right, Right, Up, Accept)
	s := j.last("Start").(Start)
	if s.Request.InputLength != 3000 || s.Request.TPOTLimit != 40 || j.m.Overlay.Kind != NoOverlay ||
		j.m.Results.LiveRun != s.Run {
		t.Fatalf("input %d, TPOT %g", s.Request.InputLength, s.Request.TPOTLimit)
	}
	j.send(Finished{Run: s.Run, Report: flagshipReport(s.Request)})
	e := j.m.CurrentEntry()
	if e.Run != s.Run || e.From != 1 || len(e.Changed) != 2 || e.Answers[field.TPOT].Text != "40" {
		t.Errorf("%+v", e.Changed)
	}
	if j.do(Back); j.m.Scope() != InSweep || j.m.Results.Run != 1 || j.m.Results.Sweep.X != 2 {
		t.Errorf("esc comes back to the sweep: scope %d, run %d", j.m.Scope(), j.m.Results.Run)
	}
	if j.do(Back); j.m.Scope() != InTable || j.m.Pane != Showing {
		t.Errorf("esc leaves the sweep: scope %d", j.m.Scope())
	}
	if j.do(OverRanges); j.m.Scope() != InSweep {
		t.Error("the sweep is still there")
	}
	j.do(CopyCommand)
	c := j.last("Copy").(Copy)
	if !strings.HasPrefix(c.Text, "fathom plan ") ||
		!strings.HasSuffix(c.Text, "--sweep input-length=1000..5000:5 --sweep 'tpot-limit=20,40'") {
		t.Error(c.Text)
	}
	j.do(ExportMenu, ExportCSV)
	if x := j.last("ExportSweep").(ExportSweep); x.Format != CSV || len(x.Result.Cells) != 20 || j.m.Scope() != InSweep {
		t.Errorf("%s, %d cells, scope %d", x.Format, len(x.Result.Cells), j.m.Scope())
	}
	// a page of the plan has the sweep in it, from here and from the results
	j.do(ExportMenu, ExportHTML)
	if x := j.last("Export").(Export); x.Format != HTML || x.Sweep == nil || x.Report == nil {
		t.Errorf("%+v", x)
	}
	j.do(Help, Back)
	if j.m.Scope() != InSweep {
		t.Error("help comes back to the sweep")
	}
}

// What cannot be meant stays in the line with what is wrong; nothing runs.
func TestSweepsAreJudgedInTheirField(t *testing.T) {
	for text, key := range map[string]string{"tpot=50..10": "knob.backwards", "temperature=1..2": "knob.unknown",
		"tpot=": "knob.bare", "tpot=1..9 ttft=1..9 input=1,2": "knob.three", "acceptance=0..1": "knob.lacks",
		"input=1..1000:1000 tpot=1..1000:1000": "knob.plans"} {
		j := results(t).do(OverRanges).send(Typed{text})
		if f := j.m.Overlay.Fault; f.Key != key || plans(&j.m) != 0 {
			t.Errorf("%s: %+v", text, f)
		}
		j.do(Accept)
		if j.m.Overlay.Kind != PromptOverlay || j.m.Overlay.Text != text || !j.m.Notice.Bad || j.m.Results.Sweep.Run != 0 {
			t.Errorf("%s: overlay %d, %q", text, j.m.Overlay.Kind, j.m.Overlay.Text)
		}
	}
}

// A knob is offered by its name with a range around the plan, also from the header, and takes the place of what was
// typed of it.
func TestSweepsOfferKnobs(t *testing.T) {
	j := results(t).do(OverRanges).send(Typed{"tpot=20,40 inp"}).do(Accept)
	if o := j.m.Overlay; o.Kind != PromptOverlay || o.Text != "tpot=20,40 input-length=875..14000:log:25" ||
		plans(&j.m) != 50 {
		t.Errorf("%q, %d plans, %+v", o.Text, plans(&j.m), o.Fault)
	}
	j = results(t).do(WhatIf)
	for j.m.Results.WhatIf.ID() != field.TTFT {
		j.do(Right)
	}
	if j.do(OverRanges); j.m.Overlay.Text != "ttft-limit=500..8000:log:25" {
		t.Errorf("from the header: %q", j.m.Overlay.Text)
	}
	for _, item := range results(t).do(OverRanges).m.Overlay.Picker.Items {
		j := results(t).do(OverRanges).send(Typed{item.Value})
		if !j.m.Overlay.Fault.IsZero() || plans(&j.m) < 2 {
			t.Errorf("offered, but refused: %s: %+v", item.Value, j.m.Overlay.Fault)
		}
	}
}

// Progress shows the cells so far; escape ends the sweep and keeps them; what comes late changes nothing.
func TestSweepsCanBeCancelled(t *testing.T) {
	j := results(t).do(OverRanges).send(Typed{"input-length=1000..5000:5"}).do(Accept)
	e := j.last("Sweep").(Sweep)
	whole := sweptPlan(t, e)
	half := *whole
	half.Cells, half.Partial = slices.Clone(whole.Cells[:4]), true
	j.send(Sweeping{Run: e.Run, Done: 2, Of: 5, Result: &half})
	if p := j.m.Results.Sweep.Picture(); p == nil || p.Answered != 2 {
		t.Fatal("the cells so far are drawn")
	}
	j.do(Right, Right, Accept)
	if j.m.Notice.Key != "sweep-open" || j.m.Scope() != InSweep {
		t.Errorf("a place without an answer was opened: %+v", j.m.Notice)
	}
	if j.do(Back); j.m.Scope() != InSweep || j.m.Results.Sweep.Run != 0 || !j.m.Results.Sweep.Result.Partial {
		t.Error("escape cancels first")
	}
	if c := j.last("Cancel").(Cancel); c.Run != e.Run {
		t.Errorf("cancelled %d", c.Run)
	}
	j.send(Swept{Run: e.Run, Result: whole})
	if j.m.Results.Sweep.Picture().Answered != 2 {
		t.Error("a late answer came through")
	}
	k := results(t).do(OverRanges).send(Typed{"input-length=1,2"}).do(Accept)
	k.send(Swept{Run: k.last("Sweep").(Sweep).Run, Err: errors.New("boom")})
	if k.m.Results.Sweep.Fault.IsZero() || k.m.Results.Sweep.Run != 0 {
		t.Error("a sweep that fails says so")
	}
}

// The figures go round; cost only where there is a price.
func TestSweepFigures(t *testing.T) {
	j := swept(t, "input-length=1000..5000:5")
	var seen []chart.Figure
	for range 3 {
		seen = append(seen, j.do(NextPlot).m.Results.Sweep.Figure)
	}
	if !slices.Equal(seen, []chart.Figure{chart.PerDevice, chart.Throughput, chart.PerDevice}) {
		t.Errorf("%v", seen)
	}
	if j.do(NextDevice, NextDevice); !j.m.Results.Sweep.Picture().Contest() {
		t.Error("the last picture is who wins where")
	}
}

// plans is how many the sweep that is being typed has.
func plans(m *Model) int {
	n, _ := m.SweepPlans()
	return n
}
