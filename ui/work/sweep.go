package work

import (
	"context"
	"sync"
	"time"

	"fathom/sim/decision"
	"fathom/sim/engine"
	"fathom/sim/sweep"
	"fathom/state"
)

// drawEvery is how often a sweep under way is drawn anew.
const drawEvery = 100 * time.Millisecond

// Sweep answers a request over ranges of knobs. Its cells so far are told a few times a second.
func (l Local) Sweep(ctx context.Context, e state.Sweep, watch func(state.Sweeping)) (*sweep.Result, error) {
	var mu sync.Mutex // guards told
	told := time.Now()
	return engine.Sweep(ctx, e.Request, e.Axes, func(p sweep.Progress) {
		mu.Lock()
		defer mu.Unlock()
		if now := time.Now(); now.Sub(told) >= drawEvery {
			told = now
			watch(state.Sweeping{Run: e.Run, Done: p.Done, Of: p.Of,
				Result: &sweep.Result{Request: e.Request, Axes: e.Axes, Cells: p.Partial(), Partial: true}})
		}
	})
}

// Decide finds what the decision of a request hangs on.
func (l Local) Decide(ctx context.Context, e state.Decide, watch func(state.Deciding)) (*decision.Result, error) {
	told := time.Now()
	return engine.Decide(ctx, e.Request, e.Ranges, func(done int) { // one call at a time
		if now := time.Now(); now.Sub(told) >= drawEvery {
			told = now
			watch(state.Deciding{Run: e.Run, Done: done})
		}
	})
}
