package svg

import (
	"fmt"
	"math"
	"strings"

	"fathom/hw"
	"fathom/sim/chart"
	"fathom/sim/report"
	"fathom/state/field"
	"fathom/ui/cell"
	"fathom/ui/number"
)

// Bounds of what is drawn of a sweep: more winners are in its JSON, more tiles are smaller than a dot of a printer.
const (
	mostWinners = 8
	mostTiles   = 64
)

// Sweep draws a sweep of one or two knobs: a curve, or a map of who wins where.
func (p Pen) Sweep(s *chart.Picture) Chart {
	what := hw.Clean(s.Device)
	if s.Contest() {
		what = p.t("sweep.who")
	}
	knobs := p.knob(&s.X)
	if s.Y.Knob != nil {
		knobs += " x " + p.knob(&s.Y)
	}
	c := Chart{W: plotW, Title: p.t("drawing_title.sweep", "what", what, "phase", p.phase(s.Phase), "knobs", knobs)}
	d := &sheet{w: plotW}
	if s.Y.Knob == nil {
		p.curve(d, s)
	} else {
		p.heat(d, s)
	}
	c.H = d.legend(plotH+4, p.winners(s))
	c.Desc, c.body = p.sweepSays(s), d.String()
	return c
}

func (p Pen) knob(a *chart.Axis) string { return p.t(field.KnobKey(a.Knob.Name)) }

func (p Pen) phase(name string) string {
	if name == "pd_ratio" {
		return p.t("mode." + name)
	}
	return p.t("part." + name)
}

// along is the axis of a knob. Of few values each has its tick.
func along(a *chart.Axis, from, to float64) scale {
	n := len(a.Values)
	s := scale{lo: a.Values[0], hi: a.Values[n-1], from: from, to: to, log: a.Log && a.Values[0] > 0}
	if n <= 9 || s.log {
		every := max(1, (n+8)/9)
		for i := 0; i < n; i += every {
			s.ticks = append(s.ticks, a.Values[i])
		}
		return s
	}
	s.ticks = number.Nice(s.lo, s.hi, 7)
	return s
}

// curve draws the figure over the knob, each stretch in the colour of the strategy that wins there, with the interval
// around it and a line where the winner changes.
func (p Pen) curve(d *sheet, s *chart.Picture) {
	x := along(&s.X, left, plotW-right)
	top, low := s.Top, math.Inf(1)
	for _, at := range s.Rows[0] {
		if v, ok := s.Figure.Of(at.Cell); ok {
			low = min(low, v)
		}
		if b := s.Figure.Band(at.Cell); b != nil {
			top = max(top, min(b.High, 4*s.Top))
		}
	}
	y := linear(0, 1.06*max(top, 1e-12), plotH-foot, over, 5)
	d.axes(&x, &y, p.knob(&s.X), p.t("chart."+yKey(s.Figure)), s.X.Knob.Print, tick)
	var high, below strings.Builder
	for i, at := range s.Rows[0] {
		if b := s.Figure.Band(at.Cell); b != nil {
			fmt.Fprintf(&high, "L%s %s", f(x.at(s.X.Values[i])), f(y.at(b.High)))
			low := fmt.Sprintf("L%s %s", f(x.at(s.X.Values[i])), f(y.at(b.Low)))
			rest := below.String()
			below.Reset()
			below.WriteString(low + rest)
		}
	}
	if high.Len() > 0 {
		fmt.Fprintf(d, `<path d="M%s%sz" style="fill:var(--muted);opacity:.18"/>`, high.String()[1:], below.String())
	}
	for _, c := range s.Changes {
		at := (x.at(s.X.Values[c.From]) + x.at(s.X.Values[c.To])) / 2
		d.line("gr", at, y.from, at, y.to)
	}
	for i, at := range s.Rows[0] {
		v, ok := s.Figure.Of(at.Cell)
		px := x.at(s.X.Values[i])
		if !ok || at.Winner < 0 {
			if at.Cell != nil {
				d.text(px, y.from-5, "m c", string(chart.Failed(at.Cell.Status)))
			}
			continue
		}
		h := hue(at.Winner)
		if i > 0 {
			if was, ok := s.Figure.Of(s.Rows[0][i-1].Cell); ok && s.Rows[0][i-1].Winner >= 0 {
				d.line(fmt.Sprintf("l s%d", h), x.at(s.X.Values[i-1]), y.at(was), px, y.at(v))
			}
		}
		fmt.Fprintf(d, `<path class="d s%d" stroke-width="6" d="M%s %sh0"/>`, h, f(px), f(y.at(v)))
		if i == 0 || s.Rows[0][i-1].Winner != at.Winner {
			d.text(px, y.at(v)-9, fmt.Sprintf("b c f%d", h), string(chart.Sign(at.Winner)))
		}
	}
}

// yKey is the text of a figure on its axis.
func yKey(f chart.Figure) string { return f.String() }

// heat draws a tile for every place: the colour is the winner's, its strength the share of the largest figure. Tiles of
// one colour are one path; of more places than can be seen every n-th is drawn.
func (p Pen) heat(d *sheet, s *chart.Picture) {
	nx, ny := len(s.X.Values), len(s.Y.Values)
	sx, sy := (nx+mostTiles-1)/mostTiles, (ny+mostTiles-1)/mostTiles
	cols, rows := (nx+sx-1)/sx, (ny+sy-1)/sy
	x0, x1, y0, y1 := left, plotW-right, plotH-foot, over
	w, h := (x1-x0)/float64(cols), (y0-y1)/float64(rows)
	type tint struct{ hue, strength int }
	paths := map[tint]*strings.Builder{}
	var order []tint
	for r := range rows {
		for c := 0; c < cols; {
			at := &s.Rows[r*sy][c*sx]
			t := tint{-1, 0}
			if at.Winner >= 0 {
				t = tint{hue(at.Winner), strength(s, at)}
			}
			n := 1
			for c+n < cols && s.Rows[r*sy][(c+n)*sx].Winner == at.Winner &&
				strength(s, &s.Rows[r*sy][(c+n)*sx]) == strength(s, at) {
				n++
			}
			if at.Cell != nil {
				b := paths[t]
				if b == nil {
					b = &strings.Builder{}
					paths[t], order = b, append(order, t)
				}
				fmt.Fprintf(b, "M%s %sh%sv%sh-%sz", f(x0+float64(c)*w), f(y0-float64(r+1)*h), f(float64(n)*w), f(h),
					f(float64(n)*w))
			}
			c += n
		}
	}
	for _, t := range order {
		if t.hue < 0 {
			fmt.Fprintf(d, `<path d="%s" style="fill:var(--line);opacity:.25"/>`, paths[t].String())
			continue
		}
		fmt.Fprintf(d, `<path class="f%d" opacity="%s" d="%s"/>`, t.hue, opacity(t.strength), paths[t].String())
	}
	p.signs(d, s, cols, rows, sx, sy)
	d.places(s, cols, rows, sx, sy, w, h)
	d.text(6, over-12, "m", p.knob(&s.Y))
	d.text(plotW-right, y0+34, "m e", p.knob(&s.X))
}

// Room that a letter takes in a map.
const letterW, letterH = 11.0, 12.0

// signs hatches the places without an answer and writes letters for those who do not see the colours: one in every tile
// where it fits, else one for the tiles side by side that have the same.
func (p Pen) signs(d *sheet, s *chart.Picture, cols, rows, sx, sy int) {
	x0, y0 := left, plotH-foot
	w, h := (plotW-right-x0)/float64(cols), (y0-over)/float64(rows)
	sign := func(r, c int) rune {
		switch at := &s.Rows[r*sy][c*sx]; {
		case at.Winner >= 0:
			return chart.Sign(at.Winner)
		case at.Cell != nil:
			return chart.Failed(at.Cell.Status)
		}
		return ' '
	}
	var hatch strings.Builder
	for r := range rows {
		for c := range cols {
			if at := &s.Rows[r*sy][c*sx]; at.Winner < 0 && at.Cell != nil {
				fmt.Fprintf(&hatch, "M%s %sl%s -%s", f(x0+float64(c)*w), f(y0-float64(r)*h), f(w), f(h))
			}
		}
	}
	if hatch.Len() > 0 {
		fmt.Fprintf(d, `<path class="no" d="%s"/>`, hatch.String())
	}
	for r := 0; r < rows; r += int(math.Ceil(letterH / h)) {
		for c := 0; c < cols; {
			n := 1
			for w < letterW && c+n < cols && sign(r, c+n) == sign(r, c) {
				n++
			}
			if long := float64(n) * w; long >= letterW && sign(r, c) != ' ' {
				d.text(x0+float64(c)*w+long/2, y0-(float64(r)+.5)*h+4, "c o", string(sign(r, c)))
			}
			c += n
		}
	}
}

// strength is how strong a tile is painted: more is better, so that of costs the smallest is strongest.
func strength(s *chart.Picture, at *chart.Place) int {
	v, ok := s.Figure.Of(at.Cell)
	if !ok {
		return 0
	}
	share := v / max(s.Top, 1e-12)
	if s.Figure == chart.Cost {
		share = 1 - share
	}
	return max(1, min(4, int(math.Ceil(4*share))))
}

// places names some values of both knobs.
func (s *sheet) places(p *chart.Picture, cols, rows, sx, sy int, w, h float64) {
	y0 := plotH - foot
	for c := 0; c < cols; c += max(1, (cols+6)/7) {
		at, words := left+(float64(c)+.5)*w, p.X.Knob.Print(p.X.Values[c*sx])
		if at+4*float64(cell.Width(words)) > s.w-2 {
			s.text(s.w-2, y0+18, "m e", words)
		} else {
			s.text(at, y0+18, "m c", words)
		}
	}
	for r := 0; r < rows; r += max(1, (rows+7)/8) {
		s.text(left-6, y0-(float64(r)+.5)*h+4, "m e", p.Y.Knob.Print(p.Y.Values[r*sy]))
	}
}

// winners name who wins, and why places have nobody.
func (p Pen) winners(s *chart.Picture) (out []entry) {
	for i, w := range s.Winners {
		if i == mostWinners {
			out = append(out, entry{-1, "…", p.t("drawing.more", "n", number.Int(len(s.Winners)-i))})
			break
		}
		out = append(out, entry{hue(i), string(w.Sign), number.Share(w.Share) + "  " + report.Brief(w.Name)})
	}
	for _, m := range s.Missing {
		out = append(out, entry{-1, string(m.Sign), number.Share(m.Share) + "  " + p.t("status."+string(m.Status))})
	}
	return out
}

// sweepSays is a sweep in words: what wins most, the largest figure, and where the winner changes.
func (p Pen) sweepSays(s *chart.Picture) string {
	var says []string
	for _, w := range s.Winners[:min(len(s.Winners), 3)] {
		says = append(says, p.t("drawing.wins", "name", w.Name, "share", number.Share(w.Share)))
	}
	if s.Top > 0 {
		says = append(says, p.t("drawing.top", "v", tick(s.Top), "unit", p.t("chart."+yKey(s.Figure))))
	}
	name := func(i int) string {
		if i < 0 {
			return p.t("sweep.none")
		}
		return s.Winners[i].Name
	}
	for _, c := range s.Changes[:min(len(s.Changes), 6)] {
		say := p.t("sweep.between", "knob", p.knob(&s.X), "from", s.X.Knob.Print(s.X.Values[c.From]), "to",
			s.X.Knob.Print(s.X.Values[c.To]))
		if s.Y.Knob != nil {
			say += ", " + p.knob(&s.Y) + " " + s.Y.Knob.Print(s.Y.Values[c.Row])
		}
		says = append(says, say+": "+name(c.Was)+" → "+name(c.Now)+".")
	}
	return strings.Join(says, " ")
}

// strongest is the opacity of the strongest tile: the ink on it keeps its contrast on light and on dark.
const strongest = 0.44

func opacity(strength int) string { return fmt.Sprintf("%.2f", strongest*float64(strength)/4) }
