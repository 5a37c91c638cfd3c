package pane

import (
	"strings"

	"fathom/sim/report"
	"fathom/state"
	"fathom/state/table"
	"fathom/ui/cell"
	"fathom/ui/layout"
	"fathom/ui/number"
)

// diagram draws the instances of a P:D plan: a box for each, as wide as its devices where that fits, requests going
// from the prefill side to the decode side, and a dot for each device that is left over.
func (p *Painter) diagram(t state.Totals, w int) []string {
	idle := max(0, t.Left)
	for _, per := range []func(n int) string{
		func(n int) string { return strings.Repeat(p.T.Marks.Full, n) }, // a cell a device
		func(int) string { return p.T.Marks.Full },                      // a cell an instance
	} {
		side := func(name string, n, devices int) string {
			if n > 64 {
				return ""
			}
			box := "[" + per(devices) + "]"
			return name + " " + strings.Repeat(box, n)
		}
		left, right := side("P", t.P, t.PerPrefill), side("D", t.D, t.PerDecode)
		line := p.T.Accent.Paint(left) + " " + p.T.Marks.Arrow + " " + p.T.Good.Paint(right)
		if idle > 0 && idle <= 64 {
			line += "  " + p.T.Warn.Paint(strings.Repeat(p.T.Marks.Dot, idle))
		}
		if left != "" && right != "" && cell.Width(line) <= w {
			return []string{line}
		}
	}
	line := p.T.Accent.Paint("P "+number.Int(t.P)+" x ["+number.Int(t.PerPrefill)+"]") + " " + p.T.Marks.Arrow + " " +
		p.T.Good.Paint("D "+number.Int(t.D)+" x ["+number.Int(t.PerDecode)+"]")
	if idle > 0 {
		line += "  " + p.T.Warn.Paint(p.C.N("ratio.left", idle, number.Int(idle)))
	}
	return []string{line}
}

// pairSlide is the answer of a P:D plan: what goes through, the instances and whether the devices suffice, each latency
// against its limit. The pair is the one that the pane has chosen, to which its counts belong; else the best.
func (p *Painter) pairSlide(x *report.Ratio, r layout.Rect) []string {
	t, ok := p.M.Totals()
	if !ok || t.P == 0 {
		return p.large(number.Digits(x.Balanced, 3)+" req/s", r.W, r.H/3)
	}
	x = p.mustRatio()
	out := p.large(number.Digits(t.System, 3)+" req/s", r.W, max(5, r.H/3))
	if q := p.request(); q != nil {
		out = append(out, p.T.Strong.Paint(p.t("slide.tokens", "v", number.Digits(t.System*float64(q.OutputLength), 4))))
	}
	out = append(out, "")
	for _, l := range p.diagram(t, r.W) {
		out = append(out, p.cut(l, r.W))
	}
	out = append(out, p.cut(p.budget(t), r.W), p.T.Strong.Paint(p.cut(p.t("slide.pair", "p", number.Int(t.P), "prefill",
		table.ShortLabel(&x.Prefill), "d", number.Int(t.D), "decode", table.ShortLabel(&x.Decode)), r.W)))
	q := p.request()
	if v := x.TTFT(); q != nil && v != nil {
		out = append(out, "", p.against("TTFT", *v, q.TTFTLimit, r.W))
	}
	if q != nil && x.Decode.TPOT != nil {
		out = append(out, "", p.against("TPOT", *x.Decode.TPOT, q.TPOTLimit, r.W))
	}
	room := r.H - len(out)
	memory := append(p.held("P ", &x.Prefill, r.W),
		p.held("D ", &x.Decode, r.W)...)
	if room > len(memory) {
		memory = append([]string{""}, memory...)
	}
	return append(out, memory...)
}
