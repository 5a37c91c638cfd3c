package pane

import (
	"strings"

	"fathom/state"
	"fathom/state/field"
	"fathom/state/table"
	"fathom/ui/cell"
	"fathom/ui/layout"
	"fathom/ui/number"
	"fathom/ui/text"

	"github.com/charmbracelet/x/ansi"
)

// overlay draws a menu, a prompt or a question in place of the pane's body.
func (p *Painter) overlay() []string {
	o := &p.M.Overlay
	title := p.journey()
	if p.M.Pane == state.Showing {
		title = p.asked()
	}
	var lines []string
	switch o.Kind {
	case state.HelpOverlay:
		lines = p.scrollUnder(p.helpHead(), p.HelpText(o.Over, p.W), o.Top)
	case state.PromptOverlay:
		lines = p.prompt()
	case state.PaletteOverlay:
		lines = p.palette()
	case state.QuitOverlay:
		lines = append([]string{""}, p.wrap(p.T.Strong, p.t("quit.ask"), p.W-2, 2)...)
		if why := p.M.Loses(); why != "" { // a run may end under the question
			lines = append(lines, p.wrap(p.T.Text, p.t(why), p.W-2, 2)...)
		}
	case state.FitOverlay:
		lines = p.fitQuestion()
	case state.VerdictOverlay:
		all := p.verdict()
		p.scrolls(p.s.Main.H, len(all))
		lines = p.scroll(all, o.Top, p.s.Main)
	case state.LibraryOverlay:
		lines = p.library()
	case state.SweepOverlay:
		lines = p.sweep()
	case state.DecisionOverlay:
		all := p.decision()
		p.scrolls(p.s.Main.H, len(all))
		lines = p.scroll(all, o.Top, p.s.Main)
	case state.CompareOverlay:
		all := p.compare()
		p.scrolls(p.s.Main.H, len(all))
		lines = p.scroll(all, o.Top, p.s.Main)
	default:
		lines = p.menu()
	}
	return p.page(title, layout.Piece{Rect: p.s.Main, Lines: lines})
}

// scrollUnder keeps head in place and scrolls the rest.
func (p *Painter) scrollUnder(head, lines []string, top int) []string {
	r := p.s.Main
	r.H -= len(head)
	p.scrolls(r.H, len(lines))
	return append(head, p.scroll(lines, top, r)...)
}

// menu lists items with their keys. An item that cannot be chosen says why.
func (p *Painter) menu() []string {
	o := &p.M.Overlay
	out := []string{" " + p.T.Title.Paint(p.t("menu."+menuName(o.Kind))), ""}
	n := p.s.Main.H - len(out)
	p.scrolls(n, len(o.Items))
	first := max(0, min(o.Top, len(o.Items)-n))
	rows := p.historyLines()
	for i := first; i < min(len(o.Items), first+n); i++ {
		it := &o.Items[i]
		text, ink := p.t(it.Text, it.Pairs...), p.T.Text
		switch {
		case rows != nil:
			text = rows[i]
		case it.Near != nil:
			text = p.t("table.admits", "label", table.ShortLabel(&it.Near.Row), "batch", number.Int(it.Near.Row.Batch),
				"relax", p.C.Tell(it.Near.Relax))
		}
		on := " "
		if it.On {
			on = p.T.Marks.On
		}
		if it.Disabled != "" {
			text += "  (" + p.t(it.Disabled) + ")"
			ink = p.T.Muted
		}
		key := p.keyOf(it.Action)
		if key != "" {
			key = cell.Left(key, 4, "")
		}
		line := p.cut(on+" "+key+cell.Clean(text), p.W-5)
		if i == o.Cursor {
			line = p.T.Accent.Paint(p.T.Marks.Cursor) + " " + p.T.Focus.Paint(line)
		} else {
			line = "  " + ink.Paint(line)
		}
		if first > 0 && i == first {
			line = cell.Left(line, max(cell.Width(line)+2, 28), "") + p.T.Muted.Paint(p.t("more.rows_above", "n", itoa(first)))
		}
		if rest := len(o.Items) - first - n; rest > 0 && i == first+n-1 { // the menu goes on
			line = cell.Left(line, max(cell.Width(line)+2, 28), "") + p.T.Muted.Paint(p.t("more.rows", "n", itoa(rest)))
		}
		p.zone(layout.Rect{X: 0, Y: p.s.Main.Y + len(out), W: p.W, H: 1}, state.TargetItem, i)
		out = append(out, " "+line)
	}
	return out
}

// historyLines are the runs of the menu in columns: which one, what was planned, its winner, what that serves, and what
// was changed for it, or what tells it from the others.
func (p *Painter) historyLines() []string {
	o := &p.M.Overlay
	if o.Kind != state.HistoryOverlay {
		return nil
	}
	const columns = 4
	cells := make([][columns + 1]string, len(o.Items))
	var widths [columns]int
	for i := range o.Items {
		pairs := map[string]string{}
		for n := 0; n+1 < len(o.Items[i].Pairs); n += 2 {
			pairs[o.Items[i].Pairs[n]] = cell.Clean(o.Items[i].Pairs[n+1])
		}
		cells[i] = [...]string{p.t(o.Items[i].Text, "run", pairs["run"]), shortModel(pairs["model"]), pairs["best"],
			pairs["throughput"] + " " + pairs["unit"],
			pairs["name"]}
		told := map[field.ID]bool{}
		if e := p.M.Entry(o.Items[i].Index); e != nil {
			for _, c := range e.Changed {
				cells[i][4] = strings.TrimSpace(cells[i][4] + "  " + p.change(c))
				told[c.ID] = true
			}
		}
		for _, c := range o.Items[i].Differs {
			value := cell.Clean(c.After)
			if value == "" {
				value = number.None
			}
			if !told[c.ID] {
				cells[i][4] = strings.TrimSpace(cells[i][4] + "  " + p.label(c.ID) + " " + value)
			}
		}
		if pairs["best"] == "" {
			cells[i][2], cells[i][3] = p.t("cross.none"), number.None
		} else if v, ok := number.Parse(pairs["throughput"]); ok {
			cells[i][3] = number.Digits(v, 4) + " " + pairs["unit"]
		}
		for c := range columns {
			widths[c] = max(widths[c], cell.Width(cells[i][c]))
		}
	}
	widths[2] = min(widths[2], max(16, p.W-widths[0]-widths[1]-widths[3]-44))
	out := make([]string, len(cells))
	for i, row := range cells {
		out[i] = cell.Left(row[0], widths[0], "") + "  " + cell.Left(row[1], widths[1], "") + "  " +
			cell.Left(row[2], widths[2], p.T.Marks.More) + "  " +
			cell.Right(row[3], widths[3], "") + "  " + row[4]
	}
	return out
}

func menuName(k state.OverlayKind) string {
	switch k {
	case state.SortOverlay:
		return "sort"
	case state.AdmitOverlay:
		return "admit"
	case state.CopyOverlay:
		return "copy"
	case state.ExportOverlay:
		return "export"
	}
	return "history"
}

// keyOf is the letter of a menu item.
func (p *Painter) keyOf(a state.Action) string {
	if keys := p.M.KeysOf(a); len(keys) > 0 {
		return text.KeyName(keys[0])
	}
	return ""
}

// prompt asks for one line of text.
func (p *Painter) prompt() []string {
	o := &p.M.Overlay
	out := append([]string{""}, p.wrap(p.T.Strong, p.t("prompt."+o.Prompt.String()), p.W-2, 2)...)
	if o.Prompt == state.PromptDuplicate || o.Prompt == state.PromptRename {
		out = append(out, p.wrap(p.T.Muted, o.Of, p.W-2, 2)...)
	}
	if row := p.selected(); o.Prompt == state.PromptMeasured && row != nil {
		out = append(out, p.wrap(p.T.Muted, p.t("measured.asked_row", "row", cell.Clean(table.ShortLabel(row))), p.W-2, 2)...)
	}
	out = append(out, "", "  > "+p.input(o.Text, p.W-8), "")
	if o.Prompt == state.PromptSweep {
		out = append(out, p.sweepHelp()...)
	}
	if k := &o.Picker; len(k.Items) > 0 {
		out = append(out, p.choosing(k, p.W), "")
		r := p.s.Main
		r.Y, r.H = r.Y+len(out), r.H-len(out)
		out = append(out, p.items(k, r)...)
	}
	return out
}

// fullText is a text alone on the screen, from the first column, so that it can be selected by hand. Long lines break
// the way a shell accepts.
func (p *Painter) fullText() []string {
	lines := PlainText(p.M.Overlay.Text, p.W)
	p.scrolls(p.H-1, len(lines))
	lines = window(lines, p.M.Overlay.Top, p.H-1)
	lines = append([]string(nil), lines...)
	for len(lines) < p.H-1 {
		lines = append(lines, "")
	}
	if p.Watch != nil {
		return append(lines, p.watching())
	}
	if said, ok := p.Notice(); ok { // why the text is shown
		return append(lines, said)
	}
	return append(lines, p.T.Muted.Paint(p.cut(p.t("fulltext.hint"), p.W)))
}

// commandLines writes a command for reading: flags with their values on lines of at most w cells, never cut.
func commandLines(argv []string, w int) []string {
	w = max(w, 20)
	var out []string
	for _, line := range strings.Split(field.Wrap(argv, w), "\n") {
		indent := len(line) - len(strings.TrimLeft(line, " "))
		if cell.Width(line) <= w {
			out = append(out, cell.Clean(line))
			continue
		}
		for i, s := range PlainText(strings.TrimSpace(line), w-4) {
			if i > 0 {
				indent = 4
			}
			for _, part := range strings.Split(ansi.Hardwrap(s, w-indent, true), "\n") {
				out = append(out, cell.Space(indent)+part)
			}
		}
	}
	return out
}

// PlainText lays a text out for selection by hand: no indent, no padding, a long line broken at blanks with a backslash
// behind.
func PlainText(text string, w int) []string {
	var out []string
	for _, line := range strings.Split(text, "\n") {
		line = cell.Clean(line)
		for cell.Width(line) > w {
			head := cell.Head(line, w-1)
			at := strings.LastIndexByte(head, ' ')
			if at <= 0 {
				break // one long word: leave it whole, the terminal cuts it
			}
			out = append(out, line[:at]+" \\")
			line = line[at+1:]
		}
		out = append(out, line)
	}
	return out
}
