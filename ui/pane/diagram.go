package pane

import (
	"strings"

	"fathom/state"
	"fathom/ui/cell"
	"fathom/ui/number"
)

// diagram draws the instances of a P:D plan: a box for each, as wide as its devices where that fits, requests going from
// the prefill side to the decode side, and a dot for each device that is left over.
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
