package pane

import (
	"slices"
	"strings"

	"fathom/sim/report"
	"fathom/state"
	"fathom/state/field"
	"fathom/ui/cell"
	"fathom/ui/layout"
	"fathom/ui/text"
)

const labelWidth = 19 // of a question's name

// form draws the questions, and beside or below them what they amount to.
func (p *Painter) form() []string {
	if p.M.Form.Picking() {
		lines := p.picker(p.s.Main)
		return p.page(p.journey(), layout.Piece{Rect: p.s.Main, Lines: lines},
			layout.Piece{Rect: p.s.Aside, Lines: p.aside(p.s.Aside.W, p.s.Aside.H)})
	}
	lines, starts, focus := p.questions(p.s.Main.W)
	top := follow(len(lines), focus, p.s.Main.H)
	shown := append([]string(nil), window(lines, top, p.s.Main.H)...)
	if n := len(shown); n > 0 { // what is out of sight is said
		if rest := len(lines) - top - n; rest > 0 {
			shown[n-1] = p.beyond(shown[n-1], p.T.Marks.Down+" "+itoa(rest))
		}
		if top > 0 {
			shown[0] = p.beyond(shown[0], p.T.Marks.Up+" "+itoa(top))
		}
	}
	for i, line := range starts {
		if line.at >= top && line.at < top+p.s.Main.H {
			p.zone(layout.Rect{X: 0, Y: p.s.Main.Y + line.at - top, W: p.s.Main.W, H: line.n}, state.TargetLine, i)
		}
	}
	for i := range p.listed {
		if y := focus.at + p.listAt + i; y >= top && y < top+p.s.Main.H {
			p.zone(layout.Rect{X: 0, Y: p.s.Main.Y + y - top, W: p.s.Main.W, H: 1}, state.TargetItem, i)
		}
	}
	aside := p.aside(p.s.Aside.W, p.s.Aside.H)
	return p.page(p.journey(), layout.Piece{Rect: p.s.Main, Lines: shown}, layout.Piece{Rect: p.s.Aside, Lines: aside})
}

// beyond puts a sign at the end of a line. A full line gives the room between answer and source, else its end.
func (p *Painter) beyond(line, sign string) string {
	w := p.s.Main.W - 1 - cell.Width(sign)
	if over := cell.Width(line) - w + 1; over > 0 {
		if at := strings.LastIndex(line, cell.Space(over+2)); at >= 0 && strings.TrimSpace(line[:at]) != "" {
			line = line[:at] + line[at+over:]
		}
		line = p.cut(line, w-1)
	}
	return cell.Left(line, w, p.T.Marks.More) + p.T.Warn.Paint(sign)
}

// extent is where a line of the form stands in its text.
type extent struct{ at, n int }

// follow picks the first line shown so that the focused ones are in sight, with some of what follows.
func follow(total int, focus extent, h int) int {
	if total <= h {
		return 0
	}
	end := min(total, focus.at+focus.n+2)
	return max(0, min(max(0, end-h), focus.at))
}

// questions lays all lines of the form out, one under the other.
func (p *Painter) questions(w int) (lines []string, starts []extent, focus extent) {
	f := &p.M.Form
	for i := range f.Lines {
		l := &f.Lines[i]
		if l.First && i > 0 && p.H >= 30 {
			lines = append(lines, "")
		}
		at := len(lines)
		if l.Kind == state.Fold {
			lines = append(lines, p.fold(l, w))
		} else {
			lines = append(lines, p.question(l, w)...)
		}
		starts = append(starts, extent{at, len(lines) - at})
		if l.Focused {
			focus = starts[i]
		}
	}
	return append(lines, p.beginnings(w)...), starts, focus
}

// beginnings are, while nothing is answered, the ways that fill the form at once.
func (p *Painter) beginnings(w int) []string {
	if len(p.M.Form.Open) == 0 || slices.ContainsFunc(p.M.Form.Lines,
		func(l state.Line) bool { return l.Answer.Given() }) {
		return nil
	}
	var out []string
	for _, a := range []state.Action{state.PasteCommand, state.OpenPlan, state.Reuse, state.HistoryMenu} {
		if a == state.HistoryMenu && len(p.M.Earlier) == 0 {
			continue
		}
		for _, b := range p.M.Bound(p.M.Scope()) {
			if b.Action == a && b.Reason == "" {
				head := "    " + p.T.Accent.Paint(cell.Left(text.KeyName(b.Keys[0]), 8, ""))
				for _, s := range cell.Wrap(p.t("start."+a.String()), w-13) {
					out = append(out, head+s)
					head = cell.Space(12)
				}
				break
			}
		}
	}
	return append([]string{"", "  " + p.T.Title.Paint(p.t("start.title"))}, out...)
}

func (p *Painter) fold(l *state.Line, w int) string {
	key := "form.fold"
	if p.M.Form.Unfolded {
		key = "form.unfolded"
	}
	s := p.cut(p.C.N(key, l.Count, itoa(l.Count)), w-2)
	if l.Focused {
		return p.T.Accent.Paint(p.T.Marks.Focus) + " " + p.T.Strong.Paint(s)
	}
	return "  " + p.T.Muted.Paint(s)
}

// labels is the width of the names: that of the longest one shown, as long as the answers keep the larger part.
func (p *Painter) labels(w int) int {
	lw := labelWidth
	if w < 60 {
		lw = 15
	}
	for i := range p.M.Form.Lines {
		if l := &p.M.Form.Lines[i]; l.Kind != state.Fold {
			lw = max(lw, cell.Width(p.label(l.ID))+3)
		}
	}
	return min(lw, max(labelWidth, w*2/5))
}

// question is one line of the form with what hangs from it: source, choices, completions, facts, issues.
func (p *Painter) question(l *state.Line, w int) []string {
	lw := p.labels(w)
	mark, name := " ", p.cut(p.label(l.ID), lw-2)
	if l.Focused {
		mark, name = p.T.Accent.Paint(p.T.Marks.Focus), p.T.Strong.Paint(name)
	}
	head := mark + " " + cell.Left(name, lw-2, "") + " "
	room := w - lw - 1
	out := p.answer(l, head, lw+1, room)
	hang := func(lines []string) { out = append(out, lines...) }
	if l.Focused && p.M.Form.HasChoice() {
		p.listAt, p.listed = len(out), len(field.Table[l.ID].Choices)
		hang(p.choices(l.ID, lw+1, room))
	}
	if l.ID == field.Model && l.Answer.Given() {
		if s := p.facts(); s != "" {
			hang(p.wrap(p.T.Muted, s, w, lw+1))
		}
	}
	for _, i := range l.Issues {
		if i.Severity == report.Note {
			continue
		}
		sign, _ := p.severity(i.Severity)
		for n, s := range cell.Wrap(p.issue(i), room-2) {
			lead := "  "
			if n == 0 {
				lead = sign + " "
			}
			hang([]string{cell.Space(lw+1) + lead + p.severityInk(i.Severity).Paint(s)})
		}
	}
	return out
}

// effective is an answer in words: of sizes, what is tried.
func (p *Painter) effective(l *state.Line) string {
	r := p.M.Form.Reading
	switch l.ID {
	case field.TP, field.EP, field.MoEDP, field.DCP, field.PP:
		if r != nil && r.Problems[l.ID] == nil {
			return p.sizes(r, l.ID)
		}
	}
	return p.value(l.ID, l.Answer)
}

// byDefault is what an absent answer amounts to: of sizes those that are tried, not the word of the flag.
func (p *Painter) byDefault(id field.ID) string {
	switch id {
	case field.TP, field.EP, field.MoEDP, field.DCP, field.PP:
		if r := p.M.Form.Reading; r != nil && r.Word(id) == "" {
			return p.sizes(r, id)
		} else if id == field.TP {
			return p.t("sizes.all")
		}
		return p.t("sizes.one")
	}
	return p.value(id, field.Table[id].Default)
}

// sizes says which sizes of a dimension are tried.
func (p *Painter) sizes(r *field.Reading, id field.ID) string {
	list, searched := r.SizesMean(id)
	names := make([]string, len(list))
	for i, n := range list {
		names[i] = itoa(n)
	}
	switch {
	case searched && len(list) == 0:
		return p.t("sizes.all")
	case searched:
		return p.t("sizes.searched", "sizes", strings.Join(names, " "))
	case id == field.TP || id == field.EP:
		return p.t("sizes.whole")
	}
	return p.t("sizes.one")
}

// answer is the first line of a question: what stands in it, and at the right end where it came from. A source too long
// for the line gets lines of its own.
func (p *Painter) answer(l *state.Line, head string, indent, room int) []string {
	value, source := "", p.source(l.Answer)
	unit := p.typedUnit(l.ID, l.Answer.Text)
	switch {
	case l.Focused && !p.M.Form.HasChoice():
		if cell.Width(source) > room/3 {
			source = ""
		}
		value = p.input(l.Answer.Text, max(8, room-cell.Width(source)-cell.Width(unit)-3))
		if unit != "" {
			value += " " + p.T.Muted.Paint(unit)
		}
	case l.Focused && !l.Answer.Given():
		value = p.T.Muted.Paint(p.t("form.choose"))
	case l.Answer.Given():
		value = p.effective(l)
	case field.Table[l.ID].Default.Given() && !slices.Contains(p.M.Form.Open, l.ID):
		value = p.T.Muted.Paint(p.t("form.absent", "value", p.effective(&state.Line{ID: l.ID,
			Answer: field.Table[l.ID].Default})))
	default:
		value = p.T.Muted.Paint(p.t("form.empty"))
	}
	full := p.source(l.Answer)
	if source == full && cell.Width(value)+cell.Width(source)+2 <= room {
		return []string{head + p.ends(value, p.T.Source.Paint(source), room-1)}
	}
	var out []string
	if words := strings.Fields(value); !l.Focused && cell.Width(value) > room && len(words) > 1 {
		for i, word := range words { // several profiles: one a line
			if i > 0 {
				head = cell.Space(indent)
			} else if cell.Width(word)+cell.Width(full)+2 <= room {
				word, full = p.ends(word, p.T.Source.Paint(full), room-1), ""
			}
			out = append(out, head+p.cut(word, room-1))
		}
	} else {
		out = append(out, head+p.cut(value, room-1))
	}
	if full != "" {
		out = append(out, p.wrap(p.T.Source, full, indent+room-1, indent)...)
	}
	return out
}

// choices lists the values of a closed list under its question.
func (p *Painter) choices(id field.ID, indent, room int) []string {
	var out []string
	list := field.Table[id].Choices
	long := p.longChoices(id, room-2)
	for i, c := range list {
		s := p.cut(p.choice(id, c.Value, long), room-2)
		if i == p.M.Form.Choice {
			out = append(out, cell.Space(indent)+p.T.Accent.Paint(p.T.Marks.Cursor)+" "+p.T.Focus.Paint(s))
		} else {
			out = append(out, cell.Space(indent)+"  "+s)
		}
	}
	return out
}

// longChoices reports whether every choice fits with what stands behind its colon; else that goes to the help.
func (p *Painter) longChoices(id field.ID, room int) bool {
	for _, c := range field.Table[id].Choices {
		if cell.Width(p.choice(id, c.Value, true)) > room {
			return false
		}
	}
	return true
}
