package state

import (
	"slices"
	"strings"

	"fathom/sim/report"
	"fathom/state/field"
)

// formHas reports whether the form has a line for a question at all: what is about the output and the screen belongs to
// flags.
func formHas(f *field.Field) bool {
	return f.Group != field.GroupOutput && f.Group != field.GroupScreen
}

// rare reports whether a question stays behind the fold.
func rare(f *field.Field) bool { return f.Advanced || f.Group == field.GroupReference }

// open lists what is still to answer, in asking order. Both limits are asked, although one may do: an empty answer
// passes over.
func open(r *field.Reading) []field.ID {
	var out []field.ID
	for id := range field.NumIDs {
		f := &field.Table[id]
		if formHas(f) && !rare(f) && !r.Answers[id].Given() && r.Applies(id) {
			out = append(out, id)
		}
	}
	return out
}

// setAnswers replaces the answers and makes everything that follows from them anew.
func (u *update) setAnswers(a field.Answers) {
	u.Form.Answers = a
	u.refreshForm()
}

// refreshForm makes the reading, the lines and the completions from the answers.
func (u *update) refreshForm() {
	f := &u.Form
	answers := f.Answers // the reading keeps a copy of its own, so that older models keep theirs
	f.Reading = field.Read(&answers, u.Catalog)
	if answers, changed := field.Inspected(f.Reading); changed {
		f.Answers = answers
		f.Reading = field.Read(&answers, u.Catalog)
	}
	f.Open = open(f.Reading)
	gone := !f.Answers[f.Focus].Given() && !slices.Contains(f.Open, f.Focus) && !rare(&field.Table[f.Focus])
	if !f.OnFold && (gone || !f.shows(f.Focus)) {
		f.Focus = firstOf(f.Open, field.Mode) // the question went away under the cursor
		u.enter()
	}
	f.Issues = f.Reading.Issues()
	f.Lines = f.lines()
	f.Cursor = max(0, slices.IndexFunc(f.Lines, func(l Line) bool { return l.Focused }))
	u.refreshPicker()
	f.Loading = len(u.loading) > 0
}

// shows reports whether a question has a line: where it applies, and where an answer to it stands in the way although
// it does not, for nobody could take that back otherwise.
func (f *Form) shows(id field.ID) bool {
	return formHas(&field.Table[id]) && (f.Reading.Applies(id) ||
		f.Answers[id].Given() && field.HasError(f.Reading.Check(id)))
}

func firstOf(ids []field.ID, or field.ID) field.ID {
	if len(ids) > 0 {
		return ids[0]
	}
	return or
}

// lines lays the form out: every answer on one line, the open questions of the present group, and the fold.
func (f *Form) lines() []Line {
	group := field.Table[firstOf(f.Open, f.Focus)].Group
	focused := field.Table[f.Focus].Group
	var out []Line
	folded := 0
	for id := range field.NumIDs {
		q := &field.Table[id]
		if !f.shows(id) {
			continue
		}
		a, here := f.Answers[id], id == f.Focus && !f.OnFold
		byUser := a.Given() && a.Source != field.CLIDefault
		behind := rare(q) && !byUser && !here // the fold, where it is closed
		if behind {
			folded++
		}
		switch {
		case behind && !f.Unfolded:
			continue
		case !rare(q) && !a.Given() && !here && q.Group != group && q.Group != focused:
			continue
		}
		l := Line{Kind: Question, ID: id, Group: q.Group, Answer: a, Focused: here}
		if a.Given() && !here {
			l.Kind = Answered
		}
		if (a.Given() || f.touched[id]) && !(here && (f.typing || f.unread(id))) {
			l.Issues = f.Reading.Check(id)
		}
		l.First = len(out) == 0 || out[len(out)-1].Group != q.Group
		out = append(out, l)
	}
	if folded > 0 || f.Unfolded {
		out = append(out, Line{Kind: Fold, Group: field.GroupAdvanced, First: true, Focused: f.OnFold, Count: folded})
	}
	return out
}

// unread reports whether the text being typed is the path of a file that nobody has looked for yet: nothing can be said
// of it.
func (f *Form) unread(id field.ID) bool {
	text := f.Reading.Word(id)
	path := strings.HasPrefix(text, "/") || strings.HasPrefix(text, "~") || strings.HasPrefix(text, ".") ||
		id == field.InputLength && strings.ContainsAny(text, "./\\")
	return path && slices.Contains(f.Reading.Unresolved(), field.Load{ID: id, Text: text})
}

// enter starts the focused question: what stood there before is what an edit is measured against.
func (u *update) enter() {
	f := &u.Form
	f.entered, f.typing = f.Answers, false
	f.Picker, f.picked = Picker{Cursor: -1}, pickedFor{}
	f.Choice = max(0, choiceOf(f.Focus, f.Answers[f.Focus].Text))
}

// focus moves to a question, committing the one that is left.
func (u *update) focus(id field.ID) {
	u.commit()
	u.Form.Focus, u.Form.OnFold = id, false
	u.enter()
	u.refreshForm()
}

// commit closes an edit: answers that hang on the changed one are asked again, and what has to be read is asked for.
func (u *update) commit() {
	f := &u.Form
	u.load(f.Reading)
	if f.Answers == f.entered {
		return
	}
	before, after := f.entered, f.Answers
	f.past = append(slices.Clone(f.past), before)
	if len(f.past) > mostPast {
		f.past = f.past[1:]
	}
	f.Dirty = true
	u.setAnswers(reopen(&before, after, u.Catalog))
	f.entered = f.Answers
}

// mostPast bounds the undo of the form; an answer set is a few kilobytes.
const mostPast = 100

// answer is a keystroke in the focused question.
func (u *update) answer(text string) {
	f := &u.Form
	if f.OnFold || closed(f.Focus) {
		return
	}
	a := field.Answer{Text: text, Source: field.You}
	switch old := f.Answers[f.Focus]; {
	case text == old.Text && old.Given():
		a = old // the cursor moved, nothing else: the source stands
	case text == "":
		a = field.Answer{}
	}
	f.touched[f.Focus], f.waiting, f.typing, u.ahead = true, false, true, false
	f.Picker.Moved = false
	if words, comma := strings.CutSuffix(text, ","); comma && f.Focus == field.Device && a.Source == field.You {
		u.setAnswers(f.Answers.With(f.Focus, field.Answer{Text: words, Source: field.You}))
		if !u.stands(f.Focus) && len(f.Picker.Items) > 0 {
			u.another()
			return
		}
	}
	u.setAnswers(f.Answers.With(f.Focus, a))
}

// accept takes the focused answer and goes on to the next question, or to the confirm pane after the last.
func (u *update) accept() {
	f := &u.Form
	if f.OnFold {
		u.unfold()
		return
	}
	if u.takes() && !u.take() {
		return
	}
	id, a := f.Focus, f.Answers[f.Focus]
	f.touched[id], f.typing = true, false
	if closed(id) {
		a = chosen(id, f.Choice, a)
	} else if !a.Given() {
		a = field.Answer{Source: field.You} // an empty text is an answer where the question may be passed over
	}
	tried := reopen(&f.entered, f.Answers.With(id, a), u.Catalog) // judged with what it asks anew
	r := field.Read(&tried, u.Catalog)
	if a.Text == "" {
		if r.Problems[id] != nil {
			u.refuse(r.Check(id))
			return
		}
	} else if u.waits(r, id) {
		u.setAnswers(tried)
		f.waiting = true
		u.load(r)
		return // Loaded goes on
	}
	if issues := r.Check(id); field.HasError(issues) {
		u.setAnswers(tried)
		if i := worst(issues); i.Lacks != "" {
			u.toField(i.Lacks) // this answer may stand: the one that it lacks is asked for
		}
		u.refuse(issues)
		return
	}
	if issues := r.LimitIssues(id); issues != nil {
		u.refuse(issues)
		return
	}
	u.setAnswers(tried)
	u.commit()
	u.advance()
}

// refuse keeps the cursor where it is and says why.
func (u *update) refuse(issues []report.Issue) {
	u.Form.typing = false
	u.refreshForm()
	for i := range issues {
		if issues[i].Severity == report.Error {
			issue := issues[i]
			u.Notice = Notice{Issue: &issue, Bad: true}
			return
		}
	}
}

// advance goes to the next open question, wrapping round, or to the confirm pane when none is left.
func (u *update) advance() {
	f := &u.Form
	for _, id := range f.Open {
		if id > f.Focus {
			u.focus(id)
			return
		}
	}
	if len(f.Open) > 0 {
		u.focus(f.Open[0])
		return
	}
	u.submit()
}
