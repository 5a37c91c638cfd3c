package plot

import (
	"math"
	"slices"

	"fathom/ui/cell"
	"fathom/ui/number"
	"fathom/ui/style"
)

// Point is one measurement. A point with a Sign is drawn as that sign, the others as dots.
type Point struct {
	X, Y float64
	Sign rune
}

// drawn reports whether a point has a place: one that is no number only parts two lines.
func (p Point) drawn() bool { return finite(p.X) && finite(p.Y) }

// Series is points of one kind, joined in their order where Line is set. Sign stands for its dots in ASCII.
type Series struct {
	Name   string // in the legend, "" for none
	Points []Point
	Line   bool
	Ink    style.Ink
	Sign   rune
}

// Limit is a line across the chart: an SLO.
type Limit struct {
	At       float64
	Vertical bool
	Label    string
}

// Chart is a diagram with two linear axes that start at 0.
type Chart struct {
	Series         []Series
	Limits         []Limit
	XLabel, YLabel string
	Right, Top     float64 // where the axes end; 0: a little beyond the points
	Ticks          []Tick  // of the x axis; nil: round numbers
}

// Tick names a place of an axis.
type Tick struct {
	At    float64
	Label string
}

// Lines draws the chart in w x h cells: the name of the y axis and the legend on the first line, the name of the x axis
// and its ticks on the last two. Too little room, or nothing to draw, gives nil.
func (c Chart) Lines(w, h int, t style.Theme) []string {
	maxX, maxY := c.extent()
	if maxX <= 0 || maxY <= 0 || w < 20 || h < 6 {
		return nil
	}
	rows := h - 3
	yTicks := number.Nice(0, maxY, max(1, rows/3))
	for n := 2; len(yTicks) < 2 && n <= rows; n++ { // 0 alone is no scale
		yTicks = number.Nice(0, maxY, n)
	}
	margin := 1
	for _, v := range yTicks {
		margin = max(margin, cell.Width(tick(v, yTicks)))
	}
	cols := w - margin - 2
	canvas := NewCanvas(cols, rows, t.ASCII)
	dw, dh := canvas.Dots()
	at := func(x, y float64) (int, int) {
		return int(math.Round(x / maxX * float64(dw-1))), dh - 1 - int(math.Round(y/maxY*float64(dh-1)))
	}
	c.limits(canvas, at, maxX, maxY, t, false)
	for _, s := range c.Series {
		s.draw(canvas, at)
	}
	c.limits(canvas, at, maxX, maxY, t, true) // figures stand in front of everything

	lines := []string{cell.Ends(" "+t.Muted.Paint(c.YLabel), c.legend(w-cell.Width(c.YLabel)-3), w, "")}
	labels := make([]string, rows)
	for _, v := range yTicks {
		if _, y := at(0, v); y >= 0 && y/(dh/rows) < rows { // in the row of the dots that it names
			labels[y/(dh/rows)] = tick(v, yTicks)
		}
	}
	for y, row := range canvas.Lines() {
		lines = append(lines, t.Muted.Paint(cell.Right(labels[y], margin, "")+" "+t.Marks.Bar)+row)
	}
	return append(lines, c.axis(maxX, margin, cols, dw, t)...)
}

// legend explains the signs of the series that have a name, the last ones first where w cells do not hold them all:
// they are drawn in front of the others.
func (c Chart) legend(w int) string {
	s := ""
	for i := len(c.Series) - 1; i >= 0; i-- {
		x := &c.Series[i]
		if x.Name == "" || !slices.ContainsFunc(x.Points, Point.drawn) {
			continue
		}
		next := x.Ink.Paint(string(x.Sign)) + " " + x.Name
		if s != "" {
			next += "  " + s
		}
		if cell.Width(next) > w {
			break
		}
		s = next
	}
	return s
}

func (s Series) draw(canvas *Canvas, at func(x, y float64) (int, int)) {
	ink := canvas.Ink(s.Ink)
	px, py, joined := 0, 0, false
	for _, p := range s.Points {
		if !finite(p.X) || !finite(p.Y) {
			joined = false
			continue
		}
		x, y := at(p.X, p.Y)
		if s.Line && joined {
			canvas.Line(px, py, x, y, ink, s.Sign)
		} else {
			canvas.Dot(x, y, ink, s.Sign)
		}
		px, py, joined = x, y, true
	}
	for _, p := range s.Points { // signs last, in front of the lines
		if p.Sign != 0 && finite(p.X) && finite(p.Y) {
			x, y := at(p.X, p.Y)
			if !canvas.ascii {
				x, y = x/2, y/4
			}
			canvas.Sign(x, y, ink, p.Sign)
		}
	}
}

// limits draws each SLO as a broken line, or its label: where curves are lowest, for they rise from the left.
func (c Chart) limits(canvas *Canvas, at func(x, y float64) (int, int), maxX, maxY float64, t style.Theme,
	labels bool) {
	ink := canvas.Ink(t.Limit)
	dw, dh := canvas.Dots()
	cellW, cellH := 2, 4
	if canvas.ascii {
		cellW, cellH = 1, 1
	}
	row, end := 0, -1 // labels that would touch each other stand on rows of their own
	for _, l := range c.Limits {
		switch {
		case l.At <= 0 || l.Vertical && l.At > maxX || !l.Vertical && l.At > maxY:
		case l.Vertical && labels:
			x, _ := at(l.At, 0)
			if x /= cellW; end >= 0 && x <= end+cell.Width(l.Label) {
				row++
			}
			end = max(end, x+cell.Width(l.Label))
			put(canvas, x+1, row, l.Label, ink)
		case l.Vertical:
			x, _ := at(l.At, 0)
			for y := 0; y < dh; y += 2 {
				canvas.Dot(x, y, ink, ':')
			}
		case labels:
			_, y := at(0, l.At)
			put(canvas, 1, max(0, y/cellH-1), l.Label, ink)
		default:
			_, y := at(0, l.At)
			for x := 0; x < dw; x += 2 {
				canvas.Dot(x, y, ink, '-')
			}
		}
	}
}

// put writes a label as near to a cell as the row has room for it.
func put(c *Canvas, x, y int, s string, ink uint8) {
	c.Text(max(0, min(x, c.W-cell.Width(s))), y, ink, s)
}

// axis is the ruler under the canvas: ticks that do not touch each other, then the name.
func (c Chart) axis(maxX float64, margin, cols, dw int, t style.Theme) []string {
	ticks := c.Ticks
	if ticks == nil {
		nice := number.Nice(0, maxX, max(1, cols/10))
		for _, v := range nice {
			ticks = append(ticks, Tick{v, tick(v, nice)})
		}
	}
	row, end := "", 0
	for _, k := range ticks {
		label := k.Label
		x := int(math.Round(k.At/maxX*float64(dw-1)))/(dw/cols) - cell.Width(label)/2
		x = max(0, min(x, cols-cell.Width(label)))
		if x < end || x+cell.Width(label) > cols {
			continue
		}
		row += cell.Space(x-cell.Width(row)) + label
		end = x + cell.Width(label) + 1
	}
	pad := cell.Space(margin + 2)
	name := ""
	if c.XLabel != "" && cell.Width(c.XLabel)+4 < cols {
		name = " " + c.XLabel
	}
	return []string{
		t.Muted.Paint(cell.Space(margin+1) + t.Marks.Corner + cell.Repeat(t.Marks.Rule, cols-cell.Width(name)) + name),
		t.Muted.Paint(pad + cell.Ends(row, "", cols, "")),
	}
}

// tick prints a tick with as many decimals as the step between ticks needs.
func tick(v float64, ticks []float64) string {
	step := v
	if len(ticks) > 1 {
		step = ticks[1] - ticks[0]
	}
	d := 0
	for d < 4 && step > 0 && math.Abs(step*math.Pow(10, float64(d))-math.Round(step*math.Pow(10, float64(d)))) > 1e-6 {
		d++
	}
	return number.Fixed(v, d)
}

// extent is the largest finite x and y, with room for a limit that lies not too far beyond the points.
func (c Chart) extent() (x, y float64) {
	for _, s := range c.Series {
		for _, p := range s.Points {
			if finite(p.X) && finite(p.Y) {
				x, y = max(x, p.X), max(y, p.Y)
			}
		}
	}
	for _, l := range c.Limits {
		if l.Vertical && l.At < 2*x {
			x = max(x, l.At*1.05)
		}
		if !l.Vertical && l.At < 2*y {
			y = max(y, l.At*1.05)
		}
	}
	x, y = x*1.02, y*1.05
	if c.Right > 0 {
		x = c.Right
	}
	if c.Top > 0 {
		y = c.Top
	}
	return x, y
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) && v >= 0 }
