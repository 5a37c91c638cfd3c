package pane

import (
	"slices"
	"strings"

	"fathom/sim/plan/file"
	"fathom/sim/report"
	"fathom/state"
	"fathom/ui/cell"
	"fathom/ui/layout"
	"fathom/ui/library"
	"fathom/ui/number"
)

// library lists the scenarios with what each last answered, and beside it today's answer where they were run again.
func (p *Painter) library() []string {
	s, o := &p.M.Shelf, &p.M.Overlay
	head := " " + p.T.Title.Paint(p.t("library.title")) + "  " + p.T.Muted.Paint(p.libraryHead())
	lines := []string{head, ""}
	if len(s.Shown) == 0 {
		key := "library.empty"
		if len(s.All) > 0 {
			key = "library.none"
		}
		return append(lines, p.wrap(p.T.Text, p.t(key), p.W-2, 2)...)
	}
	foot := p.sinceLines()
	n := max(1, p.s.Main.H-len(lines)-1-len(foot))
	p.scrolls(n, len(s.Shown))
	first := max(0, min(o.Top, len(s.Shown)-n))
	rows := make([][]string, 0, n+1)
	titles := []string{p.t("library.name"), p.t("library.model"), p.t("library.device"), p.t("library.strategy"),
		p.t("library.was"), p.t("library.range")}
	ran := false
	for i := range s.All {
		ran = ran || s.All[i].Today != nil
	}
	if ran {
		titles = append(titles, p.t("library.now"))
	}
	rows = append(rows, titles)
	last := min(len(s.Shown), first+n)
	for i := first; i < last; i++ {
		rows = append(rows, p.scenarioCells(&s.All[s.Shown[i]], ran))
	}
	figures, left := 2, len(titles)-6
	if ran && p.W < 100 { // today's answer is worth more than the interval of the one before
		figures = 1
		for i := range rows {
			rows[i] = slices.Delete(rows[i], 5, 6)
			if p.W < 80 {
				rows[i] = slices.Delete(rows[i], 1, 3)
			}
		}
	}
	for i, line := range p.libraryColumns(rows, figures, left) {
		if i == 0 {
			lines = append(lines, "     "+p.T.Muted.Paint(line))
			continue
		}
		at := first + i - 1
		mark := " "
		for _, name := range s.Marks {
			if name == s.All[s.Shown[at]].Name {
				mark = p.T.Marks.Marked
			}
		}
		line = p.cut(mark+" "+line, p.W-4)
		if at == o.Cursor {
			line = " " + p.T.Accent.Paint(p.T.Marks.Cursor) + " " + p.T.Focus.Paint(line)
		} else {
			line = "   " + line
		}
		p.zone(layout.Rect{X: 0, Y: p.s.Main.Y + len(lines), W: p.W, H: 1}, state.TargetItem, at)
		lines = append(lines, line)
	}
	return append(lines, foot...)
}

// libraryHead counts what is listed, marked and under way.
func (p *Painter) libraryHead() string {
	s := &p.M.Shelf
	head := []string{p.C.N("library.count", len(s.All), number.Int(len(s.All)))}
	if s.Words != "" {
		head = append(head, p.t("library.found", "n", number.Int(len(s.Shown)), "words", s.Words))
	}
	if len(s.Marks) > 0 {
		head = append(head, p.t("library.marked", "n", number.Int(len(s.Marks))))
	}
	if s.Busy != 0 {
		head = append(head, p.t("library.running", "n", number.Int(s.Done), "of", number.Int(s.Of)))
	}
	return p.dots(head...)
}

func (p *Painter) scenarioCells(x *state.Scenario, ran bool) []string {
	device, strategy, was, reach := p.devices(x.Device), p.t("library.not_run"), number.None, ""
	if x.Kept != nil {
		strategy = p.t("cross.none")
	}
	if b := x.Kept.Best(); b != nil {
		device, strategy, was = p.device(b.Device), cell.Clean(report.Brief(b.Strategy)), number.Digits(b.Throughput, 4)
		if b.High > 0 {
			reach = number.Digits(b.Low, 4) + "-" + number.Digits(b.High, 4)
		}
	}
	cells := []string{cell.Clean(x.Name), shortModel(x.Model), device, strategy, was, reach}
	if ran {
		cells = append(cells, p.today(x))
	}
	return cells
}

// devices are profiles by their short names.
func (p *Painter) devices(names string) string {
	list := strings.Fields(names)
	for i := range list {
		list[i] = p.device(list[i])
	}
	return strings.Join(list, " ")
}

// today is what a scenario answers now, and how far that is from what was kept.
func (p *Painter) today(x *state.Scenario) string {
	r := x.Today
	if r == nil {
		return ""
	}
	if !r.Fault.IsZero() {
		return p.t("library.fault")
	}
	now := r.Now.Best()
	if now == nil {
		return p.t("cross.none")
	}
	text := number.Digits(now.Throughput, 4)
	if was := x.Kept.Best(); was != nil {
		if d, ok := library.Moved(was.Throughput, now.Throughput); ok && d != 0 {
			text += " " + number.Change(was.Throughput, now.Throughput)
		}
	}
	if len(r.Changed) > 0 {
		text += " " + p.T.Marks.Marked
	}
	return text
}

// libraryColumns aligns the cells: texts, then figures to the right, and the last left columns to the left again.
// What does not fit is taken from the widest text.
func (p *Painter) libraryColumns(rows [][]string, figures, left int) []string {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for c, text := range row {
			widths[c] = max(widths[c], cell.Width(text))
		}
	}
	total := 2 * (len(widths) - 1)
	for _, w := range widths {
		total += w
	}
	least := []int{12, 8, 8, 9}[:min(4, len(widths)-figures-left)]
	for over := total - (p.W - 8); over > 0; { // from the right: the name is what a list is read by
		cut := -1
		for c, w := range least {
			if widths[c] > w && (cut < 0 || widths[c]-w > widths[cut]-least[cut]) {
				cut = c
			}
		}
		if cut < 0 {
			break
		}
		widths[cut]--
		over--
	}
	out := make([]string, len(rows))
	for i, row := range rows {
		var line []string
		for c, text := range row {
			if c >= len(widths)-figures-left && c < len(widths)-left {
				line = append(line, cell.Right(text, widths[c], p.T.Marks.More))
			} else {
				line = append(line, cell.Left(text, widths[c], p.T.Marks.More))
			}
		}
		out[i] = strings.TrimRight(strings.Join(line, "  "), " ")
	}
	return out
}

// sinceLines say of the scenario under the cursor what changed since it was kept, or when and by what that was.
func (p *Painter) sinceLines() (out []string) {
	s, at := &p.M.Shelf, p.M.Overlay.Cursor
	if at < 0 || at >= len(s.Shown) {
		return nil
	}
	x := &s.All[s.Shown[at]]
	var says []string
	switch r := x.Today; {
	case r != nil && !r.Fault.IsZero():
		says = append(says, p.C.Tell(r.Fault))
	case r != nil && len(r.Changed) == 0 && x.Kept != nil:
		says = append(says, p.t("library.same"))
	case r != nil:
		for _, m := range r.Changed {
			says = append(says, p.C.Tell(m))
		}
	case x.Kept != nil:
		says = append(says, p.t("library.kept", "at", day(x.Kept), "program", p.C.Program(cell.Clean(x.Kept.Program))))
		if b := x.Kept.Best(); b == nil && len(x.Kept.Results) > 0 {
			says = append(says, cell.Clean(x.Kept.Results[0].Reason))
		}
	}
	if len(says) == 0 {
		return nil
	}
	out = append(out, "")
	for _, s := range says {
		out = append(out, p.wrap(p.T.Muted, s, p.W-2, 1)...)
	}
	return out[:min(len(out), max(2, p.s.Main.H/3))]
}

// day is the minute at which an answer was kept.
func day(k *file.Kept) string {
	return cell.Clean(strings.TrimSuffix(strings.Replace(k.At, "T", " ", 1), "Z"))
}
