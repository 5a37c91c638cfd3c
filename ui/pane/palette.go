package pane

import (
	"slices"

	"fathom/state"
	"fathom/ui/cell"
	"fathom/ui/layout"
	"fathom/ui/text"
)

// palette lists the actions whose names hold what is typed, each with its key; one that does nothing now says why.
func (p *Painter) palette() []string {
	o := &p.M.Overlay
	out := []string{" " + p.T.Title.Paint(p.t("palette.title")) + "   " + p.input(o.Text, max(8, p.W/3)), ""}
	n := p.s.Main.H - len(out)
	p.scrolls(n, len(o.Items))
	if len(o.Items) == 0 {
		return append(out, "   "+p.T.Muted.Paint(p.t("palette.none")))
	}
	first := max(0, min(o.Top, len(o.Items)-n))
	const keys = 12
	for i := first; i < min(len(o.Items), first+n); i++ {
		it := &o.Items[i]
		ink, text := p.T.Text, p.scoped(it.Text, o.Over)
		if it.Disabled != "" {
			ink, text = p.T.Muted, text+"  ("+p.t(it.Disabled)+")"
		}
		sign := " "
		switch {
		case i == first && first > 0:
			sign = p.T.Marks.Up
		case i == first+n-1 && i < len(o.Items)-1:
			sign = p.T.Marks.Down
		}
		line := p.cut(text, p.W-keys-6)
		key := cell.Left(p.keyAnywhere(it.Action, o.Over), keys, p.T.Marks.More)
		if i == o.Cursor {
			line = p.T.Accent.Paint(p.T.Marks.Cursor+sign+" ") + p.T.Accent.Paint(key) + p.T.Focus.Paint(line)
		} else {
			line = " " + sign + " " + p.T.Accent.Paint(key) + ink.Paint(line)
		}
		p.zone(layout.Rect{X: 0, Y: p.s.Main.Y + len(out), W: p.W, H: 1}, state.TargetItem, i)
		out = append(out, " "+line)
	}
	return out
}

// keyAnywhere is the key of an action in a scope, else the first that it has: of a menu with the key that opens it.
func (p *Painter) keyAnywhere(a state.Action, s state.Scope) string {
	first := ""
	for i := range state.Bindings {
		b := &state.Bindings[i]
		switch {
		case b.Action != a:
		case b.Scopes&s != 0:
			return text.KeyName(b.Keys[0])
		case first == "":
			first = text.KeyName(b.Keys[0])
			for scope, opener := range map[state.Scope]state.Action{state.InCopy: state.CopyMenu,
				state.InExport: state.ExportMenu} {
				if b.Scopes == scope {
					first = p.keyAnywhere(opener, state.InTable) + " " + first
				}
			}
		}
	}
	return first
}

// nearWords say what is near a key that has no use here.
func (p *Painter) nearWords(list []state.Near) string {
	if len(list) == 0 {
		return p.t("near.none")
	}
	var out []string
	for _, n := range list {
		s := text.KeyName(n.Key) + " " + p.brief(n.Action)
		if n.Where != "" {
			s += " (" + p.t(n.Where) + ")"
		}
		out = append(out, s)
	}
	return p.t("near.some", "keys", p.dots(slices.Clip(out)...))
}

// brief is an action in few words.
func (p *Painter) brief(a state.Action) string {
	if key := "hint." + a.String(); p.C.Has(key) {
		return p.t(key)
	}
	return p.t("action." + a.String())
}
