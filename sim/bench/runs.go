package bench

import (
	"cmp"
	"slices"
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
	mu   sync.RWMutex
	of   map[line][]played
	kept int
}

// mostRuns bounds what is kept, below half a kilobyte each.
const mostRuns = 1 << 16

// line is everything that closed loops of requests without classes depend on, but for how many are in flight.
type line struct {
	made          Made
	engine        traffic.Engine
	input, output int
	cached        float64
	judged        bool
	sampled       bool
	limits        traffic.Limits
	seed          uint64
}

// played is one of a line, whose loops stand by rising requests in flight.
type played struct {
	lane int
	traffic.Result
}

func (p played) compare(lane int) int { return cmp.Compare(p.lane, lane) }

// NewRuns keeps nothing yet.
func NewRuns() *Runs { return &Runs{of: map[line][]played{}} }

// Kept is the same deployment with its closed loops kept; nil keeps none. made is what its step times depend on.
func (b *Bench) Kept(runs *Runs, made Made) *Bench {
	out := *b
	out.runs, out.made = runs, made
	return &out
}

func (b *Bench) line(l *traffic.Load) line {
	return line{b.made, b.engine, l.Input, l.Output, l.Cached, b.judged, b.sampled, l.Limits, l.Seed}
}

// simulate plays a load in a lane, or finds what it showed.
func (b *Bench) simulate(l traffic.Load) (traffic.Result, error) {
	if b.runs == nil || len(l.Classes) > 0 || l.Moments > 0 {
		return traffic.Simulate(l, b.engine, b.steps())
	}
	key := b.line(&l)
	b.runs.mu.RLock()
	list := b.runs.of[key]
	at, ok := slices.BinarySearchFunc(list, l.Concurrency, played.compare)
	b.runs.mu.RUnlock()
	if ok {
		return list[at].Result, nil
	}
	r, err := traffic.Simulate(l, b.engine, b.steps())
	if err != nil {
		return r, err
	}
	b.runs.mu.Lock()
	defer b.runs.mu.Unlock()
	if b.runs.kept >= mostRuns {
		clear(b.runs.of)
		b.runs.kept = 0
	}
	list = b.runs.of[key]
	if at, ok = slices.BinarySearchFunc(list, l.Concurrency, played.compare); !ok {
		longer := make([]played, 0, len(list)+1) // readers may hold the old one
		longer = append(append(longer, list[:at]...), played{l.Concurrency, r})
		b.runs.of[key] = append(longer, list[at:]...)
		b.runs.kept++
	}
	return r, nil
}

// Look is what a closed loop showed: the requests that one lane had in flight, mean latencies in seconds, and the
// output tokens per second of all lanes.
type Look struct {
	Lane               int
	TTFT, TPOT, Output float64
}

// Looks appends the closed loops that are kept of the deployment, by rising requests in flight.
func (b *Bench) Looks(to []Look) []Look {
	if b.runs == nil {
		return to
	}
	l := b.load()
	b.runs.mu.RLock()
	list := b.runs.of[b.line(&l)]
	b.runs.mu.RUnlock()
	for i := range list {
		r, _ := b.all(b.shown(list[i].lane, list[i].Result), nil)
		to = append(to, Look{list[i].lane, r.TTFT.Mean, r.TPOT.Mean, r.Output})
	}
	return to
}
