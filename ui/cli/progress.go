package cli

import (
	"fmt"
	"os"
	"sync/atomic"
	"time"

	"fathom/sim/engine"
	"fathom/sim/report"
	"fathom/ui/cell"
	"fathom/ui/number"
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

// servingProgress says on a line that replaces itself how far a trace, conversations or a day are played.
func (p *Program) servingProgress() (watch func(engine.Serving), clear func()) {
	line, clear := p.progress()
	if line == nil {
		return nil, clear
	}
	begin := time.Now()
	var told atomic.Int64
	return func(s engine.Serving) {
		now := time.Since(begin)
		if last := told.Load(); int64(now)-last < int64(patience)/3 || !told.CompareAndSwap(last, int64(now)) {
			return
		}
		text := p.voice.T("serving.requests", "n", number.Int(int(s.Requests)))
		if s.Share > 0 {
			text = p.voice.T("serving.share", "p", fmt.Sprintf("%.0f", 100*min(1, s.Share)))
			if s.Requests > 0 {
				text += ", " + p.voice.T("serving.requests", "n", number.Int(int(s.Requests)))
			}
		}
		line(report.Progress{ElapsedMS: float64(now.Milliseconds()), Points: int(s.Requests), Log: []string{text}})
	}, clear
}

// progressLine says how far a run is. The reference tool tells no shares of its work: its newest line stands instead.
func progressLine(s report.Progress) string {
	if n := len(s.Log); n > 0 {
		return fmt.Sprintf("%.0f s, %d rows  %s", s.ElapsedMS/1000, s.Points, cell.Cut(cell.Clean(s.Log[n-1]), 50, ""))
	}
	return fmt.Sprintf("%d of %d strategies, %d points, %.1f s", s.StrategiesDone, s.Strategies, s.Points,
		s.ElapsedMS/1000)
}
