package state

import (
	"strings"

	"fathom/sim/explain"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/state/field"
	"fathom/state/table"
)

var copyKinds = map[Action]CopyKind{CopyCommand: TheCommand, CopyOurs: TheOurs, CopyChecks: TheChecks,
	CopyLaunch: TheLaunch, CopyBench: TheBench,
	CopyRow: TheRow, CopyTable: TheTable, CopyReport: TheReport}

// copyMenu lists what can be taken; full: to be shown on the whole screen instead.
func (u *update) copyMenu(full bool) {
	var items []MenuItem
	for _, a := range []Action{CopyCommand, CopyOurs, CopyChecks, CopyLaunch, CopyBench, CopyRow, CopyTable, CopyReport} {
		item := MenuItem{Action: a, Text: "action." + a.String()}
		if a == CopyCommand && len(u.Foreign()) > 0 {
			item.Text = "copy.ours_foreign"
		}
		for i := range Bindings {
			if b := &Bindings[i]; b.Action == a && b.Off != nil {
				item.Disabled = b.Off(&u.Model)
			}
		}
		items = append(items, item)
	}
	u.Overlay = Overlay{Kind: CopyOverlay, Items: items, Full: full}
}

// copy takes a text away, or shows it. What needs figures as the screen prints them ui composes.
func (u *update) copy(what CopyKind, full bool) {
	item, _ := u.Selected()
	e := u.current()
	if e == nil {
		return
	}
	text := ""
	switch what {
	case TheCommand:
		text = field.Shell(u.rowCommand(e, item))
		if len(e.foreign()) > 0 {
			what = TheOurs
		}
	case TheOurs:
		text = field.Shell(e.Ours)
	case TheChecks:
		text = u.checksText(item)
	}
	subject := u.subject(item)
	switch {
	case full && text != "":
		u.fullText(text)
	case full:
		u.emit(Show{What: what, Subject: subject})
	default:
		u.emit(Copy{What: what, Text: text, Subject: subject})
	}
}

// subject is what a text about an item of the table is about.
func (m *Model) subject(item table.Item) Subject {
	s := Subject{Entry: m.current(), Variant: m.Results.Variant, Item: item, Table: m.Results.Table}
	if d := m.device(); d != nil {
		s.Device = d.Device
	}
	return s
}

// foreign are the profiles of a run that the reference tool cannot plan for; none where it has answered itself.
func (e *Entry) foreign() []string {
	if e.Request == nil || e.Answers[field.Engine].Text == "msmodeling" {
		return nil
	}
	return e.Request.Foreign()
}

// Again is the command that answers the run's question again: the reference tool's where it can.
func (e *Entry) Again() []string {
	if len(e.foreign()) > 0 {
		return e.Ours
	}
	return e.Command
}

// Foreign are the profiles of the run on screen that the reference tool does not have: its command would fail.
func (m *Model) Foreign() []string {
	if e := m.current(); e != nil && m.Pane == Showing {
		return e.foreign()
	}
	return nil
}

// rowCommand is the reference tool's command that finds the row: a row of an exhaustive search carries its token
// budget. Where it has no such profile it is our own.
func (m *Model) rowCommand(e *Entry, item table.Item) []string {
	if len(e.foreign()) > 0 {
		return e.Ours
	}
	q, d := e.Request, m.device()
	if d == nil || d.Search != plan.SearchExhaustive || q == nil || item.Row == nil || q.MaxBatchedTokens > 0 ||
		item.Row.MaxBatched == 0 {
		return e.Command
	}
	with := *q
	with.MaxBatchedTokens = item.Row.MaxBatched
	return field.Command(&with)
}

// checksText is the single passes that validate a row, one command a line.
func (u *update) checksText(item table.Item) string {
	var lines []string
	for _, r := range rowsOf(item) {
		for _, c := range u.checks(r) {
			lines = append(lines, field.Shell(append([]string{"python", "-m", "cli.inference.text_generate"}, c.Args...)))
		}
	}
	return strings.Join(lines, "\n")
}

// rowsOf are the rows behind an item: two for a pair of shapes.
func rowsOf(i table.Item) []*report.Row {
	switch {
	case i.Ratio != nil:
		return []*report.Row{&i.Ratio.Prefill, &i.Ratio.Decode}
	case i.Row != nil:
		return []*report.Row{i.Row}
	}
	return nil
}

func (m *Model) checks(r *report.Row) []explain.Check {
	q, device := m.question()
	if q == nil || q.Model == nil {
		return nil
	}
	return explain.Checks(*r, q, device)
}

// fullText lays a text over the whole screen, for selection by hand.
func (u *update) fullText(text string) { u.Overlay = Overlay{Kind: TextOverlay, Text: text} }

// copied says which way a copy went. The text of a refused one is shown instead, so that it is never lost.
func (u *update) copied(e Copied) {
	what := e.What.String()
	if e.Err != nil {
		u.because("copy-failed", said(e.Err), "what", what, "path", field.Clean(e.Path))
		return
	}
	if e.Path == "" { // a guest of a server has no file of it
		u.say("copied-only", "what", what, "how", e.How)
		return
	}
	u.say("copied", "what", what, "how", e.How, "path", field.Clean(e.Path))
}
