package state

import (
	"errors"
	"slices"

	"fathom/hw/message"
	"fathom/sim/report"
	"fathom/state/field"
)

// fail opens the pane that says why, and what the smallest correction is.
func (u *update) fail(live Live, e Finished) {
	f := Failed{Run: live.Run, Command: live.Command, Failure: failureOf(e.Err)}
	f.ID, f.HasID = fixField(f.Field)
	f.HasFix = f.HasID && u.mends(f.ID, f.Fix)
	u.Failed = f
	u.Pane = Failing
}

// mends reports whether a text can be put into a question as a correction: it is another answer than the one that
// failed, and nothing is wrong with it. What cannot be applied is only advice.
func (u *update) mends(id field.ID, fix string) bool {
	if fix == "" {
		return false
	}
	was := u.Form.Answers
	now := was.With(id, field.Answer{Text: fix, Source: field.Heuristic})
	before, after := field.Read(&was, u.Catalog), field.Read(&now, u.Catalog)
	a, b := before.Values[id], after.Values[id]
	same := slices.Equal(a.Words, b.Words) && slices.Equal(a.Ints, b.Ints) && slices.Equal(a.Floats, b.Floats) &&
		a.On == b.On
	return after.Applies(id) && !same && !field.HasError(after.Check(id))
}

// mended says which answer a correction changed.
func (u *update) mended(id field.ID, before string) {
	u.say("mended", "field", id.String(), "before", before, "after", u.Form.Answers[id].Text)
}

// failureOf reads an error's class where it has one. An error without one comes from the machine around the run.
func failureOf(err error) report.Failure {
	var f *report.Failure
	switch {
	case err == nil:
		return report.Failure{Class: report.Environment, Message: message.New("failure.engine-ended-without")}
	case errors.As(err, &f):
		out := *f
		if out.Class == "" {
			out.Class = report.Environment
		}
		return out
	}
	said := message.Of(err)
	if said.Key == "" {
		said = message.Literal(field.Clean(err.Error()))
	}
	return report.Failure{Class: report.Environment, Message: said}
}

// doFailing carries out an action of the failed pane.
func (u *update) doFailing(a Action) {
	f := &u.Failed
	switch a {
	case Accept:
		u.Pane = Editing
		if !f.HasID {
			u.enter()
			u.refreshForm()
			return
		}
		if q := &field.Table[f.ID]; rare(q) {
			u.Form.Unfolded = true
		}
		u.focus(f.ID)
		if f.HasFix {
			u.Form.Dirty = true
			before := u.Form.Answers[f.ID]
			if !before.Given() {
				before = field.Table[f.ID].Default
			}
			defer func() { u.mended(f.ID, before.Text) }()
			u.setAnswers(u.Form.Answers.With(f.ID, field.Answer{Text: f.Fix, Source: field.Heuristic, Note: "suggest.mended"}))
			u.Form.Choice = max(0, choiceOf(f.ID, f.Fix))
		}
	case Edit:
		u.Pane = Editing
		if f.HasID {
			u.focus(f.ID)
			return
		}
		u.enter()
		u.refreshForm()
	case Back:
		u.confirm()
	case CopyMenu:
		u.emit(Copy{What: TheCommand, Text: field.Shell(f.Command)})
	case FullText:
		u.fullText(field.Shell(f.Command))
	case HistoryMenu:
		u.historyMenu()
	case ShowLog:
		f.Log = !f.Log
		f.Top = 0
	default:
		u.scroll(&f.Top, a)
	}
}
