package state

import (
	"strings"
	"testing"

	"fathom/state/field"
)

const sees = "Qwen/Qwen3-VL-30B-A3B-Instruct"

// line is the form's line of a question, nil without one.
func (j *journey) line(id field.ID) *Line {
	for i := range j.m.Form.Lines {
		if l := &j.m.Form.Lines[i]; l.Kind != Fold && l.ID == id {
			return l
		}
	}
	return nil
}

// imaged stands on the question about images of a vision model.
func imaged(t *testing.T) *journey {
	t.Helper()
	a := flagship()
	a[field.Model].Text = sees
	for _, id := range []field.ID{field.ImageBatch, field.ImageHeight, field.ImageWidth} {
		a[id] = field.Answer{}
	}
	a[field.Compile] = field.Answer{}
	j := begin(t, Options{Answers: field.FillDefaults(a)})
	for j.m.Pane != Editing {
		j.do(Back)
	}
	for _, id := range []field.ID{field.ImageBatch, field.ImageHeight, field.ImageWidth} {
		j.m.Form.Answers[id] = field.Answer{}
	}
	u := update{Model: j.m}
	u.refreshForm()
	u.focus(field.ImageBatch)
	j.m = u.Model
	return j
}

// Images, their height and their width are asked one after the other; none of them is refused because the next one has
// not been asked yet, and a missing one is told where it is missing.
func TestImagesAreJudgedTogether(t *testing.T) {
	j := imaged(t)
	if j.m.Form.Focus != field.ImageBatch {
		t.Fatalf("focus %s", j.m.Form.Focus)
	}
	j.typeOut("1").do(Accept)
	if j.m.Form.Focus != field.ImageHeight || j.m.Notice.Bad {
		t.Fatalf("the height is next: focus %s, %+v", j.m.Form.Focus, j.m.Notice)
	}
	if j.send(Typed{"4k4"}); field.HasError(j.line(field.ImageBatch).Issues) {
		t.Errorf("half a height is no fault of the images: %+v", j.line(field.ImageBatch).Issues)
	}
	j.typeOut("224").do(Accept)
	if j.m.Form.Focus != field.ImageWidth {
		t.Fatalf("the width is next: focus %s, %+v", j.m.Form.Focus, j.m.Notice)
	}
	if j.do(Accept); j.m.Form.Focus != field.ImageWidth || !j.m.Notice.Bad {
		t.Errorf("a width is needed: focus %s, %+v", j.m.Form.Focus, j.m.Notice)
	}
	if j.typeOut("224").do(Accept); field.HasError(j.m.Form.Issues) {
		t.Errorf("%+v", j.m.Form.Issues)
	}
	j = imaged(t)
	if j.do(Accept); j.line(field.ImageHeight) != nil || j.line(field.ImageWidth) != nil {
		t.Error("without images their size is not asked")
	}
}

// Images that are asked for after all ask for their size again, which stood on its default.
func TestImagesOnSecondThought(t *testing.T) {
	a := flagship()
	a[field.Model].Text = sees
	j := begin(t, Options{Answers: field.FillDefaults(a)}).pane(Confirming).do(Edit)
	toLine(j, field.ImageBatch)
	if j.send(Typed{"2"}).do(Accept); j.m.Form.Focus != field.ImageHeight || j.m.Notice.Bad {
		t.Errorf("focus %s, %+v", j.m.Form.Focus, j.m.Notice)
	}
}

// Sizes are held against the instances once both are known, not while only the first one is.
func TestInstancesAreJudgedTogether(t *testing.T) {
	j := begin(t, Options{}).answer(field.Mode, "pd_ratio").answer(field.Model, dense).answer(field.Device, a3)
	j.m.Form.Answers[field.TP] = field.Answer{Text: "8", Source: field.FromFlag}
	j.answer(field.DeviceCount, "32").answer(field.PrefillDevices, "4")
	if l := j.line(field.TP); l != nil && field.HasError(l.Issues) {
		t.Errorf("the decode instance may hold TP 8: %+v", l.Issues)
	}
	if j.answer(field.DecodeDevices, "2"); !field.HasError(j.m.Form.Reading.Check(field.TP)) {
		t.Error("neither instance holds TP 8")
	}
}

// An answer that stands in the way has a line although its question does not apply: how else could it be taken back?
func TestAnAnswerInTheWayCanBeTakenBack(t *testing.T) {
	a := flagship()
	a[field.PrefillDevices] = field.Answer{Text: "4", Source: field.FromFlag}
	j := begin(t, Options{Answers: a}).pane(Editing)
	if l := j.line(field.PrefillDevices); l == nil || !l.Focused || !field.HasError(l.Issues) {
		t.Fatalf("%+v", l)
	}
	if j.send(Typed{""}).do(Submit); j.m.Pane != Confirming {
		t.Errorf("pane %d, %+v", j.m.Pane, j.m.Notice)
	}
}

// Who asks in an empty field gets the keys; behind a text it is a letter.
func TestQuestionMarkInAnEmptyField(t *testing.T) {
	j := begin(t, Options{}).answer(field.Mode, "aggregation")
	if j.send(Typed{"?"}); j.m.Overlay.Kind != HelpOverlay || j.m.Overlay.Over != InList {
		t.Fatalf("%+v", j.m.Overlay)
	}
	if j.do(Back); j.m.Form.Answers[field.Model].Given() {
		t.Error("the question mark stays")
	}
	if j.send(Typed{"q"}).send(Typed{"q?"}); j.m.Overlay.Kind != NoOverlay || j.m.Form.Answers[field.Model].Text != "q?" {
		t.Errorf("%q", j.m.Form.Answers[field.Model].Text)
	}
}

// What people write behind numbers is read, and the command has the number.
func TestNumbersWithUnits(t *testing.T) {
	for _, c := range []struct {
		id         field.ID
		text, want string
	}{{field.InputLength, "3.5k", "--input-length 3500"}, {field.InputLength, "1M", "--input-length 1000000"},
		{field.TTFT, "2s", "--ttft-limit 2000"}, {field.TTFT, "1.5 s", "--ttft-limit 1500"},
		{field.TPOT, "50ms", "--tpot-limit 50"}, {field.HitRate, "50%", "--prefix-cache-hit-rate 0.5"},
		{field.HitRate, "7%", "--prefix-cache-hit-rate 0.07"}, {field.OutputLength, "1.1k", "--output-length 1100"}} {
		a := flagship()
		a[field.PrefixCache] = field.Answer{Text: "on", Source: field.You}
		a[c.id] = field.Answer{Text: c.text, Source: field.You}
		j := begin(t, Options{Answers: a}).pane(Confirming)
		if got := strings.Join(j.m.Confirm.Command, " ") + " "; !strings.Contains(got, c.want+" ") {
			t.Errorf("%s %q: %s", c.id, c.text, got)
		}
	}
	for _, text := range []string{"3.55555k", "2 x", "1e3k", "k", "50%"} {
		j := begin(t, Options{}).answer(field.Mode, "aggregation").answer(field.Model, dense).answer(field.Device, a3)
		if j.answer(field.DeviceCount, text); j.m.Form.Focus != field.DeviceCount {
			t.Errorf("%q devices are none", text)
		}
	}
}

// Neither ctrl+c nor esc loses answers without a question.
func TestNothingIsLostUnasked(t *testing.T) {
	j := begin(t, Options{}).answer(field.Mode, "aggregation").answer(field.Model, dense)
	before := j.m.Form.Answers
	if j.do(Interrupt); j.m.Overlay.Kind != QuitOverlay {
		t.Fatal("the form holds answers that no run has")
	}
	if j.do(Back); j.m.Overlay.Kind != NoOverlay || j.m.Form.Answers != before {
		t.Error("no is no")
	}
	for range 5 {
		j.do(Back)
	}
	if j.m.Form.Answers != before || j.m.Pane != Editing {
		t.Error("esc loses nothing")
	}
	if j.do(Interrupt, Interrupt); j.last("Leave") == nil {
		t.Error("the second ctrl+c is a yes")
	}
}

// ctrl+c over a line that is being typed gives up the line and says so; only the next one leaves.
func TestInterruptGivesUpTheLineFirst(t *testing.T) {
	for name, open := range map[string]func(j *journey){
		"a run's name": func(j *journey) { j.do(Name) },
		"a sweep":      func(j *journey) { j.do(OverRanges) },
		"a scenario":   func(j *journey) { j.do(SaveScenario) },
		"runs to read": func(j *journey) { j.do(MeasuredFile) },
		"a knob":       func(j *journey) { j.do(WhatIf, Accept) },
	} {
		j := loaded(t, 20)
		open(j)
		if s := j.m.Scope(); s != InPrompt && s != InKnob {
			t.Fatalf("%s: nothing is typed (%v)", name, s)
		}
		j.send(Typed{Text: "night 7"}).do(Interrupt)
		if n := j.m.Notice; len(j.left()) > 0 || j.m.Scope().Typing() || n.Key != "given-up" || n.Pairs[1] != "night 7" {
			t.Errorf("%s: %+v, still typing: %t", name, n, j.m.Scope().Typing())
		}
		if j.do(Interrupt); len(j.left()) == 0 {
			t.Errorf("%s: the second ctrl+c does not leave", name)
		}
	}
}

// What is taken from elsewhere counts as the answers that it holds, not the defaults that a saved plan spells out.
func TestTakenAnswersAreCounted(t *testing.T) {
	saved := field.ToTOML(field.FillDefaults(flagship()))
	j := begin(t, Options{}).do(OpenPlan).send(Typed{"my.toml"}).do(Accept).send(PlanOpened{Path: "my.toml", Data: []byte(saved)})
	if got := strings.Join(j.m.Notice.Pairs, " "); j.m.Notice.Key != "opened" || !strings.HasPrefix(got, "n 1") ||
		len(strings.Fields(got)[1]) != 2 {
		t.Errorf("a plan with a dozen answers is said to hold: %s %s", j.m.Notice.Key, got)
	}
	opened := j.m.Notice.Pairs[1]
	k := begin(t, Options{Memory: reopen2(t, &j.pane(Confirming).do(Accept).m)}).do(Reuse)
	if k.m.Notice.Key != "reused" || k.m.Notice.Pairs[1] != opened {
		t.Errorf("then %s %v, opened were %s", k.m.Notice.Key, k.m.Notice.Pairs, opened)
	}
}

// What the last session left in the form is not called a run.
func TestRestoredAnswersSayWhereTheyAreFrom(t *testing.T) {
	reused := func(m *Model) field.Source {
		j := begin(t, Options{Memory: reopen2(t, m)}).pane(Editing).do(Reuse)
		return j.m.Form.Answers[field.Model].Source
	}
	form := begin(t, Options{}).answer(field.Mode, "aggregation").answer(field.Model, dense)
	if got := reused(&form.m); got != field.LeftForm {
		t.Errorf("answers of a form are %q", got)
	}
	ran := results(t)
	if got := reused(&ran.m); got != field.PreviousRun {
		t.Errorf("answers of a run are %q", got)
	}
	later := begin(t, Options{Memory: reopen2(t, &ran.m)}) // a session that answers nothing forgets nothing
	if got := reused(&later.m); got != field.PreviousRun {
		t.Errorf("a session later they are %q", got)
	}
	zh := field.Answers{}.With(field.Lang, field.Answer{Text: "zh", Source: field.FromFlag})
	flagged := begin(t, Options{Answers: zh, Memory: reopen2(t, &ran.m)}) // a flag about the screen is no answer
	if got := reused(&flagged.m); got != field.PreviousRun {
		t.Errorf("behind a flag they are %q", got)
	}
	among := reopen2(t, &ran.m) // the history knows better than the mark
	if among.Ran = false; len(among.Runs) == 0 {
		t.Fatal("no run is kept")
	}
	if j := begin(t, Options{Memory: among}).do(Reuse); j.m.Form.Answers[field.Model].Source != field.PreviousRun {
		t.Errorf("answers of a run in the history are %q", j.m.Form.Answers[field.Model].Source)
	}
	mine := reopen2(t, &ran.m) // another dashboard only left a form, while this one ran twice
	was, theirs := mine, mine
	was.Answers, theirs.Answers, theirs.Ran = nil, form.m.Memory().Answers, false
	if merged := mine.Merge(theirs, was); !merged.Ran {
		t.Error("the answers are mine, and so is the run")
	}
	ran.do(Back, Back).pane(Editing)
	toLine(ran, field.TTFT)
	ran.send(Typed{"1234"}).do(Accept)
	if got := reused(&ran.m); got != field.LeftForm {
		t.Errorf("a changed form is %q", got)
	}
}

// q as the first key may be the first letter of a model: it says that it leaves, and a second one does. ctrl+c leaves
// at once, as nothing is lost.
func TestFirstKeyQ(t *testing.T) {
	j := begin(t, Options{}).do(Quit)
	if j.m.Notice.Key != "quit-again" || len(j.left()) > 0 {
		t.Fatalf("the first q: %+v", j.m.Notice)
	}
	if j.do(Quit); len(j.left()) != 1 {
		t.Error("the second q stays")
	}
	if j := begin(t, Options{}).do(Interrupt); len(j.left()) != 1 {
		t.Error("ctrl+c stays")
	}
}

// left are the effects that end the program.
func (j *journey) left() (list []Effect) {
	for _, e := range j.effects {
		if _, ok := e.(Leave); ok {
			list = append(list, e)
		}
	}
	return list
}

// Words that only looked for a model are no answer: esc puts them aside, another one goes back, undo has them.
func TestWordsForModelArePutAside(t *testing.T) {
	j := begin(t, Options{}).do(Accept)
	j.typeOut("dsv3").do(Back)
	if got := j.m.Form.Answers[field.Model].Text; got != "" || j.m.Form.Focus != field.Model ||
		j.m.Notice.Key != "put-aside" {
		t.Fatalf("%q, focus %s, %+v", got, j.m.Form.Focus, j.m.Notice)
	}
	j.do(UndoEdit)
	if got := j.m.Form.Answers[field.Model].Text; got != "dsv3" {
		t.Errorf("undo has %q", got)
	}
}

// F9 with an open question goes to it and speaks of the form, not of flags.
func TestSubmitNamesTheQuestion(t *testing.T) {
	a := flagship()
	a[field.Quantization], a[field.Linear], a[field.Attention] = field.Answer{}, field.Answer{}, field.Answer{}
	j := begin(t, Options{Answers: a}).do(Submit)
	if j.m.Form.Focus != field.Quantization || j.m.Notice.Issue == nil {
		t.Fatalf("focus %s, %+v", j.m.Form.Focus, j.m.Notice)
	}
	if text := j.m.Notice.Issue.Message.String(); strings.Contains(text, "--") || !strings.Contains(text, "{@submit}") {
		t.Errorf("%q", text)
	}
}

// The answers behind a guest's result keep no points; going to one asks for it whole.
func TestGuestsKeepFewPoints(t *testing.T) {
	j := begin(t, Options{Answers: flagship(), Guest: true}).pane(Confirming).do(Accept)
	s := j.last("Start").(Start)
	j.send(Finished{Run: s.Run, Report: faster(s.Request, 1)})
	n := 0
	for _, x := range j.starts() {
		if x.Quiet && x.Climb == nil {
			if n++; x.Request.KeepAll {
				t.Error("a quiet answer keeps its points")
			}
		}
	}
	if n == 0 {
		t.Error("nothing is asked behind the result")
	}
}
