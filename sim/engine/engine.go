package engine

import (
	"context"
	"time"

	"fathom/sim/pass"
	"fathom/sim/plan"
	"fathom/sim/price"
	"fathom/sim/report"
	"fathom/sim/search"
	"fathom/sim/serve"
)

// Engine answers a request. Progress is told to watch, which is read-only, may be nil, and is called from the engine's
// own goroutines one at a time; it must not block for long.
//
// Bad input and other failures that a user can mend are *report.Failure. When ctx ends, Run returns soon what it has
// found, marked partial and not nil, with the context's cause.
type Engine interface {
	Run(ctx context.Context, req *plan.Request, watch func(report.Progress)) (*report.Report, error)
}

// Progress is told every so often; the rows found so far are gathered anew less often where there are many, so that
// telling of them takes at most a twentieth of the time.
const (
	every     = 30 * time.Millisecond
	gatherFor = 20
)

// Embedded is the engine that computes everything itself. Its zero value is ready. A search that takes more than Most
// steps gives report.ErrTooMuch; 0 is no bound.
type Embedded struct{ Most int }

// Run searches the request. A panic of ours becomes an error, because one plan must not take a terminal or a server
// down.
func (e Embedded) Run(ctx context.Context, req *plan.Request, watch func(report.Progress)) (out *report.Report,
	err error) {
	defer func() {
		if v := recover(); v != nil {
			out, err = nil, internal(v)
		}
	}()
	begin := time.Now()
	out, err = search.Run(ctx, req, Price, e.Most, watcher(begin, watch))
	if out != nil {
		out.ElapsedMS = float64(time.Since(begin).Microseconds()) / 1000
	}
	return out, err
}

// Price builds the forward model of one strategy.
func Price(s pass.Setup) (serve.Forward, error) {
	p, err := price.New(price.Setup{Setup: s})
	if err != nil {
		return nil, err
	}
	return p, nil
}

// watcher tells a reader of progress at most so often, so that a fast search is not held up by drawing it.
func watcher(begin time.Time, watch func(report.Progress)) func(search.Step) {
	if watch == nil {
		return nil
	}
	var tell, gather time.Duration
	done := -1
	var rows *report.Report
	return func(s search.Step) {
		now := time.Since(begin)
		last := s.Strategies == s.Of && s.Strategies > done
		if now < tell && !last {
			return
		}
		tell, done = now+every, s.Strategies
		if now >= gather || last {
			rows = s.Partial()
			took := time.Since(begin) - now
			gather = now + gatherFor*took
		}
		watch(report.Progress{Device: s.Device, DevicesDone: s.DevicesDone, Devices: s.Devices, StrategiesDone: s.Strategies,
			Strategies: s.Of, Points: s.Points, Partial: rows, ElapsedMS: float64(now.Microseconds()) / 1000})
	}
}

func firstLine(s string) string {
	for i, c := range s {
		if c == '\n' {
			return s[:i]
		}
	}
	return s
}
