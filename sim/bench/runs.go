package bench

import (
	"sync"

	"fathom/sim/model"
	"fathom/sim/pass"
	"fathom/sim/traffic"
)

// Made is what step times depend on: the setup of what steps by itself, at which share of its pace, and what guessing
// ahead adds to a decode step, as a share of it.
type Made struct {
	Setup       pass.Setup
	Pace, Guess float64
	Draft       *model.Model // what guesses at the cost of its own passes; nil: none
}

// Runs keeps what closed loops showed: plans of one sweep that differ in limits or prices play the same ones. It is
// safe for concurrent use.
type Runs struct {
	mu sync.RWMutex
	of map[run]traffic.Result
}

// mostRuns bounds what is kept, below a kilobyte each.
const mostRuns = 1 << 14

// run is everything that a closed loop of requests without classes depends on.
type run struct {
	made          Made
	engine        traffic.Engine
	input, output int
	cached        float64
	lane          int // requests in flight
	judged        bool
	limits        traffic.Limits
	seed          uint64
}

// NewRuns keeps nothing yet.
func NewRuns() *Runs { return &Runs{of: map[run]traffic.Result{}} }

// Kept is the same deployment with its closed loops kept; nil keeps none. made is what its step times depend on.
func (b *Bench) Kept(runs *Runs, made Made) *Bench {
	out := *b
	out.runs, out.made = runs, made
	return &out
}

// simulate plays a load in a lane, or finds what it showed.
func (b *Bench) simulate(l traffic.Load) (traffic.Result, error) {
	if b.runs == nil || len(l.Classes) > 0 || l.Moments > 0 {
		return traffic.Simulate(l, b.engine, b.clock)
	}
	key := run{b.made, b.engine, l.Input, l.Output, l.Cached, l.Concurrency, b.judged, l.Limits, l.Seed}
	b.runs.mu.RLock()
	r, ok := b.runs.of[key]
	b.runs.mu.RUnlock()
	if ok {
		return r, nil
	}
	r, err := traffic.Simulate(l, b.engine, b.clock)
	if err != nil {
		return r, err
	}
	b.runs.mu.Lock()
	defer b.runs.mu.Unlock()
	if len(b.runs.of) >= mostRuns {
		clear(b.runs.of)
	}
	b.runs.of[key] = r
	return r, nil
}
