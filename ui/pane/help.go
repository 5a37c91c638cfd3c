package pane

import (
	"strings"

	"fathom/state"
	"fathom/ui/cell"
)

// helpHead is the title of the overlay with its filter.
func (p *Painter) helpHead() []string {
	return []string{" " + p.T.Title.Paint(p.t("help.title")) + "   " + p.T.Muted.Paint(p.t("help.filter")) + " " + p.input(p.M.Overlay.Text, max(8, p.W/3)), ""}
}

// HelpText lists every key of the situation in its groups, those that do nothing now with the reason.
func (p *Painter) HelpText(scope state.Scope, w int) []string {
	var out []string
	lines := p.M.HelpLines(func(key string) string { return p.scoped(key, scope) })
	for _, l := range lines {
		if l.Keys == nil {
			if len(out) > 0 && w >= 80 {
				out = append(out, "")
			}
			out = append(out, " "+p.T.Title.Paint(l.Text))
			continue
		}
		what, ink := l.Text, p.T.Text
		if l.Reason != "" {
			what += "  (" + p.t(l.Reason) + ")"
			ink = p.T.Muted
		}
		head := "   " + cell.Left(p.T.Accent.Paint(keyNames(l.Keys)), 20, "") + " "
		for i, s := range cell.Wrap(what, w-cell.Width(head)-1) {
			if i > 0 {
				head = cell.Space(24)
			}
			out = append(out, head+ink.Paint(s))
		}
	}
	if len(out) == 0 {
		return []string{"", "   " + p.T.Muted.Paint(p.t("help.none"))}
	}
	return append(append(out, ""), p.wrap(p.T.Muted, p.t("help.mouse"), w-1, 1)...)
}

func keyNames(keys []string) string {
	names := make([]string, len(keys))
	for i, k := range keys {
		names[i] = KeyName(k)
	}
	return strings.Join(names, "  ")
}
