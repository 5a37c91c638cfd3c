package ui

import (
	"fmt"
	"strconv"
	"strings"

	"fathom/state"
	"fathom/state/field"
	"fathom/ui/cell"
)

// ask puts the focused question and understands the answer.
func (l *lines) ask() {
	p := l.painter()
	l.say(p.AskText()...)
	s, ok := l.read(">")
	if !ok {
		return
	}
	f := &l.model.Form
	switch {
	case s == "?":
		l.say(p.HelpOnQuestion()...)
		return
	case s == "+":
		l.do(state.Suggest)
		return
	case s == "<":
		l.do(state.Prev)
		return
	case s == "!":
		l.do(state.Submit)
		return
	case s == ".":
		l.do(state.Interrupt)
		return
	case f.OnFold && s == "more":
		l.do(state.Unfold)
		return
	case f.OnFold:
		l.do(state.Submit)
		return
	case s != "" && !f.HasChoice():
		if state.IsCommand(s) { // a command is recognised wherever it is typed
			l.happen(state.Pasted{Text: s})
			return
		}
		l.happen(state.Typed{Text: s})
	case s != "":
		if !l.choose(s) {
			l.say(l.texts.T("lines.nochoice"))
			return
		}
	}
	id, typed := f.Focus, !f.HasChoice() && s != ""
	l.do(state.Accept)
	if took := l.model.Form.Answers[id].Text; typed && took != s && took != "" { // words choose from the list
		l.say(l.texts.T("lines.took", "value", took))
	}
	if l.model.Notice.Issue == nil { // which was said already
		l.say(l.painter().IssuesOnQuestion(id)...)
	}
}

// choose moves to a choice that is named by its number or by a word that means it.
func (l *lines) choose(s string) bool {
	f := &l.model.Form
	q := &field.Table[f.Focus]
	want := -1
	if n, err := strconv.Atoi(s); err == nil && n >= 1 && n <= len(q.Choices) {
		want = n - 1
	} else if v, problem := q.Parse(s); problem == nil && len(v.Words) > 0 {
		for i, c := range q.Choices {
			if strings.EqualFold(c.Value, v.Words[0]) {
				want = i
			}
		}
	}
	for i, c := range q.Choices {
		if want < 0 && strings.EqualFold(c.Value, s) {
			want = i
		}
	}
	if want < 0 {
		return false
	}
	for range q.Choices {
		if l.model.Form.Choice == want {
			break
		}
		l.happen(state.Do{Action: state.Right})
	}
	return true
}

// confirm shows the command and waits for a yes.
func (l *lines) confirm() {
	l.say(l.painter().ConfirmSpoken()...)
	if l.model.Confirm.Request == nil {
		l.do(state.Accept) // leads to the answer at fault
		l.say(l.painter().IssuesOnQuestion(l.model.Form.Focus)...)
		return
	}
	s, ok := l.read(l.texts.T("lines.run"))
	if !ok {
		return
	}
	switch strings.ToLower(s) {
	case "y", "yes":
		l.say(l.texts.T("run.working"))
		l.do(state.Accept)
	case "copy":
		l.do(state.CopyCommand)
	case "save":
		l.do(state.SavePlan, state.Accept)
	case ".", "q", "quit":
		l.do(state.Interrupt)
	default:
		l.do(state.Back)
	}
}

// results prints the report once, and then takes what can be taken.
func (l *lines) results() {
	if r := l.painter().Report(); r != nil {
		if text, err := l.texts.Report(r, "table"); err == nil {
			l.print(text)
		}
	}
	for !l.left && l.model.Pane == state.Showing {
		s, ok := l.read(l.texts.T("lines.results"))
		if !ok {
			return
		}
		switch strings.ToLower(s) {
		case "copy":
			l.do(state.CopyMenu, state.CopyCommand)
		case "json":
			l.do(state.ExportMenu, state.ExportJSON)
		case "csv":
			l.do(state.ExportMenu, state.ExportCSV)
		case "md":
			l.do(state.ExportMenu, state.ExportMarkdown)
		case "html":
			l.do(state.ExportMenu, state.ExportHTML)
		case "again":
			return
		case "edit":
			l.do(state.Back)
		case ".", "q", "quit":
			l.do(state.Interrupt)
		default:
			l.say(l.texts.T("lines.unknown"))
		}
	}
}

func (l *lines) print(text []byte) {
	for _, line := range strings.Split(strings.TrimRight(string(text), "\n"), "\n") {
		if strings.Trim(line, "=- ") != "" { // rules under headings are spelled out character by character
			fmt.Fprintln(l.out, cell.ASCII(line))
		}
	}
}
