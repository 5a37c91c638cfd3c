package pane

import (
	"strings"

	"fathom/sim/report"
	"fathom/state/field"
	"fathom/ui/cell"
)

// The texts of this file are for the line mode: whole sentences and "name: value", no columns, no rules, no marks that
// a screen reader would spell out.

// AskText is the focused question: its name, what stands in it, its choices with numbers.
func (p *Painter) AskText() []string {
	f := &p.M.Form
	if f.OnFold {
		return []string{p.t("lines.fold")}
	}
	q := &field.Table[f.Focus]
	head := p.label(f.Focus)
	if q.Unit != "" && q.Unit != "devices" {
		head += " (" + p.unit(f.Focus) + ")"
	}
	if a := f.Answers[f.Focus]; a.Given() {
		head += ": " + p.t("lines.now", "value", p.value(f.Focus, a), "source", p.source(a))
	}
	out := []string{head}
	if f.HasChoice() {
		for i, c := range q.Choices {
			line := itoa(i+1) + ". " + p.choice(f.Focus, c.Value, true)
			if i == f.Choice {
				line += " " + p.t("lines.chosen")
			}
			out = append(out, line)
		}
	}
	return out
}

// HelpOnQuestion is what the form says beside the focused question.
func (p *Painter) HelpOnQuestion() []string {
	if p.M.Form.OnFold {
		return []string{p.t("form.fold_help")}
	}
	q := &field.Table[p.M.Form.Focus]
	out := []string{p.t(q.Text() + ".help")}
	if q.Default.Given() {
		out = append(out, p.t("form.default", "value", p.byDefault(p.M.Form.Focus)))
	} else if q.Example != "" {
		out = append(out, p.t("form.example", "value", q.Example))
	}
	return append(out, p.t("lines.keys"))
}

// IssuesOnQuestion is what is wrong with the answer to a question.
func (p *Painter) IssuesOnQuestion(id field.ID) []string {
	var out []string
	for _, l := range p.M.Form.Lines {
		if l.ID != id {
			continue
		}
		for _, i := range l.Issues {
			if i.Severity == report.Error || i.Severity == report.Warning {
				out = append(out, p.t("severity."+string(i.Severity))+": "+p.issue(i))
			}
		}
	}
	return out
}

// ConfirmSpoken is the confirm pane as sentences.
func (p *Painter) ConfirmSpoken() []string {
	c := &p.M.Confirm
	title := "confirm.title"
	if c.Request == nil {
		title = "confirm.blocked"
	}
	out := []string{p.t(title) + ":"}
	if len(c.Runs) > 0 {
		out = append(out, cell.Clean(field.Shell(c.Runs)), p.stands())
	}
	for _, i := range c.Issues {
		out = append(out, p.t("severity."+string(i.Severity))+": "+p.issue(i))
	}
	if c.Request != nil {
		out = append(out, p.scope())
		if s := p.checkout(); s != "" {
			out = append(out, s)
		}
	}
	if c.Mapping != "" {
		out = append(out, p.t(c.Mapping))
	}
	for i := range c.Summary {
		l := &c.Summary[i]
		out = append(out, p.label(l.ID)+": "+p.summed(l)+", "+p.source(l.Answer))
	}
	return out
}

// ProgressSpoken is a run under way in one line.
func (p *Painter) ProgressSpoken() string {
	return strings.TrimSpace(cell.Clean(strings.TrimLeft(p.progressTitle(), " |/-\\")))
}

// FailedSpoken is the failed pane as sentences.
func (p *Painter) FailedSpoken() []string {
	var out []string
	for _, l := range p.FailedText(1 << 12) {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}
