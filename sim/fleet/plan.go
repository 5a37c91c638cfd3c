package fleet

import (
	"context"
	"sync"
	"sync/atomic"

	"fathom/sim/traffic"
)

// Deployment is what a fleet is made of.
type Deployment struct {
	Fleet  func(replicas int) traffic.Fleet // so many replicas at work; its limits are those of a request
	Load   traffic.Load                     // the requests, whatever their rate
	Engine int                              // schedulers of a replica: traffic's replicas in one of these
	// Goal is the share of the requests that has to be within the limits.
	Goal float64
}

// Question is what is asked of a deployment.
type Question struct {
	Deployment
	Curve   Curve
	Scaling Scaling
	Slots   int // pieces of the day; 0: 48
	Workers int // plays at a time; 0: 1
	Watch   func(done, of int)
}

// Slot is a piece of the day.
type Slot struct {
	At, Seconds  float64
	Rate, Peak   float64 // requests per second: mean and most
	Needed       int     // replicas that keep the goal at the peak
	Static, Auto Kept
}

// Kept is what a fleet keeps in a slot.
type Kept struct {
	Paid, Ready int     // most that are paid for, fewest that serve
	Goodput     float64 // share of the requests within the limits
	TTFT        float64 // mean, seconds
	parts       [2]part
}

// Policy is a fleet over the day.
type Policy struct {
	Most    int     // replicas paid for at a time
	Hours   float64 // of replicas, paid for
	Goodput float64 // share of the day's requests within the limits
}

// Failure is the peak of the day with a replica that fails, until another has taken its place.
type Failure struct {
	Replicas      int
	Of            int     // replicas that were played: all, or a sample as busy as they are
	Before, After float64 // share of the requests within the limits, without and with the failure
	Again         int     // requests that had to be sent again
}

// Plan is the answer.
type Plan struct {
	Slots        []Slot
	Min, Max     int // replicas needed in the quietest and the busiest slot
	Static, Auto Policy
	Wishes       []Wish // of the autoscaler
	Failures     []Failure
	PerReplica   float64 // requests per second that one of Max replicas serves within the limits
	Requests     float64 // of the day
	Played       int64   // requests that were played
	Whole        bool    // the day was played whole; else in a window of every slot
	PeakOf       int     // replicas that the peak was played with: all of them, or a sample
}

// Bounds of what is played: a day of so many requests is played whole; a window counts at least so many.
const (
	wholeDay  = 300_000
	usual     = 48
	counted   = 2000
	perServer = 8
)

// planner keeps what has been played.
type planner struct {
	*Question
	ctx     context.Context
	stopped atomic.Bool
	alone   float64 // seconds that a request takes alone
	input   float64 // mean tokens of the requests, and the longest answer
	output  float64
	longest float64
	trim    float64 // of the capacity of crowds, where their peak was played and did not keep the goal
	full    float64 // requests per second that a replica ends when there are always more waiting
	mu      sync.Mutex
	seen    map[[2]float64]traffic.Played
	played  int64
	done    int
	of      int
	caps    []float64 // requests per second within the goal: of 1, 2, 4 … replicas
}

// Make plans a day. The error says what keeps any fleet from the goal, or is the context's.
func Make(ctx context.Context, q Question) (*Plan, error) {
	if q.Slots == 0 {
		q.Slots = usual
	}
	p := &planner{Question: &q, ctx: ctx, of: 2*q.Slots + 60, trim: 1}
	defer context.AfterFunc(ctx, func() { p.stopped.Store(true) })()
	_, peak := q.Curve.Peak(0, q.Curve.Length())
	err := p.capacities(peak / q.Scaling.Target)
	if err == nil {
		err = p.verify(peak)
	}
	if err != nil {
		return nil, p.failed(err)
	}
	out := p.day()
	if err := p.fill(out); err != nil {
		return nil, p.failed(err)
	}
	if err := p.failures(out, peak); err != nil {
		return nil, p.failed(err)
	}
	out.Played, out.PeakOf = p.played, p.sampled(play{rate: peak, n: out.Max}).n
	return out, nil
}

// failed prefers the reason for which a run was stopped.
func (p *planner) failed(err error) error {
	if p.ctx.Err() != nil {
		return context.Cause(p.ctx)
	}
	return err
}
