package pane

import (
	"math"
	"slices"
	"strings"

	"fathom/sim/chart"
	"fathom/state"
	"fathom/ui/cell"
	"fathom/ui/layout"
	"fathom/ui/number"
	"fathom/ui/plot"
)

// sweep is the answer over ranges: what is swept, the curve or the map, what the place under the cursor says, who wins
// how often, and where the winner changes.
func (p *Painter) sweep() []string {
	v := &p.M.Results.Sweep
	r := p.s.Main
	out := []string{p.sweepHead(v)}
	pic := v.Picture()
	if pic == nil {
		if !v.Fault.IsZero() {
			return append(out, p.wrap(p.T.Bad, p.C.Tell(v.Fault), r.W-2, 1)...)
		}
		return append(out, "", " "+p.T.Muted.Paint(p.t("sweep.waiting")))
	}
	if len(v.Pictures) > 1 {
		out = append(out, p.sweepTabs(v))
	}
	most := max(1, min(8, (r.H-14)/3)) // lines of each list
	foot := p.reading(v, r.W)
	foot = append(foot, p.winners(pic, r.W, most)...)
	foot = append(foot, p.changes(v, r.W, most)...)
	if !v.Fault.IsZero() {
		foot = append(foot, p.wrap(p.T.Bad, p.C.Tell(v.Fault), r.W-2, 1)...)
	}
	h := max(6, r.H-len(out)-len(foot))
	return append(append(out, p.pictures(v, layout.Rect{X: 0, Y: r.Y + len(out), W: r.W, H: h})...), foot...)
}

// sweepHead names the figure and the knobs, and says how far the sweep is.
func (p *Painter) sweepHead(v *state.SweepView) string {
	title := v.Text
	if pic := v.Picture(); pic != nil {
		title = p.figure(pic.Figure) + ": " + p.C.Knob(pic.X.Knob.Name)
		if pic.Y.Knob != nil {
			title += " x " + p.C.Knob(pic.Y.Knob.Name)
		}
	}
	said := p.t("sweep.done", "n", number.Int(v.Done))
	switch {
	case v.Run != 0:
		spin := p.T.Marks.Spinner[p.Tick%len(p.T.Marks.Spinner)]
		said = spin + " " + p.t("sweep.progress", "n", number.Int(v.Done), "of", number.Int(v.Of))
	case v.Result != nil && v.Result.Partial:
		said = p.t("sweep.stopped", "n", number.Int(v.Done), "of", number.Int(v.Of))
	case v.Result != nil:
		said = p.t("sweep.took", "n", number.Int(v.Done), "ms", number.Digits(v.Result.ElapsedMS, 3))
	}
	return p.ends(" "+p.T.Title.Paint(title), p.T.Muted.Paint(said), p.W-1)
}

func (p *Painter) figure(f chart.Figure) string { return p.t("figure." + f.String()) }

// sweepTabs are the pictures: the devices, and who wins where.
func (p *Painter) sweepTabs(v *state.SweepView) string {
	several := len(v.Pictures) > 0 && slices.ContainsFunc(v.Pictures, func(x *chart.Picture) bool {
		return x.Phase != v.Pictures[0].Phase
	})
	line := " "
	for i, pic := range v.Pictures {
		name := p.pictureName(pic, several)
		if i == v.Shown {
			line += p.T.Accent.Paint("["+name+"]") + " "
		} else {
			line += " " + p.T.Muted.Paint(name) + "  "
		}
	}
	return line
}

func (p *Painter) pictureName(pic *chart.Picture, phase bool) string {
	name := p.t("sweep.who")
	if !pic.Contest() {
		name = p.device(pic.Device)
	}
	if phase {
		name += ", " + p.phaseOf(pic.Phase)
	}
	return name
}

func (p *Painter) phaseOf(name string) string {
	if name == "pd_ratio" {
		return p.t("mode." + name)
	}
	return p.t("phase." + name)
}

// sideBySide is the width from which two pictures stand beside each other.
const sideBySide = 160

// pictures draws the chosen picture, on a wide screen the next one beside it on the same scale.
func (p *Painter) pictures(v *state.SweepView, r layout.Rect) []string {
	pic := v.Picture()
	if r.W < sideBySide || len(v.Pictures) < 2 {
		return p.picture(v, pic, r.W, r.H, tallest(pic))
	}
	next := v.Pictures[(v.Shown+1)%len(v.Pictures)]
	top, w := max(tallest(pic), tallest(next)), (r.W-layout.Gap)/2
	several := pic.Phase != next.Phase
	left := append([]string{" " + p.T.Title.Paint(p.pictureName(pic, several))}, p.picture(v, pic, w, r.H-1, top)...)
	right := append([]string{p.T.Title.Paint(p.pictureName(next, several))}, p.picture(v, next, w, r.H-1, top)...)
	out := make([]string, max(len(left), len(right)))
	for i := range out {
		a, b := "", ""
		if i < len(left) {
			a = left[i]
		}
		if i < len(right) {
			b = right[i]
		}
		out[i] = cell.Left(a, w, "") + " " + p.T.Muted.Paint(p.T.Marks.Bar) + " " + b
	}
	return out
}

// tallest is the end of a picture's scale: its largest figure, or the upper end of an interval.
func tallest(pic *chart.Picture) float64 {
	top := pic.Top
	if pic.Y.Knob == nil {
		for i := range pic.Rows[0] {
			if c := pic.Rows[0][i].Cell; c != nil {
				if b := pic.Figure.Band(c); b != nil {
					top = max(top, b.High)
				}
			}
		}
	}
	return top
}

func (p *Painter) picture(v *state.SweepView, pic *chart.Picture, w, h int, top float64) []string {
	if pic.Y.Knob != nil {
		return p.heat(v, pic, w, h, top)
	}
	lines := p.sweptCurve(v, pic, top).Lines(w, h, p.T)
	if lines == nil {
		lines = []string{"", " " + p.T.Muted.Paint(p.t("sweep.none"))}
	}
	return lines
}

// sweptCurve is the figure along the knob in the colours and letters of the winners, with its interval as two lines and
// places without an answer at the bottom.
func (p *Painter) sweptCurve(v *state.SweepView, pic *chart.Picture, top float64) plot.Chart {
	x, row := pic.X, pic.Rows[0]
	c := plot.Chart{XLabel: p.C.Knob(x.Knob.Name), YLabel: p.figure(pic.Figure), Right: 1, Top: top}
	at := func(i int) float64 { return x.At(x.Values[i]) }
	for i, value := range x.Values {
		c.Ticks = append(c.Ticks, plot.Tick{At: at(i), Label: x.Knob.Print(value)})
	}
	here := at(v.X)
	c.Series = append(c.Series, plot.Series{Line: true, Ink: p.T.Muted, Sign: '|',
		Points: []plot.Point{{X: here}, {X: here, Y: top}}})
	low := plot.Series{Name: p.t("plot.legend.range"), Line: true, Ink: p.T.Muted, Sign: '-'}
	high := plot.Series{Line: true, Ink: p.T.Muted, Sign: '-'}
	var missing plot.Series
	missing.Ink = p.T.Muted
	gap := plot.Point{X: math.NaN()}
	for i := range row {
		pl := &row[i]
		if pl.Cell != nil {
			if b := pic.Figure.Band(pl.Cell); b != nil {
				low.Points = append(low.Points, plot.Point{X: at(i), Y: b.Low})
				high.Points = append(high.Points, plot.Point{X: at(i), Y: b.High})
			} else {
				low.Points, high.Points = append(low.Points, gap), append(high.Points, gap)
			}
			if pl.Winner < 0 {
				missing.Points = append(missing.Points, plot.Point{X: at(i), Sign: chart.Failed(pl.Cell.Status)})
			}
		}
	}
	c.Series = append(c.Series, low, high, missing)
	for n := range pic.Winners {
		line := plot.Series{Line: true, Ink: p.T.Hue(n), Sign: '.'}
		for i := range row {
			y, ok := pic.Figure.Of(row[i].Cell)
			if row[i].Winner != n || !ok {
				line.Points = append(line.Points, gap)
				continue
			}
			line.Points = append(line.Points, plot.Point{X: at(i), Y: y, Sign: pic.Winners[n].Sign})
		}
		c.Series = append(c.Series, line)
	}
	return c
}

// heat is the part of a map around the cursor that the room holds: the first knob to the right, the second upwards.
func (p *Painter) heat(v *state.SweepView, pic *chart.Picture, w, h int, top float64) []string {
	x, y := pic.X.Knob, pic.Y.Knob
	out := plot.Heat{XLabel: p.C.Knob(x.Name), YLabel: p.C.Knob(y.Name)}
	margin := 0
	for _, value := range pic.Y.Values {
		margin = max(margin, len(y.Print(value)))
	}
	cols := max(1, min(len(pic.X.Values), (w-margin-3)/plot.TileWidth))
	rows := max(1, min(len(pic.Rows), h-4))
	left := max(0, min(v.X-cols/2, len(pic.X.Values)-cols))
	low := max(0, min(v.Y-rows/2, len(pic.Rows)-rows))
	for i := left; i < left+cols; i++ {
		out.Columns = append(out.Columns, x.Print(pic.X.Values[i]))
	}
	for n := low + rows - 1; n >= low; n-- {
		row := make([]plot.Tile, cols)
		for i := range row {
			row[i] = plot.TileOf(pic, &pic.Rows[n][left+i], top)
		}
		out.Rows, out.Labels = append(out.Rows, row), append(out.Labels, y.Print(pic.Y.Values[n]))
	}
	out.Cursor = &plot.Spot{X: v.X - left, Y: low + rows - 1 - v.Y}
	lines := out.Lines(p.T)
	if cols < len(pic.X.Values) || rows < len(pic.Rows) {
		lines[0] = p.ends(lines[0], p.T.Muted.Paint(p.t("sweep.window", "w", itoa(cols), "h", itoa(rows),
			"all", itoa(len(pic.X.Values)), "tall", itoa(len(pic.Rows)))), w-1)
	}
	return lines
}

// reading is what stands at the place under the cursor.
func (p *Painter) reading(v *state.SweepView, w int) []string {
	pic, at := v.Picture(), v.Place()
	head := p.C.Knob(pic.X.Knob.Name) + " " + pic.X.Knob.Print(pic.X.Values[v.X])
	if pic.Y.Knob != nil {
		head += ", " + p.C.Knob(pic.Y.Knob.Name) + " " + pic.Y.Knob.Print(pic.Y.Values[v.Y])
	}
	c := at.Cell
	var says string
	switch {
	case c == nil:
		says = p.t("sweep.unanswered")
	case c.Label == "":
		says = p.t("status."+string(c.Status)) + ": " + p.C.Tell(c.Reason)
	default:
		items := []string{briefLabel(c.Label), number.Digits(c.Throughput, 4) + " tok/s"}
		if pic.Contest() {
			items[0] = p.device(c.Device) + " " + items[0]
		}
		if c.Interval != nil {
			items[1] += " (" + number.Digits(c.Interval.Low, 3) + ".." + number.Digits(c.Interval.High, 3) + ")"
		}
		if c.PerDevice > 0 {
			items = append(items, p.t("head.per_device", "v", number.Digits(c.PerDevice, 4)))
		}
		if c.Cost != nil {
			items = append(items, p.t("figure.cost")+" "+number.Digits(*c.Cost, 4))
		}
		if c.TTFT != nil {
			items = append(items, "TTFT "+number.Digits(*c.TTFT, 4)+" ms")
		}
		if c.TPOT != nil {
			items = append(items, "TPOT "+number.Digits(*c.TPOT, 4)+" ms")
		}
		if c.InFlight > 0 {
			items = append(items, p.t("head.concurrency", "n", number.Int(c.InFlight)))
		}
		says = p.dots(items...)
	}
	lines := cell.Wrap(head+": "+cell.Clean(says), w-3)
	for i := range lines {
		mark := "  "
		if i == 0 {
			mark = p.T.Accent.Paint(p.T.Marks.Cursor) + " "
		}
		lines[i] = mark + p.T.Strong.Paint(lines[i])
	}
	return lines[:min(len(lines), 3)]
}

// briefLabel leaves out of a strategy what says nothing.
func briefLabel(label string) string {
	return strings.ReplaceAll(strings.ReplaceAll(cell.Clean(label), " | ", " "), " PP=1 ", " ")
}

// winners explains letters and colours: who wins how many of the places, and why others have no answer.
func (p *Painter) winners(pic *chart.Picture, w, most int) []string {
	var items []string
	for i, x := range pic.Winners {
		name := briefLabel(x.Name)
		if pic.Contest() {
			name = p.device(x.Name)
		}
		items = append(items, p.T.Hue(i).Paint(string(x.Sign))+" "+name+" "+number.Share(x.Share))
	}
	for _, m := range pic.Missing {
		items = append(items, p.T.Muted.Paint(string(m.Sign))+" "+p.t("status."+string(m.Status))+" "+number.Share(m.Share))
	}
	return p.packed(items, w, most)
}

// packed puts items on as few lines as hold them, two blanks apart; what does not fit on the last line is counted.
func (p *Painter) packed(items []string, w, most int) (out []string) {
	line := ""
	for i, s := range items {
		switch {
		case line == "":
			line = " " + s
		case cell.Width(line)+2+cell.Width(s) <= w-8 || len(out) < most-1 && cell.Width(line)+2+cell.Width(s) <= w-1:
			line += "  " + s
		case len(out) == most-1:
			return append(out, line+"  "+p.T.Muted.Paint("+"+itoa(len(items)-i)))
		default:
			out, line = append(out, line), " "+s
		}
	}
	if line != "" {
		out = append(out, line)
	}
	return out
}

// changes names the steps along the first knob over which the winner changes; of a map those of the cursor's row.
func (p *Painter) changes(v *state.SweepView, w, most int) []string {
	pic := v.Picture()
	sign := func(i int) string {
		if i < 0 {
			return p.t("sweep.nobody")
		}
		return p.T.Hue(i).Paint(string(pic.Winners[i].Sign))
	}
	var items []string
	for _, c := range pic.Changes {
		if c.Row == v.Y {
			print := pic.X.Knob.Print
			items = append(items, print(pic.X.Values[c.From])+".."+print(pic.X.Values[c.To])+" "+sign(c.Was)+" "+
				p.T.Marks.Arrow+" "+sign(c.Now))
		}
	}
	if len(items) == 0 {
		return nil
	}
	items[0] = p.T.Title.Paint(p.t("sweep.changes")) + ": " + items[0]
	return p.packed(items, w, most)
}

// sweepHelp is under the line that knobs and ranges are typed in: what is wrong, or how many plans that would be.
func (p *Painter) sweepHelp() []string {
	o := &p.M.Overlay
	if !o.Fault.IsZero() {
		return append(p.wrap(p.T.Warn, "! "+cell.Clean(p.C.Tell(o.Fault)), p.W-2, 2), "")
	}
	if plans, slow := p.M.SweepPlans(); plans > 0 {
		if !slow.IsZero() {
			return append(p.wrap(p.T.Warn, "! "+cell.Clean(p.C.Tell(slow)), p.W-2, 2), "")
		}
		return []string{"  " + p.T.Muted.Paint(p.t("sweep.plans", "n", number.Int(plans))), ""}
	}
	return append(p.wrap(p.T.Muted, p.t("sweep.syntax"), p.W-2, 2), "")
}
