package pane

import (
	"strings"

	"fathom/state"
	"fathom/ui/cell"
	"fathom/ui/text"
)

// helpHead is the title of the overlay with its filter.
func (p *Painter) helpHead() []string {
	return []string{" " + p.T.Title.Paint(p.t("help.title")) + "   " + p.T.Muted.Paint(p.t("help.filter")) + " " +
		p.input(p.M.Overlay.Text, max(8, p.W/3)), ""}
}

// helpColumns is the width from which the keys stand in two columns.
const helpColumns = 120

// HelpText lists every key of the situation in its groups, those that do nothing now with the reason.
func (p *Painter) HelpText(scope state.Scope, w int) []string {
	cols := 1
	if w >= helpColumns {
		cols = 2
	}
	var groups [][]string
	for _, l := range p.M.HelpLines(func(key string) string { return p.scoped(key, scope) }) {
		if l.Keys == nil {
			groups = append(groups, []string{" " + p.T.Title.Paint(l.Text)})
			continue
		}
		last := len(groups) - 1
		groups[last] = append(groups[last], p.helpLine(l, w/cols-1)...)
	}
	if len(groups) == 0 {
		return []string{"", "   " + p.T.Muted.Paint(p.t("help.none"))}
	}
	lines := stack(groups, w >= 80)
	if cols == 2 {
		lines = twoColumns(groups, w/cols)
	}
	lines = append(lines, "")
	if p.M.Pane == state.Showing {
		lines = append(lines, p.wrap(p.T.Muted, p.t("help.heads"), w-1, 1)...)
	}
	return append(lines, p.wrap(p.T.Muted, p.t("help.mouse"), w-1, 1)...)
}

// helpLine is one action: its keys, what it does, and why it does nothing now.
func (p *Painter) helpLine(l state.HelpLine, w int) []string {
	what, ink := l.Text, p.T.Text
	if l.Reason != "" {
		what += "  (" + p.t(l.Reason) + ")"
		ink = p.T.Muted
	}
	const keys = 17
	head := "   " + cell.Left(p.T.Accent.Paint(keyNames(l.Keys)), keys, "") + " "
	var out []string
	for i, s := range cell.Wrap(what, w-keys-4) {
		if i > 0 {
			head = cell.Space(keys + 4)
		}
		out = append(out, head+ink.Paint(s))
	}
	return out
}

// stack puts groups of lines one under the other.
func stack(groups [][]string, apart bool) []string {
	var out []string
	for i, g := range groups {
		if i > 0 && apart {
			out = append(out, "")
		}
		out = append(out, g...)
	}
	return out
}

// twoColumns puts groups into two columns as even as whole groups allow.
func twoColumns(groups [][]string, w int) []string {
	best, at := len(stack(groups, true)), len(groups)
	for i := 1; i < len(groups); i++ {
		if h := max(len(stack(groups[:i], true)), len(stack(groups[i:], true))); h < best {
			best, at = h, i
		}
	}
	left, right := stack(groups[:at], true), stack(groups[at:], true)
	out := make([]string, max(len(left), len(right)))
	for i := range out {
		if i < len(left) {
			out[i] = left[i]
		}
		if i < len(right) {
			out[i] = cell.Left(out[i], w, "") + right[i]
		}
	}
	return out
}

func keyNames(keys []string) string {
	names := make([]string, len(keys))
	for i, k := range keys {
		names[i] = text.KeyName(k)
	}
	return strings.Join(names, "  ")
}
