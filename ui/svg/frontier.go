package svg

import (
	"fmt"
	"math"
	"strings"

	"fathom/hw"
	"fathom/sim/chart"
	"fathom/ui/number"
)

// mostDots is how many points of a set are drawn beside its front: more lie on each other.
const mostDots = 600

// Frontier draws what one user gets against what a device gives: every point, the front of each set with its hull, and
// the limits.
func (p Pen) Frontier(fr *chart.Frontier) Chart {
	c := Chart{W: plotW, Title: p.t("drawing_title.frontier", "y", p.t(fr.Y.Key), "x", p.t(fr.X.Key))}
	x0, x1, y0, y1 := math.Inf(1), 0.0, math.Inf(1), 0.0
	for i := range fr.Sets {
		for _, q := range fr.Sets[i].Points {
			x0, x1, y0, y1 = min(x0, q.X), max(x1, q.X), min(y0, q.Y), max(y1, q.Y)
		}
	}
	for _, l := range fr.Limits {
		if l.At < 1.5*x1 { // one that is far from every point would press them together
			x0, x1 = min(x0, max(l.At, 0.6*x0)), max(x1, l.At)
		}
	}
	s := &sheet{w: plotW}
	x := linear(x0, 1.03*x1, left, plotW-right, 6)
	y := linear(y0, 1.06*y1, plotH-foot, over, 5)
	s.axes(&x, &y, p.t(fr.X.Key), p.t(fr.Y.Key), tick, tick)
	for i := range fr.Sets {
		s.set(&fr.Sets[i], &x, &y, hue(fr.Sets[i].Place))
	}
	for _, l := range fr.Limits {
		if l.At < x.lo || l.At > x.hi {
			continue
		}
		at := x.at(l.At)
		s.line("lim", at, y.from, at, y.to)
		if words := hw.Clean(p.Texts.Tell(l.Label)); at > (x.from+x.to)/2 {
			s.text(at-4, y.to+10, "limt e", words)
		} else {
			s.text(at+4, y.to+10, "limt", words)
		}
	}
	c.H = s.legend(plotH+4, p.setNames(fr))
	c.Desc, c.body = p.frontierSays(fr), s.String()
	return c
}

// set draws the points of a set: dots that miss a limit, dots within them, the front, and the hull as a line.
func (s *sheet) set(t *chart.Set, x, y *scale, h int) {
	every := max(1, (len(t.Points)+mostDots-1)/mostDots)
	if !t.Apart.IsZero() {
		for _, q := range t.Points {
			s.text(x.at(q.X), y.at(q.Y)+4, fmt.Sprintf("b c f%d", h), "+")
		}
		return
	}
	var lost, ok strings.Builder
	for i, q := range t.Points {
		if q.Front || i%every != 0 {
			continue
		}
		to := &lost
		if q.OK {
			to = &ok
		}
		fmt.Fprintf(to, "M%s %sh0", f(x.at(q.X)), f(y.at(q.Y)))
	}
	if lost.Len() > 0 {
		fmt.Fprintf(s, `<path class="d no" stroke-width="2.5" d="%s"/>`, lost.String())
	}
	if ok.Len() > 0 {
		fmt.Fprintf(s, `<path class="d s%d" stroke-width="4" opacity=".55" d="%s"/>`, h, ok.String())
	}
	var hull, front strings.Builder
	for n, i := range t.Hull {
		fmt.Fprintf(&hull, "%s%s %s", map[bool]string{true: "M", false: "L"}[n == 0], f(x.at(t.Points[i].X)),
			f(y.at(t.Points[i].Y)))
	}
	for _, i := range t.Front {
		fmt.Fprintf(&front, "M%s %sh0", f(x.at(t.Points[i].X)), f(y.at(t.Points[i].Y)))
		if b := t.Points[i].Band; b != nil {
			s.line(fmt.Sprintf("s%d", h), x.at(t.Points[i].X), y.at(b.Low), x.at(t.Points[i].X), y.at(b.High))
		}
	}
	if t.Measured { // runs are no promise: a mixture of two of them was not measured
		fmt.Fprintf(s, `<path class="s%d" fill="none" stroke-width="8" stroke-linecap="square" d="%s"/>`, h, front.String())
		return
	}
	fmt.Fprintf(s, `<path class="l s%d" d="%s"/><path class="d s%d" stroke-width="7" d="%s"/>`, h, hull.String(), h,
		front.String())
}

// setNames are the sets by device, and by scenario or file where they have one.
func (p Pen) setNames(fr *chart.Frontier) (out []entry) {
	for i := range fr.Sets {
		t := &fr.Sets[i]
		name := t.Device
		if t.Name != "" {
			name = t.Name + ", " + t.Device
		}
		mark := "●"
		switch {
		case !t.Apart.IsZero():
			mark, name = "+", p.t("frontier.apart_from", "name", name)
		case t.Measured:
			mark, name = "■", p.t("frontier.measured", "name", name)
		}
		out = append(out, entry{hue: hue(t.Place), mark: mark, words: name})
	}
	return append(out, entry{hue: -1, mark: "·", words: p.t("drawing.lost")})
}

func (p Pen) frontierSays(fr *chart.Frontier) string {
	var says []string
	for i := range fr.Sets {
		t := &fr.Sets[i]
		ok := 0
		for _, q := range t.Points {
			if q.OK {
				ok++
			}
		}
		if !t.Apart.IsZero() {
			says = append(says, p.t("frontier.points", "name", t.Name, "n", number.Int(len(t.Points)))+" "+
				p.Texts.Tell(t.Apart))
			continue
		}
		say := p.t("drawing.points", "set", t.Device, "n", number.Int(len(t.Points)), "ok", number.Int(ok))
		if n := len(t.Front); n > 0 {
			a, b := t.Points[t.Front[0]], t.Points[t.Front[n-1]]
			say += " " + p.t("drawing.front", "x0", tick(a.X), "y0", tick(a.Y), "a", a.Label, "x1", tick(b.X), "y1",
				tick(b.Y), "b", b.Label)
		}
		says = append(says, say)
	}
	for _, l := range fr.Limits {
		says = append(says, p.t("drawing.limit", "what", p.Texts.Tell(l.Label), "at", tick(l.At)))
	}
	return strings.Join(says, " ")
}

// entry is a line of a legend.
type entry struct {
	hue   int // -1: muted
	mark  string
	words string
}

// legend sets entries below each other from a height on and gives the height where it ends.
func (s *sheet) legend(y float64, list []entry) float64 {
	const line = 17.0
	for _, e := range list {
		class := "m c"
		if e.hue >= 0 {
			class = fmt.Sprintf("b c f%d", e.hue)
		}
		s.text(20, y+12, class, e.mark)
		s.text(34, y+12, "", brief(e.words, 46))
		y += line
	}
	return y + 4
}
