package plot

import (
	"fathom/hw/message"
	"fathom/sim/chart"
	"fathom/ui/style"
)

// Signs of the fronts of sets, so that they can be told apart without colour; measured points have their own.
var (
	fronts        = []rune("●■▲▼★◇")
	frontsASCII   = []rune("@%&$=x")
	measuredSigns = map[bool]rune{false: '✕', true: 'X'}
	apartSign     = '+' // measured under other conditions
)

// FrontSign stands for the front of a set by its number.
func FrontSign(n int, s *chart.Set, ascii bool) rune {
	switch {
	case !s.Apart.IsZero():
		return apartSign
	case s.Measured:
		return measuredSigns[ascii]
	case ascii:
		return frontsASCII[n%len(frontsASCII)]
	}
	return fronts[n%len(fronts)]
}

// Frontier draws the sets of a frontier: points that lost dimly, those within the limits as rings, the hull as a line,
// the front in front of it. Points far beyond all others, which would squeeze these into a corner, are left out.
func Frontier(f *chart.Frontier, t style.Theme, say func(message.Message) string, names []string) Chart {
	c := Chart{}
	lostSign, okSign := '·', '○'
	if t.ASCII {
		lostSign, okSign = '.', 'o'
	}
	right, top := reach(f)
	for n := range f.Sets {
		s := &f.Sets[n]
		lost := Series{Ink: t.Muted, Sign: lostSign}
		ok := Series{Ink: t.Hue(n), Sign: okSign}
		hull := Series{Ink: t.Hue(n), Line: true, Sign: '-'}
		front := Series{Name: names[n], Ink: t.Hue(n), Sign: FrontSign(n, s, t.ASCII)}
		for i := range s.Points {
			p := &s.Points[i]
			at := Point{X: p.X, Y: p.Y}
			switch {
			case p.Front || s.Measured:
				at.Sign = front.Sign
				front.Points = append(front.Points, at)
			case p.X > right || p.Y > top:
			case p.OK:
				at.Sign = okSign
				ok.Points = append(ok.Points, at)
			default:
				at.Sign = lostSign
				lost.Points = append(lost.Points, at)
			}
		}
		for _, i := range s.Hull {
			hull.Points = append(hull.Points, Point{X: s.Points[i].X, Y: s.Points[i].Y})
		}
		c.Series = append(c.Series, lost, ok, hull, front)
	}
	for _, l := range f.Limits {
		c.Limits = append(c.Limits, Limit{At: l.At, Vertical: true, Label: say(l.Label)})
	}
	return c
}

// reach is how far points are drawn: half as far again as the fronts.
func reach(f *chart.Frontier) (x, y float64) {
	for n := range f.Sets {
		for _, i := range f.Sets[n].Front {
			p := &f.Sets[n].Points[i]
			x, y = max(x, p.X), max(y, p.Y)
		}
		if len(f.Sets[n].Front) == 0 {
			for _, p := range f.Sets[n].Points {
				x, y = max(x, p.X), max(y, p.Y)
			}
		}
	}
	return 1.5 * x, 1.5 * y
}
