package pane

import (
	"fathom/sim/report"
	"fathom/state"
	"fathom/ui/cell"
	"fathom/ui/number"
)

// compare puts the marked rows side by side, a figure a line; the best of each line carries a sign.
func (p *Painter) compare() []string {
	marks := p.M.Results.Marks
	first := max(0, min(p.M.Overlay.Left, len(marks)-1))
	const label = 16
	w := p.compareWidth(marks)
	n := max(1, min(len(marks)-first, (p.W-label-1)/(w+1)))
	marks = marks[first:min(len(marks), first+n)]
	out := []string{" " + p.T.Title.Paint(cell.Left(p.t("compare.title"), label-1, "")), cell.Space(label)}
	for _, m := range marks {
		out[0] += " " + p.T.Strong.Paint(cell.Right(markName(m), w, p.T.Marks.More))
		out[1] += " " + p.T.Muted.Paint(cell.Right(p.dots("#"+itoa(m.Key.Run), p.device(m.Key.Device)), w, p.T.Marks.More))
	}
	for id := range state.NumColumns {
		c := &state.Columns[id]
		if id == state.ColStrategy || id == state.ColDevice {
			continue // they head the column
		}
		if line, ok := p.compareLine(c, marks, w, label); ok {
			out = append(out, line)
		}
	}
	foot := []string{p.t("compare.legend", "mark", p.T.Marks.Marked)}
	if rest := len(p.M.Results.Marks) - first - len(marks); rest > 0 {
		foot = append(foot, p.t("compare.more", "n", itoa(rest)))
	}
	out = append(out, "", " "+p.T.Muted.Paint(p.dots(foot...)))
	for _, m := range marks {
		out = append(out, p.spent(m)...)
	}
	return out
}

// widestStrip is as wide as shares of bars can still be compared by eye.
const widestStrip = 120

// spent is what the time of a marked row goes into.
func (p *Painter) spent(m state.Marked) (out []string) {
	rows := []*report.Row{m.Item.Row}
	if m.Item.Ratio != nil {
		rows = []*report.Row{&m.Item.Ratio.Prefill, &m.Item.Ratio.Decode}
	}
	for _, r := range rows {
		if r == nil {
			continue
		}
		if strip := p.strip(r, min(p.W, widestStrip)); strip != nil {
			strip[0] += p.T.Muted.Paint("  " + p.dots("#"+itoa(m.Key.Run), p.device(m.Key.Device)))
			out = append(append(out, ""), strip...)
		}
	}
	return out
}

// markName is what tells a marked row from the others.
func markName(m state.Marked) string {
	switch {
	case m.Item.Row != nil:
		return state.ShortLabel(m.Item.Row) + " b" + itoa(m.Item.Row.Batch)
	case m.Item.Ratio != nil:
		return state.ShortLabel(&m.Item.Ratio.Prefill) + " : " + state.ShortLabel(&m.Item.Ratio.Decode)
	}
	return ""
}

// compareWidth is a column that holds the longest name, as long as two of them fit.
func (p *Painter) compareWidth(marks []state.Marked) int {
	w := 20
	for _, m := range marks {
		w = max(w, cell.Width(markName(m)), cell.Width(p.device(m.Key.Device))+6)
	}
	return min(w, max(20, (p.W-20)/2))
}

// compareLine is one figure of all marked rows; one that none of them has gives no line.
func (p *Painter) compareLine(c *state.Column, marks []state.Marked, w, label int) (string, bool) {
	best := bestOf(c, marks)
	any := false
	texts := make([]string, len(marks))
	for i, m := range marks {
		texts[i] = number.None
		if c.Kinds[kindOf(m.Item)] {
			texts[i] = p.cell(c.ID, state.Shown{Item: m.Item})
		}
		any = any || texts[i] != "" && texts[i] != number.None && texts[i] != "0"
	}
	line := " " + cell.Left(p.t("column."+c.Key), label-1, p.T.Marks.More)
	for i, text := range texts {
		if i == best && differ(texts) {
			line += " " + p.T.Good.Paint(cell.Right(p.T.Marks.Marked+" "+text, w, p.T.Marks.More))
		} else {
			line += " " + cell.Right(text, w, p.T.Marks.More)
		}
	}
	return line, any
}

func differ(texts []string) bool {
	for _, s := range texts {
		if s != texts[0] {
			return true
		}
	}
	return false
}

func kindOf(i state.Item) state.TableKind {
	switch {
	case i.Cross != nil:
		return state.Crosses
	case i.Ratio != nil:
		return state.Ratios
	}
	return state.Points
}

// bestOf is the index of the one best figure, -1 where no end is better or the best is shared.
func bestOf(c *state.Column, marks []state.Marked) int {
	best, any, top := -1, false, 0.0
	if c.Better == state.Neither || c.Number == nil {
		return best
	}
	for i, m := range marks {
		if !c.Kinds[kindOf(m.Item)] {
			continue
		}
		v, ok := c.Number(m.Item)
		if !ok {
			continue
		}
		if c.Better == state.Smaller {
			v = -v
		}
		switch {
		case !any || v > top:
			best, top, any = i, v, true
		case v == top:
			best = -1
		}
	}
	return best
}
