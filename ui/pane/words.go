package pane

import (
	"strconv"

	"fathom/hw/message"
	"fathom/sim/report"
	"fathom/state/field"
	"fathom/ui/cell"
	"fathom/ui/number"
)

func itoa(n int) string { return strconv.Itoa(n) }

// label is a question's name on screen.
func (p *Painter) label(id field.ID) string { return p.t(field.Table[id].Text() + ".label") }

// source is where an answer came from, in the words of the catalog.
func (p *Painter) source(a field.Answer) string {
	if !a.Given() {
		return ""
	}
	s := p.t("source." + a.Source.Key())
	switch {
	case a.Note == "":
		return s
	case a.Source == field.Heuristic:
		return s + p.t("issue.colon") + p.C.Tell(a.Remark())
	}
	return s + " " + p.C.Tell(a.Remark())
}

// unit is what a question's numbers count: a sign that is the same everywhere, or a word.
func (p *Painter) unit(id field.ID) string {
	u := field.Table[id].Unit
	if p.C.Has("unit." + u) {
		return p.t("unit." + u)
	}
	return u
}

// typedUnit is what stands behind a text that is being typed: the unit of a number, or of one that brings a unit of its
// own what it comes to, and nothing behind what is no number.
func (p *Painter) typedUnit(id field.ID, text string) string {
	unit := p.unit(id)
	if _, ok := number.Parse(text); ok || text == "" || unit == "" {
		return unit
	}
	if v, ok := field.Number(id, text); ok {
		return "= " + strconv.FormatFloat(v, 'f', -1, 64) + " " + unit
	}
	return ""
}

// value is an answer as people read it: the short name of a choice, a unit behind a number.
func (p *Painter) value(id field.ID, a field.Answer) string {
	f := &field.Table[id]
	for _, c := range f.Choices {
		if c.Value == a.Text {
			return p.choice(id, c.Value, false)
		}
	}
	switch a.Text {
	case "none": // as the flags say it
		return p.t("form.nothing")
	case "":
		if f.Default.Text != "" {
			return p.value(id, f.Default) // an empty answer means what an absent flag means
		}
		return p.t("form.nothing")
	}
	if f.Unit != "" && f.Unit != "devices" {
		if _, ok := number.Parse(a.Text); ok {
			return a.Text + " " + p.unit(id)
		}
		if v, ok := field.Number(id, a.Text); ok { // "3.5k", in the unit that it is taken in
			return strconv.FormatFloat(v, 'f', -1, 64) + " " + p.unit(id)
		}
	} else if v, ok := field.Number(id, a.Text); ok {
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return cell.Clean(a.Text)
}

// choice is the text of one value of a closed list; short leaves out what stands behind the colon.
func (p *Painter) choice(id field.ID, value string, long bool) string {
	return p.C.Choice(&field.Table[id], value, long)
}

// issue is one line about a field: what is wrong and how to mend it.
func (p *Painter) issue(i report.Issue) string { return p.C.Tell(i.Message) }

// severity is the sign and the word of an issue.
func (p *Painter) severity(s report.Severity) (sign, word string) {
	word = p.t("severity." + string(s))
	switch s {
	case report.Error:
		return p.T.Bad.Paint("x"), p.T.Bad.Paint(word)
	case report.Warning:
		return p.T.Warn.Paint("!"), p.T.Warn.Paint(word)
	}
	return p.T.Muted.Paint(p.T.Marks.Dot), p.T.Muted.Paint(word)
}

// finding is a sentence of the explanation.
func (p *Painter) finding(f message.Message) string { return p.C.Tell(f) }

// device is the name of a profile that fits a tab.
func (p *Painter) device(name string) string {
	if p.M.Catalog != nil {
		if h := p.M.Catalog.Profile(name); h != nil && h.Short != "" {
			return h.Short
		}
		if q := p.request(); q != nil && len(q.PrefillPools) > 0 {
			for _, both := range q.Pairings() {
				if both.Name() == name && both.Prefill.Profile != both.Decode.Profile {
					return p.device(both.Prefill.Profile.Name) + "+" + p.device(both.Decode.Profile.Name)
				}
			}
		}
	}
	return cell.Clean(name)
}
