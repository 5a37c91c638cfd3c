package state

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"fathom/sim/report"
	"fathom/state/field"
)

func TestFormAsksStepByStep(t *testing.T) {
	j := begin(t, Options{}).pane(Editing)
	if j.m.Form.Focus != field.Mode || anyGiven(&j.m.Form.Answers) {
		t.Fatal("a new plan begins empty, with the deployment mode")
	}
	j.answer(field.Mode, "aggregation").answer(field.Model, "qwen3-32b").answer(field.Device, a3).answer(field.DeviceCount,
		"8")
	j.answer(field.InputLength, "3500").answer(field.OutputLength, "1500").answer(field.TTFT, "2000")
	j.answer(field.TPOT, "") // passed over: one limit is enough
	j.answer(field.TP, "")
	j.answer(field.Quantization, "recommended").answer(field.PrefixCache, "off")
	j.answer(field.Compile, "on") // a model without MTP heads is not asked about MTP
	j.pane(Confirming)
	if a := j.m.Form.Answers[field.Quantization]; a.Source != field.Recommended {
		t.Errorf("accepted recommendation is labelled %q", a.Label())
	}
	if got := strings.Join(j.m.Confirm.Command, " "); !strings.Contains(got,
		"throughput_optimizer Qwen/Qwen3-32B --device "+a3) || !strings.Contains(got, "--compile") {
		t.Errorf("command: %s", got)
	}
	if s := j.m.Confirm.Spaces; len(s) != 1 || s[0].Strategies != 4 || s[0].Batches != 512 {
		t.Errorf("TP 1 2 4 8 are four strategies: %+v", s)
	}
}

func TestOnlyTheLinesOfTheGroupAreOpen(t *testing.T) {
	j := begin(t, Options{}).answer(field.Mode, "aggregation")
	for _, l := range j.m.Form.Lines {
		if l.Kind == Question && l.Group != field.GroupModel {
			t.Errorf("%s is asked too early", l.ID)
		}
	}
}

func TestMoEQuestionsNeedAMoEModel(t *testing.T) {
	asks := func(model string) bool {
		j := begin(t, Options{}).answer(field.Mode, "aggregation").answer(field.Model, model)
		return j.m.Form.Reading.Applies(field.EP)
	}
	if asks(dense) || !asks(moe) {
		t.Error("EP sizes are for MoE models only")
	}
}

func TestErrorKeepsTheCursor(t *testing.T) {
	j := begin(t, Options{}).answer(field.Mode, "aggregation").answer(field.Model, dense).answer(field.Device, a3)
	j.typeOut("0.5")
	if issues := j.m.Form.Lines[j.m.Form.Cursor].Issues; len(issues) != 0 {
		t.Errorf("half a word is no error: %v", issues)
	}
	j.do(Accept)
	if issues := j.m.Form.Lines[j.m.Form.Cursor].Issues; len(issues) != 1 ||
		!strings.Contains(issues[0].Message.String(), "whole number") {
		t.Errorf("what was taken is judged: %v", issues)
	}
	if j.m.Form.Focus != field.DeviceCount || j.m.Notice.Issue == nil ||
		j.m.Form.Answers[field.DeviceCount].Text != "0.5" {
		t.Errorf("focus %s, notice %+v: an error stays where it is and nothing typed is lost", j.m.Form.Focus, j.m.Notice)
	}
}

func TestUnknownModelIsLoadedAndRefused(t *testing.T) {
	j := begin(t, Options{}).answer(field.Mode, "aggregation")
	m, _ := Update(j.m, Typed{"/no/such/model"})
	m, effects := Update(m, Do{Accept})
	if len(effects) != 1 || m.Form.Focus != field.Model || !m.Form.Loading {
		t.Fatalf("accepting an unread model asks ui to read it: %v", effects)
	}
	load := effects[0].(Load).Load
	m, _ = Update(m, Loaded{Load: load, Err: errors.New("no such file\x1b[31m")})
	if issues := m.Form.Reading.Check(field.Model); m.Form.Focus != field.Model || len(issues) != 1 ||
		strings.Contains(issues[0].Message.String(), "\x1b") {
		t.Errorf("%s %v", m.Form.Focus, issues)
	}
}

func TestSuggestionKeepsItsSource(t *testing.T) {
	j := begin(t, Options{Answers: field.FromArgs([]string{dense, "--device", a3, "--input-length", "3500"},
		field.FromFlag, "").Answers})
	j.answer(field.Mode, "aggregation").answer(field.DeviceCount, "8").do(Suggest)
	a := j.m.Form.Answers[field.OutputLength]
	if a.Text != "1500" || a.Source != field.Heuristic || a.Note == "" {
		t.Fatalf("%+v", a)
	}
	j.send(Typed{"1500"})
	if j.m.Form.Answers[field.OutputLength] != a {
		t.Error("the same text again keeps the source")
	}
	j.send(Typed{"1600"})
	if j.m.Form.Answers[field.OutputLength].Source != field.You {
		t.Error("a changed suggestion is the user's own")
	}
}

func TestChangingAnAnswerReopensWhatHangsOnIt(t *testing.T) {
	answers := field.FromArgs([]string{moe, "--device", a3, "--num-devices", "32", "--input-length", "1000",
		"--output-length", "500",
		"--ttft-limit", "2000", "--ep-sizes", "8", "16", "--num-mtp-tokens", "1", "--prefix-cache-hit-rate", "0.3",
		"--quantize-linear-action", "W8A8_DYNAMIC", "--quantize-attention-action", "DISABLED"}, field.FromFlag, "").Answers
	j := begin(t, Options{Answers: answers}).pane(Confirming).do(Edit).pane(Editing)
	toLine(j, field.Model)
	j.send(Typed{dense}).do(Accept)
	got := j.m.Form.Answers
	for _, id := range []field.ID{field.EP, field.MTPTokens, field.MTP} {
		if got[id].Given() {
			t.Errorf("%s still says %q for a dense model", id, got[id].Text)
		}
	}
	for _, id := range []field.ID{field.InputLength, field.TTFT, field.HitRate, field.Device} {
		if !got[id].Given() {
			t.Errorf("%s does not hang on the model and must stand", id)
		}
	}
	j.pane(Confirming).do(Edit, UndoEdit)
	if j.m.Form.Answers[field.EP].Text != "8 16" || j.m.Form.Answers[field.Model].Text != moe {
		t.Error("undo brings back the model and what hung on it")
	}
}

func toLine(j *journey, id field.ID) {
	j.t.Helper()
	for i, l := range j.m.Form.Lines {
		if l.ID == id && l.Kind != Fold {
			j.send(Click{Target{TargetLine, i}})
		}
	}
	if j.m.Form.Focus != id {
		j.t.Fatalf("no line for %s", id)
	}
}

func TestModeBranches(t *testing.T) {
	j := begin(t, Options{}).answer(field.Mode, "disaggregation")
	j.answer(field.Goal, "ratio").answer(field.Model, dense).answer(field.Device, a3).answer(field.DeviceCount, "20")
	j.answer(field.PrefillDevices, "4").answer(field.DecodeDevices, "8")
	toLine(j, field.Goal)
	j.answer(field.Goal, "phases")
	if j.m.Form.Answers[field.PrefillDevices].Given() || j.m.Form.Answers[field.DeviceCount].Given() {
		t.Error("instance sizes belong to the ratio; the device count meant the whole budget")
	}
	if j.m.Form.Focus != field.Phase {
		t.Errorf("next is %s", j.m.Form.Focus)
	}
}

// Leaving both limits empty is refused in words at the second one; none in words is an answer, as for the command.
func TestNoLimitIsSaidInWords(t *testing.T) {
	for _, limits := range [][2]string{{"", "none"}, {"none", "none"}} {
		j := begin(t, Options{}).answer(field.Mode, "aggregation").answer(field.Model, dense).answer(field.Device,
			a3).answer(field.DeviceCount, "8")
		j.answer(field.InputLength, "3500").answer(field.OutputLength, "1500").answer(field.TTFT, limits[0])
		j.answer(field.TPOT, "")
		if n := j.m.Notice.Issue; j.m.Form.Focus != field.TPOT || n == nil || n.Key != "issue.open-limit" {
			t.Fatalf("at %s: %+v", j.m.Form.Focus, j.m.Notice)
		}
		j.answer(field.TPOT, limits[1]).answer(field.TP, "").answer(field.Quantization, "recommended")
		j.answer(field.PrefixCache, "off").answer(field.Compile, "on").pane(Confirming)
	}
}

// The side of a PD ratio that is sized by TTFT cannot do without; TPOT can, said in words.
func TestRatioLimits(t *testing.T) {
	j := begin(t, Options{Answers: field.Answers{field.Mode: {Text: "pd-ratio", Source: field.You}}})
	u := update{Model: j.m}
	u.focus(field.TTFT)
	j.m = u.Model
	for _, text := range []string{"", "none"} {
		if j.answer(field.TTFT, text); j.m.Form.Focus != field.TTFT || j.m.Notice.Issue.Key != "issue.open-phase" {
			t.Fatalf("%q: at %s, %+v", text, j.m.Form.Focus, j.m.Notice)
		}
	}
	j.answer(field.TTFT, "2000")
	if j.answer(field.TPOT, ""); j.m.Form.Focus != field.TPOT || j.m.Notice.Issue.Key != "issue.open-tpot" {
		t.Fatalf("at %s, %+v", j.m.Form.Focus, j.m.Notice)
	}
	if j.answer(field.TPOT, "none"); j.m.Form.Focus == field.TPOT {
		t.Error("none is an answer")
	}
}

func TestPastedCommandFillsTheForm(t *testing.T) {
	j := begin(t, Options{})
	j.send(Pasted{Text: "$ python -m cli.inference.throughput_optimizer " + dense + " \\\n --device " + a3 +
		" --num-devices 8 --input-length 3500 \\\n" +
		" --output-length 1500 --ttft-limits 2000 --quantize-linear-action W8A8_DYNAMIC --quantize-attention-action " +
		"DISABLED"})
	j.pane(Confirming)
	if a := j.m.Form.Answers[field.DeviceCount]; a.Source != field.FromPaste || a.Text != "8" {
		t.Errorf("%+v", a)
	}
}

func TestPastedTextGoesBehindWhatStands(t *testing.T) {
	j := begin(t, Options{}).answer(field.Mode,
		"aggregation").send(Typed{"Qwen/"}).send(Pasted{Text: "Qwen3-32B\nrm -rf \x1b[31m"})
	if got := j.m.Form.Answers[field.Model].Text; got != dense {
		t.Errorf("%q", got)
	}
}

func TestPlanFileFillsTheForm(t *testing.T) {
	j := begin(t, Options{}).do(OpenPlan).send(Typed{"my.toml"}).do(Accept)
	if e := j.effects; len(e) != 1 || e[0] != (Open{"my.toml"}) {
		t.Fatalf("%v", e)
	}
	saved := field.ToTOML(flagship())
	j.send(PlanOpened{Path: "my.toml", Data: []byte(saved)}).pane(Confirming)
	if a := j.m.Form.Answers[field.InputLength]; a.Source != field.FromPlan || a.Note != "my.toml" {
		t.Errorf("%+v", a)
	}
	j.do(SavePlan).do(Accept)
	if s := j.effects[0].(Save); s.Path != planFile || len(s.Data) == 0 {
		t.Errorf("%+v", s)
	}
}

// What the confirm pane saves, with the defaults that it filled in, is a plan that runs.
func TestASavedPlanOpensAgain(t *testing.T) {
	var flags field.Answers
	for id, a := range flagship() {
		if q := &field.Table[id]; a.Given() && (q.Flag != "" && q.Arity != field.None || field.ID(id) == field.Quantization) {
			flags[id] = field.Answer{Text: a.Text, Source: field.FromFlag}
		}
	}
	j := begin(t, Options{Answers: flags}).pane(Confirming).do(SavePlan).do(Accept)
	saved := j.effects[0].(Save).Data
	if !strings.Contains(string(saved), "num_speculative_tokens") {
		t.Fatalf("the defaults are not in it:\n%s", saved)
	}
	j = begin(t, Options{}).send(PlanOpened{Path: "my.toml", Data: saved}).pane(Confirming)
	if issues := j.m.Form.Issues; field.HasError(issues) {
		t.Errorf("%+v", issues)
	}
}

func TestReuseOnRequestOnly(t *testing.T) {
	old := results(t)
	data, err := old.m.Memory().Encode()
	if err != nil {
		t.Fatal(err)
	}
	memory, err := DecodeMemory(data)
	if err != nil {
		t.Fatal(err)
	}
	j := begin(t, Options{Memory: memory}).pane(Editing)
	if anyGiven(&j.m.Form.Answers) || len(j.all) != 0 {
		t.Fatal("a new session starts empty and runs nothing")
	}
	j.do(Reuse)
	if a := j.m.Form.Answers[field.DeviceCount]; a.Text != "8" || a.Source != field.PreviousRun {
		t.Errorf("%+v", a)
	}
	if len(j.m.Earlier) != 1 || j.m.Earlier[0].Best != "TP=8 DP=1" {
		t.Errorf("%+v", j.m.Earlier)
	}
}

func TestFlagsAtFaultGetTheCursor(t *testing.T) {
	args := []string{"no/such-model", "--device", a3, "--num-devices", "8", "--input-length", "3500", "--output-length",
		"1500", "--ttft-limit", "2000",
		"--quantize-linear-action", "DISABLED", "--quantize-attention-action", "DISABLED"}
	j := begin(t, Options{Answers: field.FromArgs(args, field.FromFlag, "").Answers}).pane(Editing)
	if j.m.Form.Focus != field.Model || j.m.Notice.Issue == nil ||
		!strings.Contains(j.m.Notice.Issue.Message.String(), "no/such-model") {
		t.Errorf("cursor on %s, %+v", j.m.Form.Focus, j.m.Notice)
	}
	j.send(Typed{dense}).do(Accept)
	if j.m.Form.Answers[field.DeviceCount].Text != "8" {
		t.Error("the other flags stand")
	}
}

// An answer that lacks another one stands, and enter leads to the one that it lacks; the reason stays in sight.
func TestEnterLeadsToWhatIsLacking(t *testing.T) {
	args := []string{dense, "--device", a3, "--num-devices", "8", "--input-length", "3500", "--output-length", "1500",
		"--ttft-limit", "2000", "--quantize-linear-action", "DISABLED", "--quantize-attention-action", "DISABLED"}
	for _, c := range []struct {
		given       []string
		from, lacks field.ID
	}{
		{[]string{"--sessions", "turns=6"}, field.Sessions, field.QPS},
		{[]string{"--fleet", "day"}, field.Fleet, field.QPS},
		{[]string{"--traffic", "poisson"}, field.Traffic, field.QPS},
		{[]string{"--qps", "4"}, field.QPS, field.Traffic},
	} {
		all := append(slices.Clone(args), c.given...)
		j := begin(t, Options{Answers: field.FromArgs(all, field.FromFlag, "").Answers}).pane(Editing)
		if j.m.Form.Focus != c.from {
			t.Fatalf("%v: the cursor begins on %s", c.given, j.m.Form.Focus)
		}
		j.do(Accept)
		if f := &j.m.Form; f.Focus != c.lacks || f.Answers[c.from].Text == "" || j.m.Notice.Issue == nil ||
			j.m.Notice.Issue.Field != field.Table[c.from].Name {
			t.Errorf("%v: focus %s, notice %+v", c.given, f.Focus, j.m.Notice)
		}
	}
	j := begin(t, Options{Answers: field.FromArgs(append(args, "--sessions", "turns=6"), field.FromFlag, "").Answers})
	j.do(Accept).do(Accept) // none is no rate
	if j.m.Pane != Editing {
		t.Errorf("pane %d: sessions without a rate run", j.m.Pane)
	}
	for j.m.Form.Focus != field.QPS {
		j.do(Accept)
	}
	j.send(Typed{"20"}).do(Accept).pane(Confirming)
}

func TestSubmitWaitsForTheModel(t *testing.T) {
	m, effects := New(Options{Catalog: world(), Answers: flagship()})
	if m.Pane != Editing || len(effects) != 1 {
		t.Fatalf("pane %d, %v", m.Pane, effects)
	}
	m, _ = Update(m, Do{Submit})
	if m.Pane != Editing || m.Notice.Key != "loading" {
		t.Fatalf("pane %d, %+v", m.Pane, m.Notice)
	}
	m, _ = Update(m, Loaded{Load: effects[0].(Load).Load, Found: field.Found{Model: models[dense]}})
	if m.Pane != Confirming || m.Confirm.Request == nil || m.Confirm.Request.Model == nil {
		t.Errorf("pane %d", m.Pane)
	}
}

func TestArrowsWalkThroughChoices(t *testing.T) {
	j := begin(t, Options{}).do(Down, Down)
	if j.m.Form.Choice != 2 || j.m.Form.Focus != field.Mode || j.m.Form.Answers[field.Mode].Given() {
		t.Fatalf("choice %d; a highlight is no answer", j.m.Form.Choice)
	}
	j.do(Up, Accept)
	if j.m.Form.Answers[field.Mode].Text != "disaggregation" || j.m.Form.Mapping() != "" {
		t.Errorf("%+v %q", j.m.Form.Answers[field.Mode], j.m.Form.Mapping())
	}
	j.do(Back)
	if j.m.Form.Focus != field.Mode || j.m.Form.Choice != 1 {
		t.Errorf("escape goes to the question before, at its answer: %s, choice %d", j.m.Form.Focus, j.m.Form.Choice)
	}
}

// A question that no longer applies lets go of the cursor, whether it was answered or not: the cursor never stands on
// no line.
func TestCursorLeavesAQuestionThatNoLongerApplies(t *testing.T) {
	for _, text := range []string{"", "2000"} {
		u := update{Model: begin(t, Options{Answers: flagship()}).m}
		u.Pane, u.Form.Focus = Editing, field.TTFT
		a := u.Form.Answers
		for id, value := range map[field.ID]string{field.Mode: "disaggregation", field.Goal: "phases", field.Phase: "decode",
			field.TTFT: text} {
			a[id] = field.Answer{Text: value, Source: field.You}
			if value == "" {
				a[id] = field.Answer{}
			}
		}
		u.setAnswers(a)
		if at := slices.IndexFunc(u.Form.Lines, func(l Line) bool { return l.Focused }); at < 0 ||
			u.Form.Focus == field.TTFT {
			t.Errorf("TTFT %q: the cursor is on %s, line %d", text, field.Table[u.Form.Focus].Name, at)
		}
	}
}

// A run may end without any profile; none is chosen then.
func TestReportWithoutProfiles(t *testing.T) {
	j := results(t).do(NextDevice)
	if j.m.Results.Device != 1 {
		t.Fatal("no second profile to stand on")
	}
	j.m.Entry(j.m.Results.Run).Reports[Asked] = &report.Report{Engine: embedded}
	u := update{Model: j.m}
	u.show()
	if u.Results.Device != 0 || u.Results.Table.Len() != 0 {
		t.Errorf("profile %d, %d rows", u.Results.Device, u.Results.Table.Len())
	}
}

// A path is not judged before its file was looked for.
func TestAPathBeingTypedHasNoVerdict(t *testing.T) {
	j := begin(t, Options{})
	j.answer(field.Mode, "aggregation").answer(field.Model, "qwen3-32b").answer(field.Device, a3).answer(field.DeviceCount,
		"8")
	line := func() Line { return j.m.Form.Lines[j.m.Form.Cursor] }
	j.send(Typed{"lengths.y"})
	if l := line(); l.ID != field.InputLength || len(l.Issues) != 0 {
		t.Fatalf("%+v", l)
	}
	if j.send(Typed{"many"}).do(Accept); len(line().Issues) == 0 {
		t.Error("what is no number and no path is an error")
	}
	j.send(Typed{"lengths.yaml"}).do(Accept) // the journey finds no such file
	if l := line(); l.ID != field.InputLength || len(l.Issues) != 1 ||
		!strings.Contains(l.Issues[0].Message.String(), "lengths.yaml") {
		t.Errorf("%+v", l)
	}
}

// "none" stands for no text: what is typed replaces it.
func TestTypingReplacesNone(t *testing.T) {
	j := begin(t, Options{Answers: field.FillDefaults(flagship())}).pane(Confirming).do(SwitchEngine, Accept).pane(Editing)
	name, text, ok := j.m.Input()
	if name != "form.msmodeling_root" || text != "" || !ok || j.m.Form.Answers[field.Root].Text != "none" {
		t.Fatalf("%s %q %v %+v", name, text, ok, j.m.Form.Answers[field.Root])
	}
	if j.send(Pasted{Text: "/src/msmodeling"}); j.m.Form.Answers[field.Root].Text != "/src/msmodeling" {
		t.Errorf("%+v", j.m.Form.Answers[field.Root])
	}
}
