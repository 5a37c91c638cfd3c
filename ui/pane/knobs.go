package pane

import (
	"fathom/sim/report"
	"fathom/state"
	"fathom/state/field"
	"fathom/ui/cell"
	"fathom/ui/layout"
)

// knobs is the title line of a what-if: every knob with its value, the chosen one marked, the line moved so that it is
// in sight.
func (p *Painter) knobs() string {
	k := &p.M.Results.WhatIf
	head := " " + p.T.Accent.Paint(p.t("knobs.title")) + " "
	room := p.W - cell.Width(head) - 2
	items := make([]string, len(k.Items))
	for i, id := range k.Items {
		items[i] = p.knob(id, i == k.Cursor)
	}
	first := 0
	for first < k.Cursor && spread(items[first:k.Cursor+1]) > room {
		first++
	}
	line, x := head, cell.Width(head)
	if first > 0 {
		line += p.T.Muted.Paint("<")
		x++
	}
	for i := first; i < len(items); i++ {
		w := cell.Width(items[i])
		if x+w+1 > p.W-1 {
			if i > k.Cursor {
				line += p.T.Muted.Paint(">")
				break
			}
			items[i] = p.cut(items[i], p.W-x-2)
			w = cell.Width(items[i])
		}
		p.zone(layout.Rect{X: x, Y: 0, W: w, H: 1}, state.TargetHeader, i)
		line += items[i] + "  "
		x += w + 2
	}
	return line
}

func spread(items []string) int {
	n := 1
	for _, s := range items {
		n += cell.Width(s) + 2
	}
	return n
}

func (p *Painter) knob(id field.ID, here bool) string {
	k := &p.M.Results.WhatIf
	name := p.label(id) + " "
	value := p.value(id, field.Answer{Text: p.M.Knob(id), Source: field.You})
	if id == field.TP && value == p.value(id, field.Table[id].Default) && onlyTP(p.request()) {
		value = p.t("confirm.auto_short")
	}
	switch {
	case here && k.Editing && k.HasChoice():
		c := field.Table[id].Choices
		value = p.T.Focus.Paint("< " + p.choice(id, c[max(0, min(k.Choice, len(c)-1))].Value, false) + " >")
	case here && k.Editing:
		value = "[" + p.input(k.Text, max(8, cell.Width(k.Text)+1)) + "]"
	case here:
		return p.T.Accent.Paint("[") + name + p.T.Strong.Paint(value) + p.T.Accent.Paint("]")
	default:
		return p.T.Muted.Paint(name) + value
	}
	return name + value
}

// knobHelp is about the chosen knob: what is wrong with the new value, or what the knob is.
func (p *Painter) knobHelp() []string {
	k := &p.M.Results.WhatIf
	var out []string
	for _, i := range k.Issues {
		if i.Severity == report.Note {
			continue
		}
		sign, _ := p.severity(i.Severity)
		out = append(out, sign+" "+p.severityInk(i.Severity).Paint(p.issue(i)))
	}
	if id := k.ID(); len(out) == 0 && id < field.NumIDs {
		out = append(out, p.T.Muted.Paint(p.t(field.Table[id].Text()+".help")))
	}
	return out
}
