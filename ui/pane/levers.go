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
	label := 14
	for _, l := range list {
		label = max(label, cell.Width(p.lever(l))+1)
	}
	label = min(label, w/2)
	half := max(3, (w-label-11)/2)
	most := 0.0
	for _, l := range list {
		most = max(most, math.Abs(l.Throughput))
	}
	var out []string
	for _, l := range list {
		change := number.Change(1, 1+l.Throughput)
		share := 0.0
		if most > 0 && change != number.Change(1, 1) {
			share = math.Abs(l.Throughput) / most
		}
		bar := cell.Left(plot.Bar(share, half, p.T.Marks), half, "")
		left, right := cell.Space(half), p.T.Good.Paint(bar)
		if l.Throughput < 0 {
			n := int(math.Round(share * float64(half))) // grows to the left, so in whole cells
			left = cell.Space(half-n) + p.T.Bad.Paint(cell.Repeat(p.T.Marks.Full, n))
			right = cell.Space(half)
		}
		out = append(out, " "+cell.Left(p.lever(l), label, p.T.Marks.More)+left+p.T.Muted.Paint(p.T.Marks.Bar)+right+
			cell.Apart(change, 8))
	}
	return out
}

// lever is what is turned, in words.
func (p *Painter) lever(l state.Lever) string {
	pairs := make([]string, 0, 2*len(l.Args))
	for i, a := range l.Args {
		pairs = append(pairs, itoa(i), a)
	}
	return cell.Clean(p.t(l.Key, pairs...))
}
