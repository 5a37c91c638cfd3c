package svg

import (
	"fmt"
	"math"
	"strings"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/decision"
	"fathom/sim/report"
	"fathom/ui/number"
)

// Room of a lever in a tornado: its words, then its bar.
const leverH, leverBar = 36.0, 12.0

// Tornado draws what a decision hangs on: a bar for every lever around the figure as it is, all on one scale, from what
// the lower end of its range makes of it to what the upper end makes of it. A ! marks a range in which another wins.
func (p Pen) Tornado(d *decision.Decision) Chart {
	c := Chart{W: plotW, Title: p.t("drawing_title.tornado", "figure", p.t("figure."+d.Figure.String()), "v",
		number.Digits(d.Now.Value, 4))}
	now, most := d.Now.Value, 1e-12
	moved := func(a *decision.Answer) float64 {
		if a.Winner == "" {
			return 0
		}
		return a.Value/now - 1
	}
	for i := range d.Levers {
		most = max(most, math.Abs(moved(&d.Levers[i].Low)), math.Abs(moved(&d.Levers[i].High)))
	}
	s := &sheet{w: plotW}
	at := func(share float64) float64 { return plotW/2 + (plotW/2-14)*share/most }
	words := func(a *decision.Answer) string {
		if a.Winner == "" {
			return p.t("decision.nothing")
		}
		return number.Change(now, a.Value)
	}
	y := 6.0
	for i := range d.Levers {
		l := &d.Levers[i]
		name, span := p.t("decision.uncertainty"), number.Percent(l.From)+".."+number.Percent(l.To)
		if l.Knob != nil {
			name, span = p.Texts.Knob(l.Knob.Name), number.Short(l.From, 4)+".."+number.Short(l.To, 4)
		}
		if len(l.Crossings) > 0 {
			name = "! " + name
		}
		s.text(8, y+12, "", brief(name+"  "+span, 34))
		s.text(plotW-8, y+12, "m e", words(&l.Low)+" … "+words(&l.High))
		ends := []struct {
			share float64
			hue   int
		}{{moved(&l.Low), 0}, {moved(&l.High), 1}}
		if math.Abs(ends[0].share) < math.Abs(ends[1].share) { // the shorter one stands before the longer one
			ends[0], ends[1] = ends[1], ends[0]
		}
		for _, e := range ends {
			from, to := min(at(0), at(e.share)), max(at(0), at(e.share))
			s.rect(fmt.Sprintf("f%d", e.hue), from, y+18, max(0.5, to-from), leverBar)
		}
		s.line("ax", at(0), y+16, at(0), y+20+leverBar)
		y += leverH
	}
	c.H = s.legend(y+2, []entry{{0, "■", p.t("drawing.low_end")}, {1, "■", p.t("drawing.high_end")}})
	c.Desc, c.body = strings.Join(p.Decides(d), " "), s.String()
	return c
}

// Decides is a decision in sentences.
func (p Pen) Decides(d *decision.Decision) (out []string) {
	label := func(knob string) message.Message { return message.Literal(p.Texts.Knob(knob)) }
	for _, m := range d.Says(label, func(s string) string { return report.Brief(hw.Clean(s)) }) {
		out = append(out, hw.Clean(p.Texts.Tell(m)))
	}
	return out
}
