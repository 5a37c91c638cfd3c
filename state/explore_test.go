package state

import (
	"slices"
	"strings"
	"testing"

	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/state/field"
	"fathom/state/table"
)

// faster is the flagship report with all throughputs times a factor.
func faster(q *plan.Request, by float64) *report.Report {
	r := flagshipReport(q)
	for d := range r.Devices {
		s := r.Devices[d].Aggregation
		for i := range s.Candidates {
			s.Candidates[i].Throughput *= by
		}
	}
	return r
}

// starts are the runs under way that are not the first one.
func (j *journey) starts() (out []Start) {
	for _, e := range j.all {
		if s, ok := e.(Start); ok && s.Run < 0 {
			out = append(out, s)
		}
	}
	return out
}

func knob(j *journey, id field.ID, text string) Start {
	j.t.Helper()
	j.do(WhatIf)
	for range j.m.Results.WhatIf.Items {
		if j.m.Results.WhatIf.ID() == id {
			break
		}
		j.do(Right)
	}
	if j.m.Results.WhatIf.ID() != id {
		j.t.Fatalf("no knob %s among %v", id, j.m.Results.WhatIf.Items)
	}
	j.do(Accept)
	if j.m.Results.WhatIf.HasChoice() {
		for i, c := range field.Table[id].Choices {
			if c.Value == text {
				j.m.Results.WhatIf.Choice = i
				j.m.Results.WhatIf.Text = text
			}
		}
	} else {
		j.send(Typed{text})
	}
	j.do(Accept)
	return j.last("Start").(Start)
}

func TestWhatIfShowsChangesAgainstTheRunItCameFrom(t *testing.T) {
	j := results(t)
	s := knob(j, field.TTFT, "2500")
	if s.Run != 2 || s.Request.TTFTLimit != 2500 || s.Request.TPOTLimit != 50 || j.m.Pane != Showing ||
		j.m.Results.LiveRun != 2 {
		t.Fatalf("run %d, limit %g, pane %d", s.Run, s.Request.TTFTLimit, j.m.Pane)
	}
	if j.m.Results.Table.Len() != 4 {
		t.Error("the rows stay while the new run is under way")
	}
	j.send(Finished{Run: 2, Report: faster(s.Request, 1.05)})
	rows := j.m.Rows()
	if change, ok := rows[0].Value(table.ColDelta); !ok || change < .0499 || change > .0501 {
		t.Errorf("change %g, %v", change, ok)
	}
	e := j.m.CurrentEntry()
	if len(e.Changed) != 1 || e.Changed[0] != (Change{field.TTFT, "2000", "2500"}) || e.From != 1 ||
		j.m.Results.Pinned != 1 {
		t.Errorf("%+v", e.Changed)
	}
	j.do(Back, Undo)
	if j.m.Results.Run != 1 || j.m.Report().Devices[0].Aggregation.Best.Throughput != 1643.49 {
		t.Error("undo shows the run before")
	}
	j.do(Redo)
	if j.m.Results.Run != 2 {
		t.Error("redo")
	}
}

func TestWhatIfRefusesWhatCannotBe(t *testing.T) {
	j := results(t).do(WhatIf)
	for j.m.Results.WhatIf.ID() != field.DeviceCount {
		j.do(Right)
	}
	j.do(Accept).send(Typed{"-3"}).do(Accept)
	k := j.m.Results.WhatIf
	if !k.Editing || len(k.Issues) == 0 || k.Text != "-3" || j.m.Results.LiveRun != 0 {
		t.Errorf("%+v", k)
	}
	j.do(Back, Back)
	if j.m.Results.Focus != OnTable {
		t.Error("escape leaves the header")
	}
}

func TestKnobsFollowTheirNeighbours(t *testing.T) {
	j := results(t)
	if s := knob(j, field.HitRate, "0.3"); s.Request.PrefixCacheHitRate != 0.3 {
		t.Errorf("a hit rate switches the cache on: %g", s.Request.PrefixCacheHitRate)
	}
	j = results(t)
	if s := knob(j, field.Linear, "W8A16_DYNAMIC"); s.Request.Quant.Linear != plan.W8A16Dynamic ||
		s.Request.Quant.Attention != plan.AttentionDisabled {
		t.Errorf("%+v", s.Request.Quant)
	}
	for _, id := range j.m.Results.WhatIf.Items {
		if id == field.EP || id == field.MTPTokens || id == field.PrefillDevices {
			t.Errorf("%s means nothing for this plan", id)
		}
	}
}

func TestNudge(t *testing.T) {
	for _, c := range []struct {
		id   field.ID
		text string
		up   bool
		want string
	}{{field.DeviceCount, "8", true, "16"}, {field.DeviceCount, "1", false, "1"}, {field.TTFT, "2000", true, "2500"},
		{field.TTFT, "1000", false, "950"},
		{field.TPOT, "50", false, "45"}, {field.InputLength, "3500", true, "4000"}, {field.InputLength, "1", false, "1"},
		{field.HitRate, "0.3", true, "0.35"}} {
		if got, ok := nudge(c.id, c.text, c.up); !ok || got != c.want {
			t.Errorf("%s %s, up %v: %s, want %s", c.id, c.text, c.up, got, c.want)
		}
	}
	if _, ok := nudge(field.TTFT, "none", true); ok {
		t.Error("what is no number has no next one")
	}
}

func TestQuietRunsSayWhatTheyWouldChange(t *testing.T) {
	j := results(t)
	var corrected, exhaustive Start
	for _, e := range j.all {
		if s, ok := e.(Start); ok && s.Quiet && s.Climb == nil {
			if s.Request.Search == plan.SearchExhaustive {
				exhaustive = s
			} else {
				corrected = s
			}
		}
	}
	if corrected.Request.Fidelity != plan.Corrected || corrected.Run >= 0 || exhaustive.Run >= 0 {
		t.Fatalf("%+v %+v", corrected.Run, exhaustive.Run)
	}
	if len(j.m.Hints()) != 0 {
		t.Error("nothing is known yet")
	}
	j.send(Finished{Run: corrected.Run, Report: faster(corrected.Request, .8)}).send(Finished{Run: exhaustive.Run,
		Report: faster(exhaustive.Request, 1.11)})
	hints := j.m.Hints()
	if len(hints) != 2 || hints[0].Action != Fidelity || hints[0].Change > -.19 || hints[1].Action != Exhaustive ||
		hints[1].Change < .1 {
		t.Fatalf("%+v", hints)
	}
	if len(j.m.History) != 1 || j.m.Results.Variant != Asked {
		t.Error("quiet runs do not show up by themselves")
	}
	j.do(Fidelity)
	if v, ok := j.m.Rows()[0].Value(table.ColDelta); !ok || v > -.19 {
		t.Errorf("a flip shows its changes: %g %v", v, ok)
	}
	j.do(Fidelity)
	if j.m.Results.Variant != Asked {
		t.Error("a second flip goes back")
	}
	j.do(Exhaustive)
	if j.m.Results.Variant != ExhaustiveSearch {
		t.Error("X switches")
	}
	j.do(CopyMenu, CopyCommand)
	if c := j.effects[0].(Copy); !strings.Contains(c.Text, "--max-batched-tokens 14000") {
		t.Errorf("a row of the exhaustive search carries its budget: %s", c.Text)
	}
}

func TestFlipWaitsForItsRun(t *testing.T) {
	j := results(t).do(Fidelity)
	if j.m.Results.Variant != Asked || j.m.Notice.Key != "waiting" {
		t.Fatalf("%+v", j.m.Notice)
	}
	j.send(Finished{Run: -1, Report: faster(nil, .9)})
	if j.m.Results.Variant != OtherFidelity {
		t.Error("it is shown when it comes")
	}
}

// What takes too long unasked is said to be left out, and worked out to its end once it is asked for; also by who asks
// while it is tried.
func TestLeftOutUntilAskedFor(t *testing.T) {
	quiet := func(j *journey) (run int) {
		for _, e := range j.all {
			if s, ok := e.(Start); ok && s.Quiet && s.Climb == nil && s.Request.Search == plan.SearchExhaustive {
				run = s.Run
			}
		}
		return run
	}
	asked := func(j *journey) {
		t.Helper()
		at := slices.IndexFunc(j.effects, func(e Effect) bool { _, ok := e.(Start); return ok })
		if at < 0 {
			t.Fatalf("nothing starts: %+v", j.effects)
		}
		s := j.effects[at].(Start)
		if s.Quiet || s.Request.Search != plan.SearchExhaustive {
			t.Fatalf("%+v", s)
		}
		j.send(Finished{Run: s.Run, Report: faster(s.Request, 1.11)})
		if j.m.Results.Variant != ExhaustiveSearch || len(j.m.LeftOut()) != 0 {
			t.Errorf("variant %d, left out %v", j.m.Results.Variant, j.m.LeftOut())
		}
	}
	j := results(t)
	j.send(Finished{Run: quiet(j), Err: report.ErrTooMuch})
	if l := j.m.LeftOut(); !slices.Equal(l, []Action{Exhaustive}) || j.m.Notice.Bad {
		t.Fatalf("left out %v, notice %+v", l, j.m.Notice)
	}
	asked(j.do(Exhaustive))
	j = results(t).do(Exhaustive)
	asked(j.send(Finished{Run: quiet(j), Err: report.ErrTooMuch}))
}

// F asks for figures on measured kernels when they are wanted, and only then.
func TestCalibratedIsAnotherAnswer(t *testing.T) {
	j := results(t).do(Calibrated)
	s, ok := j.effects[0].(Start)
	if !ok || s.Quiet || s.Request.Fidelity != plan.Calibrated {
		t.Fatalf("%+v", j.effects)
	}
	j.send(Finished{Run: s.Run, Report: faster(nil, .5)})
	if j.m.Results.Variant != CalibratedFidelity {
		t.Error("it is shown when it comes")
	}
	if j.do(Calibrated); j.m.Results.Variant != Asked {
		t.Error("and goes away again")
	}
}

// Fidelity and search are switches: each stays where it was put while the other one turns.
func TestFidelityAndSearchAreTwoSwitches(t *testing.T) {
	j := results(t)
	turn := func(a Action, want Variant) {
		t.Helper()
		if j.do(a); j.m.Results.Variant != want {
			t.Fatalf("%s: variant %d, want %d, notice %q", a, j.m.Results.Variant, want, j.m.Notice.Key)
		}
	}
	come := func() {
		for _, s := range j.starts() {
			j.send(Finished{Run: s.Run, Report: faster(s.Request, 1.2)})
		}
	}
	come()
	turn(Exhaustive, ExhaustiveSearch)
	j.do(Fidelity) // the arithmetic only: X is still on
	if q := j.last("Start").(Start).Request; q.Search != plan.SearchExhaustive || q.Fidelity != plan.Corrected {
		t.Errorf("fidelity %v, search %v", q.Fidelity, q.Search)
	}
	come()
	turn(Exhaustive, OtherFidelity) // the search only: f is still on
	turn(Exhaustive, OtherFidelity|ExhaustiveSearch)
	turn(Fidelity, ExhaustiveSearch)
	turn(Exhaustive, Asked)
	if j.m.Notice.Key != "turned" {
		t.Errorf("notice %q", j.m.Notice.Key)
	}
	turn(Calibrated, Asked) // not there yet
	turn(Exhaustive, Asked) // still waited for
	if _, wanted := j.m.Awaited(); !wanted {
		t.Error("F before X is forgotten")
	}
	for _, s := range j.starts() {
		if s.Request.Fidelity == plan.Calibrated {
			j.send(Finished{Run: s.Run, Report: faster(s.Request, .5)})
		}
	}
	if j.m.Results.Variant != CalibratedFidelity|ExhaustiveSearch {
		t.Fatalf("variant %d", j.m.Results.Variant)
	}
	turn(Fidelity, OtherFidelity|ExhaustiveSearch)
	turn(Fidelity, ExhaustiveSearch)
}

// A what-if keeps the fidelity and the search that stand on screen, and is held against the same ones.
func TestWhatIfKeepsFidelityAndSearch(t *testing.T) {
	j := results(t)
	for _, s := range j.starts() {
		j.send(Finished{Run: s.Run, Report: faster(s.Request, .8)})
	}
	j.do(Fidelity)
	s := knob(j, field.TTFT, "2500")
	j.send(Finished{Run: s.Run, Report: faster(s.Request, 1.1)})
	if j.m.Results.Run != 1 || j.m.Results.LiveRun != s.Run {
		t.Fatal("the answer as asked is not what is waited for")
	}
	again := j.last("Start").(Start)
	if again.Run != s.Run || again.Request.Fidelity != plan.Corrected || again.Request.TTFTLimit != 2500 ||
		again.Request.Search != plan.SearchUsual {
		t.Fatalf("%+v", again.Request)
	}
	j.send(Finished{Run: again.Run, Report: faster(again.Request, .88)})
	if j.m.Results.Run != s.Run || j.m.Results.Variant != OtherFidelity {
		t.Fatalf("run %d, variant %d", j.m.Results.Run, j.m.Results.Variant)
	}
	if v, ok := j.m.Rows()[0].Value(table.ColDelta); !ok || v < .0999 || v > .1001 {
		t.Errorf("against the corrected run it is %g more, %v", v, ok)
	}
	if e := j.m.Entry(s.Run); e.Reports[Asked] == nil || e.Reports[OtherFidelity] == nil {
		t.Error("an answer is lost")
	}
}

// The ladder comes behind the answer and stands with it, whichever variant is on screen.
func TestLadderComesBehind(t *testing.T) {
	j := results(t)
	if j.m.Ladder() != nil {
		t.Error("nothing is known yet")
	}
	for _, s := range j.starts() {
		if s.Climb == nil {
			continue
		}
		r := *s.Climb
		r.Devices = slices.Clone(r.Devices)
		r.Devices[0].Ladder = []report.Rung{{Step: report.StepReference, Throughput: 100},
			{Step: report.StepCorrected, Throughput: 110}, {Step: report.StepCorrected, Phase: plan.PhaseDecode}}
		j.send(Finished{Run: s.Run, Report: &r})
	}
	if got := j.m.Ladder(); len(got) != 2 || len(j.m.Rows()) != 4 {
		t.Errorf("%d rungs, %d rows", len(got), len(j.m.Rows()))
	}
}

// Where the search was asked for by name, the other fidelities have an exhaustive answer of their own.
func TestExhaustiveSearchOfAnotherFidelity(t *testing.T) {
	j := results(t)
	j.m.History[0].Request.Search = plan.SearchReference
	j.send(Finished{Run: -1, Report: faster(nil, .9)}).do(Fidelity, Exhaustive)
	s, ok := j.effects[0].(Start)
	if !ok || s.Quiet || s.Request.Fidelity != plan.Corrected || s.Request.Search != plan.SearchExhaustive ||
		j.m.Results.Variant != OtherFidelity {
		t.Fatalf("%+v", j.effects)
	}
	if as, wanted := j.m.Awaited(); !wanted || len(as) < 2 || as[0] != Fidelity || as[1] != Exhaustive {
		t.Errorf("awaited %v", as)
	}
	j.send(Finished{Run: s.Run, Report: faster(s.Request, 1.3)})
	if j.m.Results.Variant != OtherFidelity|ExhaustiveSearch {
		t.Errorf("variant %d", j.m.Results.Variant)
	}
	if j.do(Exhaustive); j.m.Results.Variant != OtherFidelity {
		t.Errorf("variant %d: X goes back to the search of the same fidelity", j.m.Results.Variant)
	}
}

// A second press of a switch whose answer is on its way turns it back.
func TestASwitchCanBeTurnedBackBeforeItsAnswer(t *testing.T) {
	j := results(t).do(Fidelity, Fidelity)
	j.send(Finished{Run: -1, Report: faster(nil, .9)})
	if j.m.Results.Variant != Asked || j.m.History[0].Reports[OtherFidelity] == nil {
		t.Error("it was turned back")
	}
}

func TestANewRunStopsTheQuietOnes(t *testing.T) {
	j := results(t)
	knob(j, field.TTFT, "2500")
	j.send(Finished{Run: -1, Report: faster(nil, 3)})
	if j.m.History[0].Reports[OtherFidelity] != nil {
		t.Error("a stopped quiet run changed an entry")
	}
}

func TestMarksAndCompare(t *testing.T) {
	j := results(t).do(Compare)
	if j.m.Overlay.Kind != NoOverlay || j.m.Notice.Key != "off.few-marks" {
		t.Error("one has nothing to compare with")
	}
	j.do(Mark, Down, Mark, NextDevice, Mark, Compare)
	if j.m.Overlay.Kind != CompareOverlay || len(j.m.Results.Marks) != 3 || j.m.Results.Marks[2].Key.Device != a2 {
		t.Fatalf("%+v", j.m.Results.Marks)
	}
	j.do(Back, Mark)
	if len(j.m.Results.Marks) != 2 {
		t.Error("a second mark takes the first away")
	}
}

func TestHistoryNamesAndShowsRuns(t *testing.T) {
	j := results(t)
	s := knob(j, field.TTFT, "2500")
	j.send(Finished{Run: s.Run, Report: faster(s.Request, 1.1)}).do(Back, Name).send(Typed{"looser"}).do(Accept,
		HistoryMenu)
	if items := j.m.Overlay.Items; len(items) != 2 || items[0].Index != 2 || !items[0].On ||
		items[0].Pairs[3] != "looser" {
		t.Fatalf("%+v", items)
	} else if a, b := items[0].Differs, items[1].Differs; len(a) != 1 || len(b) != 1 || a[0].ID != field.TTFT ||
		a[0].After != "2500" || b[0].After != "2000" {
		t.Errorf("what tells the runs apart: %+v, %+v", a, b)
	}
	j.do(Down, Accept)
	if j.m.Results.Run != 1 || j.m.Pane != Showing {
		t.Errorf("run %d", j.m.Results.Run)
	}
}

func TestBackKeepsTheKnobsOfTheRunOnScreen(t *testing.T) {
	j := results(t)
	s := knob(j, field.TTFT, "2500")
	j.send(Finished{Run: s.Run, Report: faster(s.Request, 1.1)}).do(Back, Back).pane(Confirming)
	if j.m.Confirm.Request.TTFTLimit != 2500 {
		t.Error("the confirm pane is about the plan on screen")
	}
	j.do(Back).pane(Editing).do(ShowResults).pane(Showing)
}

func TestPinAndSwitchOfRuns(t *testing.T) {
	j := results(t).do(Pin)
	if run, _, ok := j.m.Base(); ok {
		t.Errorf("a run is not compared with itself (%d)", run)
	}
	s := knob(j, field.OutputLength, "1000")
	j.send(Finished{Run: s.Run, Report: faster(s.Request, 1.1)})
	if run, _, ok := j.m.Base(); !ok || run != 1 {
		t.Error("the pinned run is the base")
	}
}

func TestPricesOnDemand(t *testing.T) {
	j := results(t).do(DetailOps)
	if len(j.effects) != 2 {
		t.Fatalf("prefill and decode of the row are priced: %v", j.effects)
	}
	p := j.effects[1].(Price)
	if p.Phase != plan.PhaseDecode || p.Device != a3 || p.Row.Label != "TP=8 | PP=1 | DP=1" {
		t.Errorf("%+v", p)
	}
	if j.do(DetailOps); len(j.effects) != 0 {
		t.Error("once is enough")
	}
	j.send(Priced{Key: p.Key, Phase: p.Phase, Pass: &Pass{Seconds: .01}})
	if pass, _ := j.m.Operators(p.Row, p.Phase); pass == nil || pass.Seconds != .01 {
		t.Error("the table is there")
	}
	stranger := p.Key
	stranger.Batch = 99
	j.send(Priced{Key: stranger, Phase: p.Phase, Pass: &Pass{}})
	if len(j.m.Results.passes) != 1 {
		t.Error("nobody asked for this one")
	}
	j.do(DetailSensitivity)
	s := j.effects[0].(Sense)
	j.send(Sensed{Key: s.Key, Levers: []Lever{{Key: "lever.memory-bandwidth", Throughput: .08}}})
	if levers, _, done := j.m.Levers(s.Row); !done || len(levers) != 1 {
		t.Error("no levers")
	}
	j.do(DetailTraffic)
	b := j.effects[0].(Play)
	if _, _, _, done := j.m.Benchmark(b.Row); done || b.Device != a3 {
		t.Error("it is being played")
	}
	if j.do(DetailTraffic); len(j.effects) != 0 {
		t.Error("once is enough")
	}
	j.send(Played{Key: b.Key, Traffic: &report.Traffic{QPS: 2}, Curve: make([]report.LoadPoint, 3)})
	if x, curve, _, done := j.m.Benchmark(b.Row); !done || x.QPS != 2 || len(curve) != 3 {
		t.Error("no benchmark")
	}
	if j.do(DetailService); len(j.effects) != 0 || j.m.Serves() {
		t.Error("the plan names no traffic of its own")
	}
	j.m.shown().Request.Service.Fleet = "day"
	j.do(DetailService)
	v := j.effects[0].(Serve)
	if _, _, _, done := j.m.Service(v.Row); done || !j.m.Serves() {
		t.Error("it is being played")
	}
	j.send(Served{Key: v.Key, Day: &report.Day{Max: 7}})
	if _, day, _, done := j.m.Service(v.Row); !done || day.Max != 7 {
		t.Error("no day")
	}
}

func TestWhy(t *testing.T) {
	j := results(t).do(DetailWhy)
	w := j.m.Why()
	if len(w) != 1 || len(w[0].Bottlenecks) != 2 || !w[0].HasLimit || len(w[0].Checks) != 2 {
		t.Fatalf("%+v", w)
	}
	j.do(CopyMenu, CopyChecks)
	if c := j.effects[0].(Copy); strings.Count(c.Text, "cli.inference.text_generate") != 2 {
		t.Errorf("%s", c.Text)
	}
}
