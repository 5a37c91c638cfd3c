package cli

import (
	"fmt"
	"os"

	"fathom/sim/report"
	"fathom/ui/cell"
)

// progress draws one line on stderr that replaces itself, where stderr is a terminal that can do that; watch is nil
// where it is not. clear takes the line away again.
func (p *Program) progress() (watch func(report.Progress), clear func()) {
	f, ok := p.Stderr.(*os.File)
	if !ok || !isTerminal(f) || p.Getenv("TERM") == "" || p.Getenv("TERM") == "dumb" {
		return nil, func() {}
	}
	drawn := false
	watch = func(s report.Progress) {
		if s.ElapsedMS < float64(patience.Milliseconds()) {
			return
		}
		drawn = true
		fmt.Fprint(f, "\r\x1b[K"+progressLine(s))
	}
	return watch, func() {
		if drawn {
			fmt.Fprint(f, "\r\x1b[K")
			drawn = false
		}
	}
}

// progressLine says how far a run is. The reference tool tells no shares of its work: its newest line stands instead.
func progressLine(s report.Progress) string {
	if n := len(s.Log); n > 0 {
		return fmt.Sprintf("%.0f s, %d rows  %s", s.ElapsedMS/1000, s.Points, cell.Cut(cell.Clean(s.Log[n-1]), 50, ""))
	}
	return fmt.Sprintf("%d of %d strategies, %d points, %.1f s", s.StrategiesDone, s.Strategies, s.Points,
		s.ElapsedMS/1000)
}
