package pane

import (
	"math"

	"fathom/state"
	"fathom/ui/cell"
	"fathom/ui/number"
	"fathom/ui/plot"
)

// levers draws effects on throughput as bars to the left and right of a middle line, all on one scale.
func (p *Painter) levers(list []state.Lever, w int) []string {
	label := min(30, max(14, w*2/5))
	half := max(3, (w-label-11)/2)
	most := 0.0
	for _, l := range list {
		most = max(most, math.Abs(l.Throughput))
	}
	var out []string
	for _, l := range list {
		pairs := make([]string, 0, 2*len(l.Args))
		for i, a := range l.Args {
			pairs = append(pairs, itoa(i), a)
		}
		share := 0.0
		if most > 0 {
			share = math.Abs(l.Throughput) / most
		}
		bar := cell.Left(plot.Bar(share, half, p.T.Marks), half, "")
		left, right := cell.Space(half), p.T.Good.Paint(bar)
		if l.Throughput < 0 {
			n := int(math.Round(share * float64(half))) // grows to the left, so in whole cells
			left = cell.Space(half-n) + p.T.Bad.Paint(cell.Repeat(p.T.Marks.Full, n))
			right = cell.Space(half)
		}
		change := number.Change(1, 1+l.Throughput)
		out = append(out, " "+cell.Left(cell.Clean(p.t(l.Key, pairs...)), label, p.T.Marks.More)+left+p.T.Muted.Paint(p.T.Marks.Bar)+right+
			cell.Right(change, 8, ""))
	}
	return out
}
