package search

import (
	"sync/atomic"

	"fathom/sim/pass"
	"fathom/sim/serve"
	"fathom/sim/traffic"
)

// allowance is what is left of the work that a search may take. Work is counted in steps of schedules, which are the
// same on every machine, whatever the number of processors: an answer never depends on how fast it was found. nil has
// no bound.
type allowance struct {
	left    atomic.Int64
	stopped *atomic.Bool // of the search, set when nothing is left
}

// What costs as much as so many steps of a schedule, which take a tenth of a microsecond each.
const (
	ofForward  = 60   // a pass that is priced
	ofTuple    = 1500 // a strategy whose passes are prepared
	ofPlayed   = 10   // a step of a simulation, which may stand for hundreds of equal ones
	ofPoint    = 10   // a point that is kept
	ofRejected = 10   // a combination that may be ruled out
)

func (a *allowance) spend(steps int) {
	if a != nil && a.left.Add(-int64(steps)) < 0 {
		a.stopped.Store(true)
	}
}

// spendPlayed charges a simulation.
func (a *allowance) spendPlayed(r *traffic.Result) { a.spend(ofPlayed * r.Advances) }

func (a *allowance) spent() bool { return a != nil && a.left.Load() < 0 }

// charged is a forward whose passes are work.
type charged struct {
	serve.Forward
	left *allowance
}

func (c charged) Uniform(s pass.Shape) pass.Result {
	c.left.spend(ofForward)
	return c.Forward.Uniform(s)
}

func (c charged) Mixed(p []pass.Piece) pass.Result {
	c.left.spend(ofForward)
	return c.Forward.Mixed(p)
}
