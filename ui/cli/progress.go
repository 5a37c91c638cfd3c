package cli

import (
	"fmt"
	"os"

	"fathom/sim/report"
)

// progress draws one line on stderr that replaces itself, where stderr is a terminal that can do that; nil where it is not.
func (p *Program) progress() func(report.Progress) {
	f, ok := p.Stderr.(*os.File)
	if !ok || !isTerminal(f) || p.Getenv("TERM") == "" || p.Getenv("TERM") == "dumb" {
		return nil
	}
	drawn := false
	return func(s report.Progress) {
		done := s.StrategiesDone == s.Strategies
		switch {
		case done && drawn:
			fmt.Fprint(f, "\r\x1b[K")
		case !done && s.ElapsedMS > float64(patience.Milliseconds()):
			drawn = true
			fmt.Fprintf(f, "\r\x1b[K%d of %d strategies, %d points, %.1f s", s.StrategiesDone, s.Strategies, s.Points, s.ElapsedMS/1000)
		}
	}
}
