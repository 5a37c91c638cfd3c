package pane

import (
	"slices"
	"strings"

	"fathom/sim/report"
	"fathom/state"
	"fathom/state/field"
	"fathom/state/table"
	"fathom/ui/cell"
	"fathom/ui/number"
)

// compare puts the marked rows side by side, a figure a line; the best of each line carries a sign.
func (p *Painter) compare() []string {
	marks := p.M.Results.Marks
	first := max(0, min(p.M.Overlay.Left, len(marks)-1))
	label := 16
	for _, id := range compared() {
		label = max(label, min(24, cell.Width(p.longTitle(id))+2))
	}
	w := p.compareWidth(marks, label)
	n := max(1, min(len(marks)-first, (p.W-label-1)/(w+1)))
	marks = marks[first:min(len(marks), first+n)]
	out := p.compareHead(marks, w, label)
	if lines := p.inputsDiffer(marks, w, label); len(lines) > 0 {
		out = append(append(out, lines...), "")
	}
	for _, s := range p.rangesSay(marks) { // before the figures, which a small screen cuts off
		out = append(out, p.wrap(p.T.Strong, s, p.W-1, 1)...)
	}
	for _, id := range compared() {
		if line, ok := p.compareLine(&table.Columns[id], marks, w, label); ok {
			out = append(out, line)
		}
		if line, ok := p.againstFirst(id, marks, w, label); ok {
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

// compareHead names the marked rows, each on as many lines as its name takes, and the run and profile of each.
func (p *Painter) compareHead(marks []state.Marked, w, label int) (out []string) {
	names, most := make([][]string, len(marks)), 0
	for i, m := range marks {
		names[i] = cell.Wrap(markName(m), w)
		if x := m.Item.Ratio; x != nil && cell.Width(markName(m)) > w {
			names[i] = []string{"P " + table.ShortLabel(&x.Prefill), "D " + table.ShortLabel(&x.Decode)}
		}
		most = max(most, len(names[i]))
	}
	for k := range most + 1 {
		line := cell.Space(label)
		if k == 0 {
			line = " " + p.T.Title.Paint(cell.Left(p.t("compare.title"), label-1, p.T.Marks.More))
		}
		for i, m := range marks {
			ink, text := p.T.Strong, ""
			switch {
			case k == most:
				ink, text = p.T.Muted, p.dots(p.entryName(m.Key.Run), p.device(m.Key.Device))
			case k < len(names[i]):
				text = names[i][k]
			}
			line += " " + ink.Paint(cell.Right(text, w, p.T.Marks.More))
		}
		out = append(out, line)
	}
	return out
}

// entryName is what a run is called, else its number.
func (p *Painter) entryName(run int) string {
	if e := p.M.Entry(run); e != nil && e.Name != "" {
		return cell.Clean(e.Name)
	}
	return "#" + itoa(run)
}

// inputsDiffer are the questions that the runs of the marked rows answer differently, a line each.
func (p *Painter) inputsDiffer(marks []state.Marked, w, label int) (out []string) {
	var plans []field.Answers
	for _, m := range marks {
		if e := p.M.Entry(m.Key.Run); e != nil {
			plans = append(plans, e.Answers)
		}
	}
	if len(plans) != len(marks) {
		return nil
	}
	for _, id := range field.Differing(plans) {
		f := &field.Table[id]
		line := " " + p.T.Accent.Paint(cell.Left(p.t(f.Text()+".label"), label-1, p.T.Marks.More))
		for i := range plans {
			text := p.C.Choice(f, plans[i][id].Text, false)
			if id == field.Device {
				text = p.devices(text)
			}
			line += " " + cell.Right(cell.Clean(text), w, p.T.Marks.More)
		}
		out = append(out, line)
	}
	return out
}

// againstFirst is how a figure of runs stands to that of the first one; the figures alone tell rows of one run apart.
func (p *Painter) againstFirst(id table.ColumnID, marks []state.Marked, w, label int) (string, bool) {
	c := &table.Columns[id]
	if _, own := spans[id]; own || c.Number == nil || !slices.Contains(judged, id) ||
		!slices.ContainsFunc(marks, func(m state.Marked) bool { return m.Key.Run != marks[0].Key.Run }) {
		return "", false
	}
	line, any := " "+p.T.Muted.Paint(cell.Left("  "+p.t("compare.delta"), label-1, p.T.Marks.More)), false
	value := func(m state.Marked) (float64, bool) {
		if !c.Kinds[kindOf(m.Item)] {
			return 0, false
		}
		return c.Number(m.Item)
	}
	first, ok := value(marks[0])
	for i, m := range marks {
		text := ""
		if v, has := value(m); i > 0 && ok && has {
			text = number.Change(first, v)
		}
		any = any || text != ""
		line += " " + p.T.Muted.Paint(cell.Right(text, w, p.T.Marks.More))
	}
	return line, any
}

// judged are the figures that runs are compared by.
var judged = []table.ColumnID{table.ColThroughput, table.ColBalanced, table.ColTTFT, table.ColTPOT, table.ColCost}

// compared are the lines in their order: an interval stands under its figure; strategy and profile head the column.
func compared() (out []table.ColumnID) {
	under := map[table.ColumnID]table.ColumnID{table.ColThroughput: table.ColThroughputLow,
		table.ColTTFT: table.ColTTFTHigh, table.ColTPOT: table.ColTPOTHigh}
	for id := range table.NumColumns {
		if _, own := spans[id]; own || id == table.ColStrategy || id == table.ColDevice {
			continue
		}
		out = append(out, id)
		if x, ok := under[id]; ok {
			out = append(out, x)
		}
	}
	return out
}

// rangesSay is what the intervals say of the marked rows' throughput; nothing of rows of different phases, whose tokens
// differ.
func (p *Painter) rangesSay(marks []state.Marked) (out []string) {
	var list []report.Named
	differ := func(of func(state.Marked) string) bool {
		return slices.ContainsFunc(marks, func(m state.Marked) bool { return of(m) != of(marks[0]) })
	}
	runs := differ(func(m state.Marked) string { return itoa(m.Key.Run) })
	devices, names := differ(func(m state.Marked) string { return m.Key.Device }), differ(markName)
	for _, m := range marks {
		var name []string // only what tells the rows apart
		if runs {
			name = append(name, p.entryName(m.Key.Run))
		}
		if devices {
			name = append(name, p.device(m.Key.Device))
		}
		if names || len(name) == 0 {
			name = append(name, markName(m))
		}
		x := report.Named{Name: strings.Join(name, " ")}
		switch {
		case m.Item.Row != nil && marks[0].Item.Row != nil && m.Item.Row.Phase == marks[0].Item.Row.Phase:
			x.Value, x.Range = m.Item.Row.Throughput, m.Item.Row.ThroughputRange
		case m.Item.Ratio != nil && marks[0].Item.Ratio != nil:
			x.Value, x.Range = m.Item.Ratio.Value(), m.Item.Ratio.Range()
		default:
			return nil
		}
		list = append(list, x)
	}
	for _, f := range report.Compared("", list) {
		out = append(out, p.finding(f))
	}
	return out
}

// told reports that the intervals tell the best of the marked rows' figures from every other; a figure without
// intervals stands for itself.
func told(id table.ColumnID, marks []state.Marked, best int) bool {
	of, ok := map[table.ColumnID]func(*report.Row) *report.Interval{
		table.ColThroughput: throughputReach, table.ColPerDevice: throughputReach, table.ColQPS: throughputReach,
		table.ColCost: throughputReach,
		table.ColTTFT: ttftReach, table.ColTPOT: tpotReach}[id]
	if !ok || best < 0 || marks[best].Item.Row == nil || of(marks[best].Item.Row) == nil {
		return true
	}
	for i, m := range marks {
		if i != best && m.Item.Row != nil && of(m.Item.Row) != nil &&
			!report.Apart(of(m.Item.Row), of(marks[best].Item.Row)) {
			return false
		}
	}
	return true
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
		return table.ShortLabel(m.Item.Row) + " b" + itoa(m.Item.Row.Batch)
	case m.Item.Ratio != nil:
		return table.ShortLabel(&m.Item.Ratio.Prefill) + " : " + table.ShortLabel(&m.Item.Ratio.Decode)
	}
	return ""
}

// compareWidth is a column that holds the longest name, as long as two of them fit.
func (p *Painter) compareWidth(marks []state.Marked, label int) int {
	w := 20
	for _, m := range marks {
		w = max(w, cell.Width(markName(m)), cell.Width(p.device(m.Key.Device))+6)
	}
	return min(w, max(20, (p.W-label-1)/2-1))
}

// compareLine is one figure of all marked rows; one that none of them has gives no line.
func (p *Painter) compareLine(c *table.Column, marks []state.Marked, w, label int) (string, bool) {
	best := bestOf(c, marks)
	any := false
	texts := make([]string, len(marks))
	for i, m := range marks {
		texts[i] = number.None
		if c.Kinds[kindOf(m.Item)] {
			texts[i] = p.cell(c.ID, table.Shown{Item: m.Item})
			if both := p.spanOf(c.ID, m.Item); both != "" {
				texts[i] = both
			}
		}
		any = any || texts[i] != "" && texts[i] != number.None && texts[i] != "0"
	}
	name := p.longTitle(c.ID)
	if _, ok := spans[c.ID]; ok {
		name, best = p.t("column_range."+c.Key), -1 // both ends have no better one
	}
	if !told(c.ID, marks, best) {
		best = -1
	}
	line := " " + cell.Left(name, label-1, p.T.Marks.More)
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

func kindOf(i table.Item) table.Kind {
	switch {
	case i.Cross != nil:
		return table.Crosses
	case i.Ratio != nil:
		return table.Ratios
	}
	return table.Points
}

// bestOf is the index of the one best figure, -1 where no end is better or the best is shared.
func bestOf(c *table.Column, marks []state.Marked) int {
	best, any, top := -1, false, 0.0
	if c.Better == table.Neither || c.Number == nil {
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
		if c.Better == table.Smaller {
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
