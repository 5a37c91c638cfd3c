package state

import (
	"slices"
	"strconv"

	"fathom/sim/report"
	"fathom/state/field"
)

// doForm carries out an action of the form.
func (u *update) doForm(a Action) {
	f := &u.Form
	switch a {
	case Accept:
		u.accept()
	case Up, Down:
		if !f.Picking() || !f.Picker.move(a, u.lines) {
			u.walk(a)
		}
	case PageUp, PageDown, HalfUp, HalfDown, Home, End:
		f.Picker.move(a, u.lines)
	case Back:
		if !u.putAside() {
			u.line(f.Cursor - 1)
		}
	case Prev:
		u.line(f.Cursor - 1)
	case Next:
		u.line(f.Cursor + 1)
	case Left:
		u.choose(-1)
	case Right:
		u.choose(1)
	case Suggest:
		u.suggest()
	case Reuse:
		u.reuse()
	case PasteCommand:
		u.emit(ReadClipboard{})
	case OpenPlan:
		u.prompt(PromptOpen, "")
	case SavePlan:
		u.commit()
		u.prompt(PromptSave, planFile)
	case Complete:
		u.another()
	case UndoEdit:
		last := len(f.past) - 1
		f.Answers = f.past[last]
		f.past = slices.Clone(f.past[:last])
		u.enter()
		u.refreshForm()
	case Unfold:
		u.unfold()
	case Submit:
		u.commit()
		u.submit()
	case ShowResults:
		u.commit()
		u.Pane = Showing
		u.showRun(u.History[len(u.History)-1].Run)
	case HistoryMenu:
		u.commit()
		u.historyMenu()
	}
}

// planFile is the proposed name of a saved plan.
const planFile = "fathom-plan.toml"

// putAside takes words back that only looked for a name, so that going on leaves no answer that is none. Undo has them.
func (u *update) putAside() bool {
	f := &u.Form
	text := f.Answers[f.Focus].Text
	if !f.Picking() || !f.typing || text == "" || isPath(text) || f.Focus != field.Model && f.Focus != field.Device {
		return false
	}
	known := !field.HasError(f.Reading.Check(f.Focus))
	if f.Focus == field.Model {
		known = u.Catalog.Model(text) != nil || u.Catalog.ModelName(text) != ""
	}
	if known {
		return false
	}
	f.past = append(slices.Clone(f.past), f.Answers)
	u.setAnswers(f.Answers.With(f.Focus, f.entered[f.Focus]))
	u.enter()
	u.refreshForm()
	u.say("put-aside", "text", field.Clean(text))
	return true
}

// line moves the cursor to a line of the form; beyond the ends it stays.
func (u *update) line(i int) {
	f := &u.Form
	if i < 0 || i >= len(f.Lines) || i == f.Cursor {
		return
	}
	l := f.Lines[i]
	if l.Kind != Fold {
		u.focus(l.ID)
		return
	}
	u.commit()
	f.OnFold = true
	u.refreshForm()
}

// walk goes up and down: through the choices of a closed list first, then to the neighbouring line.
func (u *update) walk(a Action) {
	f := &u.Form
	by := 1
	if a == Up {
		by = -1
	}
	if next := f.Choice + by; !f.OnFold && f.HasChoice() && next >= 0 && next < len(field.Table[f.Focus].Choices) {
		f.Choice = next
		return
	}
	u.line(f.Cursor + by)
}

// choose moves the highlight of a closed list; only Accept makes it the answer.
func (u *update) choose(step int) {
	if n := len(field.Table[u.Form.Focus].Choices); !u.Form.OnFold && n > 0 {
		u.Form.Choice = (u.Form.Choice + step + n) % n
	}
}

// unfold shows or hides the rarely asked questions.
func (u *update) unfold() {
	f := &u.Form
	f.Unfolded = !f.Unfolded
	if q := &field.Table[f.Focus]; !f.Unfolded && rare(q) {
		u.commit()
		f.Focus = firstOf(f.Open, field.Mode)
		u.enter()
	}
	u.refreshForm()
}

// suggest fills the focused question with a value that says where it comes from.
func (u *update) suggest() {
	f := &u.Form
	a, ok := field.Suggest(f.Focus, f.Answers, *u.Catalog)
	if !ok {
		u.say("no-suggestion")
		return
	}
	if closed(f.Focus) {
		f.Choice = max(0, choiceOf(f.Focus, a.Text))
	}
	f.touched[f.Focus] = true
	u.setAnswers(f.Answers.With(f.Focus, a))
}

// reuse answers what is open with the answers of the previous run, so marked.
func (u *update) reuse() {
	f := &u.Form
	a, filled := f.Answers, 0
	source, said := field.PreviousRun, "reused"
	if !u.Ran {
		source, said = field.LeftForm, "reused-form"
	}
	for id := range field.NumIDs {
		if old := u.Previous[id]; old.Given() && !a[id].Given() && formHas(&field.Table[id]) {
			a[id] = field.Answer{Text: old.Text, Source: source}
			if old.Source == field.CLIDefault {
				a[id] = old
			} else if tells(id, old) {
				filled++
			}
		}
	}
	if filled == 0 {
		u.say("nothing-to-reuse")
		return
	}
	u.setAnswers(a)
	u.commit()
	u.focus(firstOf(f.Open, f.Focus))
	u.say(said, "n", strconv.Itoa(filled))
}

// tells reports whether an answer tells something: it is no default that was filled in, nor one of a question that few
// plans need, as saved plans spell out.
func tells(id field.ID, a field.Answer) bool {
	f := &field.Table[id]
	return a.Given() && a.Source != field.CLIDefault && !(rare(f) && a.Text == f.Default.Text)
}

// fill takes answers from a command or a file over the present ones; filled counts them, ok is false where the text was
// at fault. Where they leave nothing open that has to be asked, the absent flags mean their defaults and the confirm
// pane is next.
func (u *update) fill(p field.Parsed) (filled string, ok bool) {
	n, any := 0, false
	for id := range field.NumIDs {
		any = any || p.Answers[id].Given()
		if tells(id, p.Answers[id]) {
			n++
		}
	}
	if !any {
		u.refuse(p.Issues)
		return "", false
	}
	f := &u.Form
	f.OnFold = false
	u.setAnswers(field.Overlay(f.Answers, p.Answers))
	u.commit()
	u.focus(firstOf(f.Open, f.Focus))
	u.load(f.Reading)
	if field.HasError(p.Issues) {
		u.refuse(p.Issues)
		return "", false
	}
	u.goAhead()
	return strconv.Itoa(n), u.Notice.Issue == nil
}

// confirmIfAnswered goes to the confirm pane when no question has to be asked (cli.md, "When every question is
// answered").
func (u *update) confirmIfAnswered() {
	f := &u.Form
	if len(f.Reading.Missing(false)) > 0 || field.HasError(f.Issues) || len(f.Reading.Unresolved()) > 0 {
		return
	}
	u.setAnswers(field.FillDefaults(f.Answers))
	u.enter()
	u.submit()
}

// submit goes to the confirm pane, or back to the first question that a run cannot do without.
func (u *update) submit() {
	f := &u.Form
	if missing := f.Reading.Missing(false); len(missing) > 0 {
		id := missing[0]
		if (id == field.Linear || id == field.Attention) && !f.shows(id) {
			id = field.Quantization // asks for both in one
		}
		if f.Answers[id].Text == "" {
			u.setAnswers(f.Answers.With(id, field.Answer{}))
		}
		u.focus(id)
		f.touched[id] = true
		u.refuse([]report.Issue{field.OpenIssue(f.Reading, id)})
		return
	}
	if len(f.Reading.Unresolved()) > 0 { // Loaded goes on
		u.load(f.Reading)
		u.ahead = true
		u.say("loading")
		return
	}
	u.confirm()
}

// toField puts the cursor on the question that an issue is about.
func (u *update) toField(name string) bool {
	q, ok := field.Lookup(name)
	if !ok || !formHas(q) {
		return false
	}
	u.focus(q.ID)
	u.Form.touched[q.ID] = true
	u.refreshForm()
	return true
}

// worst is the first error of a list.
func worst(issues []report.Issue) *report.Issue {
	for i := range issues {
		if issues[i].Severity == report.Error {
			return &issues[i]
		}
	}
	return nil
}
