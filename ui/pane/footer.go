package pane

import (
	"strconv"
	"strings"

	"fathom/state"
	"fathom/state/field"
	"fathom/ui/cell"
	"fathom/ui/number"
	"fathom/ui/style"
	"fathom/ui/text"
)

// mostHints is how many keys of its own a situation shows; help and the palette have all.
const mostHints = 5

// footer shows the most useful keys; the way back stands at the right end. Hints that do not fit are dropped whole,
// least useful first.
func (p *Painter) footer() string {
	if p.Watch != nil {
		return p.watching()
	}
	var left, right []string
	help, palette := "", ""
	for _, b := range p.M.Footer() {
		switch {
		case b.Action == state.Help:
			help = p.hint(b)
		case b.Action == state.Palette:
			palette = p.hint(b)
		case b.Footer >= 90:
			right = append(right, p.hint(b))
		default:
			left = append(left, p.hint(b))
		}
	}
	sep := p.T.Muted.Paint(" " + p.T.Marks.Dot + " ")
	end := ""
	if len(right) > 0 {
		end = right[0]
		if p.M.Pane == state.Editing && p.M.Overlay.Kind == state.NoOverlay {
			end = right[len(right)-1] // where every step back is a question, the way out is worth more
		}
		if p.underWay(p.M.Scope()) {
			end = right[len(right)-1]
		}
	}
	line, w := "", p.W-3-cell.Width(end)
	add := func(h string) bool {
		if line != "" {
			h = sep + h
		}
		if cell.Width(line)+cell.Width(h) > w {
			return false
		}
		line += h
		return true
	}
	if help != "" { // whoever knows one key only needs this one: it keeps its place
		w -= cell.Width(sep) + cell.Width(help)
	}
	for _, h := range left[:min(len(left), mostHints)] {
		if !add(h) {
			break
		}
	}
	if help != "" {
		w += cell.Width(sep) + cell.Width(help)
		add(help)
	}
	if palette != "" {
		add(palette)
	}
	return p.ends(" "+line, end, p.W-1)
}

func (p *Painter) hint(b state.Bound) string {
	s := p.action(b.Binding, p.M.Scope())
	if short := "hint." + b.Action.String(); s == p.t(b.Text()) && p.C.Has(short) {
		s = p.t(short) // the help says more than a footer has room for
	}
	return p.T.Accent.Paint(text.KeyName(b.Keys[0])) + " " + s
}

// action is what a binding does, in the words of the scope where those differ.
func (p *Painter) action(b *state.Binding, s state.Scope) string {
	if b.Action == state.Accept && s == state.InConfirm && p.M.Confirm.Request == nil {
		return p.t("confirm.mend") // there is nothing to run yet
	}
	if b.Action == state.Accept && s == state.InTable && p.M.Admits() {
		return p.t("table.admit")
	}
	if f := &p.M.Failed; b.Action == state.Accept && s == state.InFailed && !f.HasFix {
		if f.HasID {
			return p.t("confirm.mend")
		}
		return p.t("failed.form")
	}
	if b.Action == state.Interrupt && p.underWay(s) {
		s = state.InRunning
	}
	return p.scoped(b.Text(), s)
}

// underWay reports that a picture on screen is still being worked out.
func (p *Painter) underWay(s state.Scope) bool {
	r := &p.M.Results
	return s == state.InSweep && r.Sweep.Run != 0 || s == state.InDecision && r.Decision.Run != 0
}

// scoped looks a text up that may read differently in a scope: "action.accept" is "action_in.confirm.accept" on the
// confirm pane.
func (p *Painter) scoped(key string, s state.Scope) string {
	if rest, ok := strings.CutPrefix(key, "action."); ok {
		if own := "action_in." + scopeName(s) + "." + rest; p.C.Has(own) {
			return p.t(own)
		}
	}
	return p.t(key)
}

// Notice is the last thing to say, on one line.
func (p *Painter) Notice() (string, bool) {
	s, ink := p.said()
	return ink.Paint(p.cut(s, p.W-2)), s != ""
}

// mostNotice is the most lines that the last thing to say may take from what is below it.
const mostNotice = 3

// notice is the last thing to say, on as few lines as hold it.
func (p *Painter) notice() []string {
	s, ink := p.said()
	if s == "" {
		return nil
	}
	lines := cell.Wrap(s, p.W-2)
	if len(lines) > mostNotice {
		lines = append(lines[:mostNotice-1], p.cut(strings.Join(lines[mostNotice-1:], " "), p.W-2))
	}
	for i := range lines {
		lines[i] = ink.Paint(lines[i])
	}
	return lines
}

// said is the last thing to say and how.
func (p *Painter) said() (string, style.Ink) {
	n := p.M.Notice
	if p.Watch != nil {
		n = p.Watch.Notice
	}
	ink := p.T.Strong
	if n.Bad {
		ink = p.T.Bad
	}
	switch {
	case n.Issue != nil:
		return p.issue(*n.Issue), ink
	case n.Key != "":
		key := "notice." + n.Key
		if !p.C.Has(key) {
			key = n.Key // a reason why a menu's item cannot be chosen
		}
		s := cell.Clean(p.t(key, append(p.translated(n.Pairs), "error", p.C.Tell(n.Why), "why", p.C.Tell(n.Why))...))
		switch n.Key {
		case "no-key":
			s += " " + p.nearWords(n.Near)
		case "turned":
			s = p.turned(n.Pairs)
		case "mended":
			s = p.mended(n.Pairs)
		}
		if n.Bad {
			s = "! " + s
		}
		return s, ink
	}
	return "", ink
}

// turned says which answer is on screen now: of which fidelity and search, and what that did to the best row.
func (p *Painter) turned(pairs []string) string {
	is := map[string]string{}
	for i := 0; i+1 < len(pairs); i += 2 {
		is[pairs[i]] = pairs[i+1]
	}
	s := p.t("notice.turned", "fidelity", p.t("fidelity."+is["fidelity"]), "search", p.t("search."+is["search"]))
	if v, err := strconv.ParseFloat(is["change"], 64); err == nil {
		s += " " + p.t("notice.turned_by", "change", number.Change(1, 1+v))
	}
	return s
}

// mended says which answer was changed from what to what.
func (p *Painter) mended(pairs []string) string {
	q, ok := field.Lookup(pairs[1])
	if !ok {
		return ""
	}
	say := func(text string) string { return p.value(q.ID, field.Answer{Text: text, Source: field.You}) }
	return p.label(q.ID) + p.t("issue.colon") + p.arrow(say(pairs[3])+" → "+say(pairs[5]))
}

// translated turns the names among a notice's pairs into words: what was copied, and how.
func (p *Painter) translated(pairs []string) []string {
	out := append([]string(nil), pairs...)
	for i := 0; i+1 < len(out); i += 2 {
		for _, prefix := range []string{"copy." + out[i] + ".", "copy."} {
			if key := prefix + out[i+1]; (out[i] == "what" || out[i] == "how") && p.C.Has(key) {
				out[i+1] = p.t(key)
				break
			}
		}
	}
	return out
}

func scopeName(s state.Scope) string {
	switch s {
	case state.InText, state.InList:
		return "text"
	case state.InChoice:
		return "choice"
	case state.InConfirm:
		return "confirm"
	case state.InRunning:
		return "running"
	case state.InFailed:
		return "failed"
	case state.InTable:
		return "table"
	case state.InDetail:
		return "detail"
	case state.InHeader:
		return "header"
	case state.InKnob, state.InPick:
		return "knob"
	case state.InFilter:
		return "filter"
	case state.InHelp:
		return "help"
	case state.InMenu, state.InCopy, state.InExport:
		return "menu"
	case state.InQuit:
		return "quit"
	case state.InSweep:
		return "sweep"
	case state.InDecision:
		return "decision"
	case state.InVerdict:
		return "verdict"
	case state.InFit:
		return "fit"
	case state.InPalette:
		return "palette"
	case state.InPrompt:
		return "prompt"
	case state.InPresent:
		return "present"
	case state.InLibrary:
		return "library"
	case state.InCompare:
		return "compare"
	}
	return "full-text"
}
