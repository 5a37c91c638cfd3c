package state

import (
	"slices"
	"testing"

	"fathom/hw/message"
	"fathom/sim/plan/file"
	"fathom/state/field"
)

// shelve is the last thing that was asked of the library.
func (j *journey) shelve() Shelve {
	j.t.Helper()
	for _, e := range slices.Backward(j.all) {
		if x, ok := e.(Shelve); ok {
			return x
		}
	}
	j.t.Fatal("nothing was asked of the library")
	return Shelve{}
}

func scenarios(names ...string) (out []Scenario) {
	for _, n := range names {
		out = append(out, Scenario{Name: n, Model: "m", Device: "d"})
	}
	return out
}

func shelf(t testing.TB, names ...string) *journey {
	j := results(t).do(Library)
	if x := j.shelve(); x.Op != ShelfList {
		t.Fatalf("%+v", x)
	}
	return j.send(Shelved{List: scenarios(names...)})
}

// What is kept is the run on screen with its answer; before a run it is the form.
func TestKeepAScenario(t *testing.T) {
	j := results(t).do(SaveScenario).send(Typed{" night "}).do(Accept)
	x := j.shelve()
	saved := field.FromTOML(string(x.Data), "")
	if x.Op != ShelfSave || x.Name != "night" || x.Report == nil || saved.Err() ||
		saved.Answers[field.InputLength].Text != j.m.current().Answers[field.InputLength].Text {
		t.Errorf("%+v", x)
	}
	if j.send(Shelved{Op: ShelfSave, Name: "night"}); j.m.Notice.Key != "scenario-saved" {
		t.Errorf("%+v", j.m.Notice)
	}
	// a name that is refused is there to be mended; one that is taken, given again, replaces
	j.send(Shelved{Op: ShelfSave, Name: "a/b", Fault: message.New("scenario.bad-name", "a/b")})
	if n, typed, _ := j.m.Input(); !j.m.Notice.Bad || n != "prompt.scenario" || typed != "a/b" {
		t.Errorf("%+v, %s %q", j.m.Notice, n, typed)
	}
	j.send(Typed{"night"}).do(Accept).send(Shelved{Op: ShelfSave, Name: "night", Taken: true,
		Fault: message.New("scenario.taken", "night")})
	if x := j.shelve(); x.Replace || j.m.Notice.Key != "scenario-taken" {
		t.Errorf("%+v %+v", x, j.m.Notice)
	}
	if j.do(Accept); !j.shelve().Replace {
		t.Error("the second time does not replace")
	}
	if j.do(SaveScenario).send(Typed{"night"}).do(Accept); j.shelve().Replace {
		t.Error("it is replaced unasked")
	}
	j = begin(t, Options{})
	if j.do(SaveScenario); j.m.Overlay.Kind != NoOverlay || j.m.Notice.Key != "off.no-plan" {
		t.Errorf("an empty form: %+v %+v", j.m.Overlay.Kind, j.m.Notice)
	}
}

func TestShelfKeepsItsPlace(t *testing.T) {
	j := shelf(t, "a", "b", "c").do(Down, Duplicate)
	if n, text, _ := j.m.Input(); n != "prompt.duplicate" || text != "b" {
		t.Error(n, text)
	}
	if j.do(Back); j.m.Scope() != InLibrary || j.m.scenario().Name != "b" {
		t.Errorf("back from the prompt: %v %+v", j.m.Scope(), j.m.scenario())
	}
	j.do(Duplicate).send(Typed{"z"}).do(Accept)
	if x := j.shelve(); x.Op != ShelfCopy || x.Name != "b" || x.To != "z" || j.m.Scope() != InLibrary {
		t.Errorf("%+v", x)
	}
	if j.send(Shelved{Op: ShelfCopy, Name: "b", To: "z", List: scenarios("a", "b", "c",
		"z")}); j.m.scenario().Name != "z" {
		t.Error("the cursor is not on the copy", j.m.scenario().Name)
	}
	j.do(RenameScenario).send(Typed{"0"}).do(Accept)
	if x := j.shelve(); x.Op != ShelfRename || x.Name != "z" || x.To != "0" {
		t.Errorf("%+v", x)
	}
	j.send(Shelved{Op: ShelfRename, Name: "z", To: "0", List: scenarios("0", "a", "b", "c")})
	if j.do(Filter).send(Typed{"M B"}).do(Accept); len(j.m.Shelf.Shown) != 1 || j.m.scenario().Name != "b" {
		t.Errorf("%+v", j.m.Shelf.Shown)
	}
	if j.do(Filter).send(Typed{""}).do(Accept); len(j.m.Shelf.Shown) != 4 {
		t.Error("no words show all")
	}
	if j.do(Back); j.m.Overlay.Kind != NoOverlay {
		t.Error("still open")
	}
}

// One key alone removes nothing, and another key between two takes the first back.
func TestRemovingAsks(t *testing.T) {
	j := shelf(t, "a", "b")
	j.do(RemoveScenario)
	if x := j.shelve(); x.Op == ShelfRemove || j.m.Notice.Key != "scenario-remove" {
		t.Fatalf("%+v", x)
	}
	j.do(Down, RemoveScenario)
	if x := j.shelve(); x.Op == ShelfRemove {
		t.Fatalf("%+v", x)
	}
	j.do(RemoveScenario)
	if x := j.shelve(); x.Op != ShelfRemove || !slices.Equal(x.Names, []string{"b"}) {
		t.Errorf("%+v", x)
	}
	if j.send(Shelved{Op: ShelfRemove, List: scenarios("a")}); j.m.scenario().Name != "a" {
		t.Error("the cursor is beyond the list")
	}
	if j.send(Shelved{Op: ShelfRemove, List: []Scenario{}}); j.m.scenario() != nil {
		t.Error("a scenario of an empty list")
	}
	j.do(Accept, Down, Mark, RemoveScenario, Rerun, Duplicate)
}

// A run of scenarios is told, can be let go of, and a late answer of another run changes nothing.
func TestRerunScenarios(t *testing.T) {
	j := shelf(t, "a", "b").do(Rerun)
	x := j.shelve()
	if x.Op != ShelfRun || len(x.Names) != 0 || x.Run == 0 {
		t.Fatalf("%+v", x)
	}
	if j.send(Shelving{x.Run, 1, 2}); j.m.Shelf.Done != 1 {
		t.Error("progress")
	}
	if j.do(Back); j.last("Cancel") == nil {
		t.Error("it still runs")
	}
	late := []*RanScenario{{Name: "a", Now: &file.Kept{}, Changed: []message.Message{message.New("x")}}}
	j.do(Library).send(Shelved{List: scenarios("a", "b")}).send(Shelved{Op: ShelfRun, Run: x.Run, Ran: late})
	if j.m.Shelf.All[0].Today != nil {
		t.Error("a late answer")
	}
	if j.do(KeepAnswers); j.m.Notice.Key != "off.no-answers" {
		t.Errorf("%+v", j.m.Notice)
	}
	j.do(Rerun)
	j.send(Shelved{Op: ShelfRun, Run: j.shelve().Run, Ran: late})
	if j.m.Shelf.All[0].Today == nil || j.m.Notice.Key != "scenario-ran" {
		t.Errorf("%+v", j.m.Notice)
	}
	if j.do(KeepAnswers); len(j.shelve().Ran) != 1 {
		t.Errorf("%+v", j.shelve())
	}
}

// Two scenarios side by side are two runs of the history with their names, and the best row of each is marked.
func TestCompareTwoScenarios(t *testing.T) {
	j := shelf(t, "a", "b", "c").do(Mark, Compare)
	if j.m.Notice.Key != "off.few-scenarios" {
		t.Errorf("%+v", j.m.Notice)
	}
	e := *j.m.current()
	runs := len(j.m.History)
	j.do(Mark, Compare)
	x := j.shelve()
	if x.Op != ShelfRun || !slices.Equal(x.Names, []string{"a", "b"}) {
		t.Fatalf("%+v", x)
	}
	var ran []*RanScenario
	for _, n := range x.Names {
		ran = append(ran, &RanScenario{Name: n, Answers: e.Answers, Request: e.Request, Report: e.Reports[Asked],
			Now: &file.Kept{}})
	}
	j.send(Shelved{Op: ShelfRun, Run: x.Run, Ran: ran})
	if j.m.Scope() != InCompare || len(j.m.Results.Marks) != 2 || len(j.m.History) != runs+2 {
		t.Fatalf("%v, %d marks, %d runs", j.m.Scope(), len(j.m.Results.Marks), len(j.m.History))
	}
	if m := j.m.Results.Marks[0]; j.m.Entry(m.Key.Run).Name != "a" || m.Item.Row == nil {
		t.Errorf("%+v", m)
	}
	j = shelf(t, "a", "b").do(Mark, Mark, Compare)
	ran[1] = &RanScenario{Name: "b", Fault: message.New("scenario.unknown", "b", "a")}
	if j.send(Shelved{Op: ShelfRun, Run: j.shelve().Run, Ran: ran}); j.m.Scope() != InLibrary || !j.m.Notice.Bad {
		t.Errorf("one cannot run: %v %+v", j.m.Scope(), j.m.Notice)
	}
}

// Opening a scenario asks again; nothing of what stood in the form gets into it.
func TestOpenAScenario(t *testing.T) {
	j := results(t)
	a := j.m.current().Answers
	a[field.HitRate], a[field.OutputLength] = field.Answer{}, field.Answer{Text: "777", Source: field.You}
	text := field.ToTOML(a)
	j.do(Library).send(Shelved{List: scenarios("a")}).do(Accept)
	if x := j.shelve(); x.Op != ShelfOpen || x.Name != "a" {
		t.Fatalf("%+v", x)
	}
	j.send(Shelved{Op: ShelfOpen, Name: "a", Text: text}).pane(Confirming)
	if got := j.m.Form.Answers[field.OutputLength]; got.Text != "777" || got.Source != field.FromPlan {
		t.Errorf("%+v", got)
	}
	j.send(Shelved{Op: ShelfOpen, Name: "a", Text: "schema = \"fathom.plan/1\"\nnonsense = 1\n"}).pane(Editing)
	if j.m.Notice.Issue == nil {
		t.Errorf("%+v", j.m.Notice)
	}
}

func TestGuestsHaveNoLibrary(t *testing.T) {
	j := results(t)
	j.m.Guest = true
	j.do(Library)
	if j.do(SaveScenario); j.m.Overlay.Kind != NoOverlay {
		t.Error("a guest names files")
	}
}
