package pane

import (
	"slices"
	"strings"

	"fathom/sim/report"
	"fathom/state"
	"fathom/state/table"
	"fathom/ui/cell"
	"fathom/ui/layout"
	"fathom/ui/number"
)

// tableColumn is a column with the cells that it got.
type tableColumn struct {
	id    table.ColumnID
	title string
	w     int
	right bool // figures stand at the right
	both  bool // shows both ends of an interval
}

const rowMarks = 3 // cells before the first column: cursor, mark, blank

// twins are columns that only tell something together: one side of a pair without the other misleads.
var twins = map[table.ColumnID]table.ColumnID{
	table.ColPrefillInstances: table.ColDecodeInstances, table.ColDecodeInstances: table.ColPrefillInstances,
	table.ColPrefillQPS: table.ColDecodeQPS, table.ColDecodeQPS: table.ColPrefillQPS,
	table.ColPrefillBatch: table.ColDecodeBatch, table.ColDecodeBatch: table.ColPrefillBatch,
}

// fitColumns keeps the columns that the width has room for, the least telling dropped whole; none is ever squeezed.
// What is left over goes to the texts, the last one first.
func (p *Painter) fitColumns(of *table.Table, w int) []tableColumn {
	cols := make([]tableColumn, 0, len(of.Columns))
	for _, id := range of.Columns {
		c := &table.Columns[id]
		t := tableColumn{id: id, title: p.t("column." + c.Key), right: c.Text == nil}
		t.w = max(c.Width, cell.Width(t.title)+1)
		if x, ok := spans[id]; ok {
			t.title = p.t("column_range." + c.Key)
			t.w, t.both = max(x.w, cell.Width(t.title)+1), true
		}
		switch id {
		case table.ColStrategy, table.ColPrefillStrategy, table.ColDecodeStrategy:
			t.w = max(t.w, p.textWidth(id, of))
		case table.ColDevice:
			t.w = max(cell.Width(t.title)+1, p.textWidth(id, of))
		}
		cols = append(cols, t)
	}
	used := func() int {
		n := rowMarks
		for _, c := range cols {
			n += c.w + 1
		}
		return n - 1
	}
	for len(cols) > 1 && used() > w {
		worst := 0
		for i, c := range cols {
			if p.priority(c.id, of) >= p.priority(cols[worst].id, of) {
				worst = i
			}
		}
		if c := &cols[worst]; c.both { // one end before none
			whole := &table.Columns[c.id]
			c.title, c.both = p.t("column."+whole.Key), false
			c.w = max(whole.Width, cell.Width(c.title)+1)
			continue
		}
		id := cols[worst].id
		if squeeze(cols, used()-w) {
			break // both strategies of a pair, with a sign, before one of them
		}
		cols = append(cols[:worst], cols[worst+1:]...)
		cols = slices.DeleteFunc(cols, func(c tableColumn) bool { twin, ok := twins[id]; return ok && c.id == twin })
	}
	left := w - used()
	for i := range cols {
		if !cols[i].both {
			continue
		}
		long := p.t("column_range_long." + table.Columns[cols[i].id].Key)
		if wide := max(cols[i].w, cell.Width(long)+1); wide-cols[i].w <= left {
			left -= wide - cols[i].w
			cols[i].title, cols[i].w = long, wide
		}
	}
	for i := len(cols) - 1; i >= 0 && left > 0; i-- {
		if cols[i].right {
			continue
		}
		extra := min(left, 24)
		if cols[i].id == table.ColStatus {
			extra = left
		}
		cols[i].w += extra
		left -= extra
	}
	return cols
}

// priority is the rank of a column here. Among all points the batch tells rows of a strategy apart, and where several
// token budgets were tried so does the budget.
func (p *Painter) priority(id table.ColumnID, of *table.Table) int {
	if of.Kind == table.Points && p.M.Results.All && p.M.Pane == state.Showing {
		switch id {
		case table.ColBatch:
			return 1
		case table.ColBudget:
			return 3
		}
	}
	if of.Kind == table.Crosses && id == table.ColThroughputLow {
		return 1 // what says whether a profile is better
	}
	return table.Columns[id].Priority
}

// table draws header and visible rows into r and makes them known to the mouse.
func (p *Painter) table(r layout.Rect) []string {
	t := &p.M.Results.Table
	if p.M.Pane == state.Running {
		t = &p.M.Live.Table
	}
	p.Room.Rows = max(1, r.H-1)
	cols := p.fitColumns(t, r.W)
	out := make([]string, 0, r.H)
	out = append(out, p.tableHead(cols, t, r))
	if t.Len() == 0 {
		out = append(out, p.emptyTable(t, r.W)...)
		if len(out) > r.H && r.H > 1 {
			out = append(out[:r.H-1], "   "+p.T.Muted.Paint(p.T.Marks.More))
		}
		return out
	}
	p.sight = r.H - 1
	for i, s := range p.M.Window(t.Top, r.H-1) {
		more := " " // the table goes on beyond the window
		switch {
		case i == 0 && t.Top > 0:
			more = p.T.Marks.Up
		case i == r.H-2 && s.Position < t.Len()-1:
			more = p.T.Marks.Down
		}
		out = append(out, p.row(cols, s, more, r.W))
		p.zone(layout.Rect{X: r.X, Y: r.Y + 1 + i, W: r.W, H: 1}, state.TargetRow, s.Position)
	}
	if row := p.selected(); p.s.One() && row != nil && r.H-len(out) >= 5 {
		strip := p.strip(row, r.W)
		for len(out) < r.H-len(strip)-1 {
			out = append(out, "")
		}
		out = append(out, strip...)
	}
	return out
}

// emptyTable says why there is nothing to see: the filter, or the limits and what would admit the nearest points.
func (p *Painter) emptyTable(t *table.Table, w int) []string {
	if t.Size() > 0 {
		return []string{"", "   " + p.T.Muted.Paint(p.cut(p.t("table.filtered", "filter", cell.Clean(t.Filter.Text)), w-4))}
	}
	d := p.onDevice()
	if d == nil || len(d.Nearest) == 0 || p.M.Pane == state.Running {
		return []string{"", "   " + p.T.Muted.Paint(p.t("table.empty"))}
	}
	out := append([]string{""}, p.wrap(p.T.Text, p.t("table.nearest"), w-1, 3)...)
	out = append(out, "")
	for i := range d.Nearest {
		n := &d.Nearest[i]
		name := p.cut(table.ShortLabel(&n.Row)+"  "+p.t("head.batch", "n", number.Int(n.Row.Batch)), w-4)
		lines := p.wrap(p.T.Text, p.C.Tell(n.Relax), w-1, 5)
		if cell.Width(name)+cell.Width(lines[0])+1 <= w && len(lines) == 1 {
			name, lines = name+"  "+strings.TrimLeft(lines[0], " "), nil
		}
		out = append(append(out, "   "+p.T.Strong.Paint(name)), lines...)
	}
	return out
}

func (p *Painter) tableHead(cols []tableColumn, t *table.Table, r layout.Rect) string {
	var b strings.Builder
	dropped := "" // columns that the details have
	if p.absent = len(t.Columns) - len(cols); p.absent > 0 {
		dropped = "+" + itoa(p.absent)
	}
	b.WriteString(p.T.Muted.Paint(cell.Left(dropped, rowMarks, "")))
	x := r.X + rowMarks
	for i, c := range cols {
		if i > 0 {
			b.WriteByte(' ')
			x++
		}
		title := c.title
		if c.id == t.Sort.Column {
			mark := p.T.Marks.Up
			if t.Sort.Down {
				mark = p.T.Marks.Down
			}
			if cell.Width(title)+2 <= c.w {
				title += " "
			}
			title += mark
		}
		if i == 0 && len(dropped) >= rowMarks { // two digits leave no blank before the first title: it gives one
			title = " " + p.cut(title, c.w-1)
		}
		if c.right {
			title = cell.Right(title, c.w, "")
		} else {
			title = cell.Left(title, c.w, "")
		}
		if c.id == t.Sort.Column {
			b.WriteString(p.T.Accent.Paint(title))
		} else {
			b.WriteString(p.T.Title.Paint(title))
		}
		for n, id := range t.Columns {
			if id == c.id {
				p.zone(layout.Rect{X: x, Y: r.Y, W: c.w, H: 1}, state.TargetColumn, n)
			}
		}
		x += c.w
	}
	return b.String()
}

// row draws one row; more is a sign that others follow beyond it. The row under the cursor is reversed as a whole, a
// row that lost is dim and carries its reason.
func (p *Painter) row(cols []tableColumn, s table.Shown, more string, w int) string {
	var b strings.Builder
	cursor, marked := " ", " "
	if s.Cursor {
		cursor = p.T.Marks.Cursor
	}
	if s.Marked {
		marked = p.T.Marks.Marked
	}
	b.WriteString(cursor + marked + more)
	for i, c := range cols {
		if i > 0 {
			b.WriteByte(' ')
		}
		text := p.cell(c.id, s)
		if both := p.spanOf(c.id, s.Item); c.both && both != "" && cell.Width(both) <= c.w {
			text = both
		}
		if c.id == table.ColStatus && cell.Width(text) > c.w {
			text = shortVerdict(text, c.w)
		}
		if c.right {
			if whole := &table.Columns[c.id]; cell.Width(text) > c.w && whole.Text == nil && whole.Decimals > 0 &&
				!whole.Signed {
				if v, ok := whole.Number(s.Item); ok {
					text = number.Fixed(v, 0) // whole rather than cut
				}
			}
			b.WriteString(cell.Right(text, c.w, p.T.Marks.More))
		} else {
			b.WriteString(cell.Left(text, c.w, p.T.Marks.More))
		}
	}
	line := b.String()
	switch {
	case s.Cursor && p.M.Results.Focus != state.OnTable && p.M.Pane == state.Showing:
		return p.T.Strong.Paint(line) // the keys move elsewhere
	case s.Cursor:
		return p.T.Focus.Paint(cell.Left(line, w, ""))
	case s.Row != nil && s.Row.Status != report.OK && s.Row.Status != "":
		return p.T.Muted.Paint(line)
	}
	return line
}

// shortVerdict says why a row lost in fewer cells: half a parenthesis says nothing, and half a number lies.
func shortVerdict(text string, w int) string {
	for at := strings.LastIndex(text, " ("); at > 0 && cell.Width(text) > w; at = strings.LastIndex(text, " (") {
		text = text[:at]
	}
	if cell.Width(text) > w {
		if whole, more := strings.CutSuffix(text, " more"); more {
			text = strings.Replace(whole, " needs ", " lacks ", 1)
		}
	}
	if cell.Width(text) > w {
		text = strings.TrimSuffix(text, " ms")
	}
	return text
}

// cell prints one value of a row.
func (p *Painter) cell(id table.ColumnID, s table.Shown) string {
	c := &table.Columns[id]
	switch {
	case id == table.ColDelta:
		switch {
		case s.BaseOf != nil && s.Ratio != nil:
			return number.Change(s.BaseOf.Value(), s.Ratio.Value())
		case s.Base == nil || s.Row == nil:
			return number.None
		}
		return number.Change(s.Base.Throughput, s.Row.Throughput)
	case id == table.ColRatio && s.Cross != nil && s.Answered() && p.restsOnRepriced(s.Cross):
		return number.Fixed(s.Cross.RatioToFirst, c.Decimals) + "*"
	case id == table.ColStatus:
		if s.Row.Reason.IsZero() {
			return p.t("status." + string(s.Row.Status))
		}
		return p.C.Tell(s.Row.Reason)
	case id == table.ColDevice:
		return p.device(c.Text(s.Item))
	case s.Cross != nil && !s.Answered() && (id == table.ColStrategy || id == table.ColPrefillStrategy):
		return p.t("cross.none")
	case id == table.ColPhase:
		if v := c.Text(s.Item); v != "" {
			return p.t("part." + v)
		}
		return ""
	case id == table.ColBottleneck:
		if v := c.Text(s.Item); p.C.Has("bottleneck." + v) {
			return p.t("bottleneck." + v)
		}
	case c.Text == nil:
		v, ok := c.Number(s.Item)
		if !ok {
			return number.None
		}
		if c.Signed {
			return number.Signed(v, c.Decimals)
		}
		return number.Fixed(v, c.Decimals)
	}
	return cell.Clean(c.Text(s.Item))
}
