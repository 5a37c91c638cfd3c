package pane

import (
	"strings"

	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/state"
	"fathom/state/field"
	"fathom/ui/cell"
	"fathom/ui/layout"
	"fathom/ui/number"
)

// confirm shows the exact command and what stands behind it.
func (p *Painter) confirm() []string {
	lines := p.ConfirmText(p.W)
	p.scrolls(p.s.Main.H, len(lines))
	return p.page(p.journey(), layout.Piece{Rect: p.s.Main, Lines: p.scroll(lines, p.M.Confirm.Top, p.s.Main)})
}

// scroll cuts the lines that fit and says on the first and the last one how many are out of sight there.
func (p *Painter) scroll(lines []string, top int, r layout.Rect) []string {
	if len(lines) <= r.H {
		return lines
	}
	shown := append([]string(nil), window(lines, top, r.H)...)
	if above := max(0, min(top, len(lines)-r.H)); above > 0 && len(shown) > 1 {
		shown[0] = " " + p.T.Muted.Paint(p.C.N("more.above", above+1, itoa(above+1)))
	}
	if rest := len(lines) - max(0, min(top, len(lines)-r.H)) - r.H; rest > 0 {
		last := p.T.Muted.Paint(p.C.N("more.below", rest+1, itoa(rest+1)))
		shown[len(shown)-1] = " " + last
	}
	return shown
}

// ConfirmText is the whole text of the pane; the line mode prints it too.
func (p *Painter) ConfirmText(w int) []string {
	c := &p.M.Confirm
	var out []string
	add := func(lines ...string) { out = append(out, lines...) }
	if c.Request == nil {
		add(" " + p.T.Bad.Paint(p.t("confirm.blocked")))
	} else {
		add(" " + p.T.Title.Paint(p.t("confirm.title")))
	}
	if p.H >= 20 {
		add("")
	}
	if len(c.Runs) > 0 {
		for _, l := range commandLines(c.Runs, w-4) {
			add("   " + p.T.Strong.Paint(l))
		}
		if p.H >= 20 {
			add("")
		}
	}
	if len(c.Issues) > 0 && c.Request == nil {
		add(p.issues(w, all)...) // an error forbids the run: it comes before the summary
		add("")
	}
	if warnings := p.issues(w, urgent); len(warnings) > 0 && c.Request != nil { // before anything that scrolls away
		add(warnings...)
		add("")
	}
	if c.Request != nil {
		add(p.wrap(p.T.Strong, p.stands(), w-1, 1)...)
		add(p.wrap(p.T.Text, p.scope(), w-1, 1)...)
		if s := p.checkout(); s != "" {
			add(p.wrap(p.T.Strong, s, w-1, 1)...)
		}
	}
	if c.Mapping != "" {
		add(p.wrap(p.T.Muted, p.t(c.Mapping), w-1, 1)...)
	}
	add("")
	if rest := p.issues(w, func(s report.Severity) bool { return !urgent(s) }); len(rest) > 0 && c.Request != nil {
		add(rest...)
		add("")
	}
	out = append(out, p.summary(w)...)
	if other := c.Other(); other != nil {
		add("")
		add(p.wrap(p.T.Muted, p.t("confirm.other"), w-1, 1)...)
		for _, l := range commandLines(other, w-4) {
			add("   " + p.T.Muted.Paint(l))
		}
	}
	return out
}

// stands says by which numbers and which search the run answers, and which command does the same. Profiles that are
// answered alike stand together.
func (p *Painter) stands() string {
	c := &p.M.Confirm
	if c.Engine.Name == "msmodeling" {
		return p.t("confirm.theirs")
	}
	var kinds []field.Stand
	names := map[field.Stand][]string{}
	for _, s := range c.Stands {
		name := p.device(s.Device)
		s.Device = ""
		if names[s] == nil {
			kinds = append(kinds, s)
		}
		names[s] = append(names[s], name)
	}
	var items []string
	for _, k := range kinds {
		key := "confirm.stand"
		if k.Serving != "" {
			key = "confirm.stand_measured"
		}
		s := p.t(key, "fidelity", p.t("fidelity."+k.Fidelity.String()), "search", p.t("search."+k.Search.String()),
			"engine", k.Serving)
		if len(kinds) > 1 {
			s = strings.Join(names[k], p.t("list.comma")) + p.t("issue.colon") + s
		}
		items = append(items, s)
	}
	if c.Request.SplitSearched() {
		return p.dots(append(items, p.t("confirm.split"))...)
	}
	return p.dots(append(items, p.t("confirm.same"))...)
}

// scope says which engine goes through how much.
func (p *Painter) scope() string {
	c := &p.M.Confirm
	var spaces []string
	for _, s := range c.Spaces {
		if s.Devices == 0 {
			spaces = append(spaces, p.t("confirm.space_split", "phase", p.t("part."+s.Phase.String()), "devices",
				number.Int(c.Request.Devices)))
			continue
		}
		key := "confirm.space"
		if s.Phase != plan.PhaseAggregation {
			key = "confirm.space_phase"
		}
		spaces = append(spaces, p.C.N(key, s.Strategies, number.Int(s.Strategies), "phase", p.t("part."+s.Phase.String()),
			"devices", number.Int(s.Devices), "batches", number.Int(s.Batches)))
	}
	n, all := len(c.Request.Profiles), ""
	for i, s := range spaces {
		if i == 0 {
			all = s
			continue
		}
		all = p.t("confirm.and", "a", all, "b", s)
	}
	return p.C.N("confirm.scope", n, itoa(n), "engine", p.t("engine."+c.Engine.Name), "spaces", all)
}

func urgent(s report.Severity) bool { return s == report.Error || s == report.Warning }

func all(report.Severity) bool { return true }

// issues lists what to know before the run, most serious first: what is of a severity that wanted names.
func (p *Painter) issues(w int, wanted func(report.Severity) bool) []string {
	var out []string
	for _, i := range p.M.Confirm.Issues {
		if !wanted(i.Severity) {
			continue
		}
		sign, word := p.severity(i.Severity)
		tail := cell.Width(word) + 1
		lines := cell.Wrap(p.issue(i), w-6-tail)
		for n, l := range lines {
			lead := "  "
			if n == 0 {
				lead = sign + " "
			}
			l = p.severityInk(i.Severity).Paint(l)
			if i.Severity != report.Error && i.Severity != report.Warning {
				l = lines[n]
			}
			if n == 0 {
				out = append(out, p.ends(" "+lead+l, word, w-1))
			} else {
				out = append(out, " "+lead+l)
			}
		}
	}
	return out
}

// summary is every answer with its source. Defaults that nobody chose share lines, so that what was decided stands out.
func (p *Painter) summary(w int) []string {
	var out, silent []string
	head := func(s string) string { return " " + cell.Left(p.T.Title.Paint(p.cut(s, labelWidth)), labelWidth+1, "") }
	for i := range p.M.Confirm.Summary {
		l := &p.M.Confirm.Summary[i]
		if l.Answer.Source == field.CLIDefault && l.Answer.Note == "" {
			silent = append(silent, p.label(l.ID)+" "+p.summed(l))
			continue
		}
		out = append(out, p.answerLine(l, head(p.label(l.ID)), w)...)
	}
	if len(silent) > 0 {
		for n, l := range cell.Wrap(p.dots(silent...), w-labelWidth-3) {
			if n == 0 {
				out = append(out, head(p.t("source.cli-default"))+p.T.Muted.Paint(l))
			} else {
				out = append(out, cell.Space(labelWidth+2)+p.T.Muted.Paint(l))
			}
		}
	}
	return out
}

// summed is an answer as it takes effect: what a choice stands for, and of sizes what is tried.
func (p *Painter) summed(l *state.Line) string {
	if l.ID == field.Quantization {
		return p.choice(l.ID, l.Answer.Text, true)
	}
	return p.effective(l)
}

// onlyTP reports whether TP is searched because nothing else is (search-and-serving 1.2, rule 1).
func onlyTP(q *plan.Request) bool {
	return q != nil && !q.TP.Searched && !q.EP.Searched && !q.MoEDP.Searched
}

func (p *Painter) answerLine(l *state.Line, head string, w int) []string {
	room := w - cell.Width(head) - 1
	value, source := p.summed(l), p.source(l.Answer)
	if cell.Width(value)+cell.Width(source)+2 <= room {
		return []string{head + p.ends(value, p.T.Source.Paint(source), room)}
	}
	out := []string{}
	for n, s := range cell.Wrap(value, room) {
		if n > 0 {
			head = cell.Space(cell.Width(head))
		}
		out = append(out, head+s)
	}
	return append(out, p.wrap(p.T.Source, source, w-1, w-1-room)...)
}
