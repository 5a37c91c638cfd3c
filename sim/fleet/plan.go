package fleet

import (
	"context"
	"math"
	"math/rand/v2"
	"sync"
	"sync/atomic"

	"fathom/hw/message"
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
	out.Played = p.played
	return out, nil
}

// failed prefers the reason for which a run was stopped.
func (p *planner) failed(err error) error {
	if p.ctx.Err() != nil {
		return context.Cause(p.ctx)
	}
	return err
}

// at plays so many replicas at a rate in their working state.
func (p *planner) at(rate float64, n int) (traffic.Played, error) {
	key := [2]float64{rate, float64(n)}
	p.mu.Lock()
	r, ok := p.seen[key]
	p.mu.Unlock()
	if ok {
		return r, nil
	}
	r, err := p.window(rate, n, 0, nil)
	p.mu.Lock()
	if p.seen == nil {
		p.seen = map[[2]float64]traffic.Played{}
	}
	p.seen[key] = r
	p.mu.Unlock()
	return r, err
}

// window plays a rate for a time that counts at least, of a fleet that has been at work for a while.
func (p *planner) window(rate float64, n int, least float64, changes []traffic.Change) (traffic.Played, error) {
	f, each := p.working(rate, n)
	if f.Replicas <= Crowd { // a fleet at its edge takes a while to show it; crowds have the share of smaller ones
		least = math.Max(least, long*each)
	}
	f.To = f.From + math.Max(least, float64(max(counted, perServer*n))/rate)
	for _, c := range changes {
		c.At += f.From
		f.Changes = append(f.Changes, c)
	}
	return p.run(f, rate)
}

// working is a fleet that has been at work at a rate for a while, and for how many seconds it has a request.
func (p *planner) working(rate float64, n int) (f traffic.Fleet, each float64) {
	f = p.Fleet(n)
	f.Clock = &steps{clock: f.Clock}
	busy, each := p.flight(&f, rate/float64(f.Replicas))
	f.Begun = p.begun(int(busy*float64(f.Replicas) + 0.5))
	f.From, f.Stopped = settle*each, &p.stopped
	return f, each
}

// run plays a fleet at a rate.
func (p *planner) run(f traffic.Fleet, rate float64) (traffic.Played, error) {
	load := p.Load
	load.Arrival, load.Rate, load.Requests, load.Seed = traffic.Poisson, rate, endless, 1
	src, err := traffic.Drawn(load)
	if err != nil {
		return traffic.Played{}, err
	}
	r, err := traffic.Serve(src, f)
	p.mu.Lock()
	p.played += int64(r.Requests)
	p.done++
	p.of = max(p.of, p.done+1)
	if p.Watch != nil {
		p.Watch(p.done, p.of)
	}
	p.mu.Unlock()
	return r, err
}

// long is for how many times of a request a fleet is watched.
const long = 3

// settle is the share of a request's time for which a fleet that begins at work is let run before it counts.
const settle = 0.4

// flight is how many requests an engine has at a rate, and how long each takes: Little's law with the closed form of a
// step. Where it cannot keep up, as many as it takes.
func (p *planner) flight(f *traffic.Fleet, rate float64) (requests, seconds float64) {
	load := p.Load
	took := func(n int) float64 {
		load.Concurrency = n
		e, err := traffic.Formula(load, f.Engine, f.Clock)
		if err != nil {
			return p.alone
		}
		return e.TPOT * p.output
	}
	most := f.Engine.Sequences
	if room := f.Engine.KVTokens; room > 0 {
		most = min(most, max(1, room/int(p.input+p.output)))
	}
	low, high := 1, max(1, most)
	for low < high { // the fewest that are enough for the rate
		if mid := (low + high) / 2; float64(mid) >= rate*took(mid) {
			high = mid
		} else {
			low = mid + 1
		}
	}
	seconds = math.Max(p.alone, took(low))
	return math.Min(float64(most), rate*seconds), seconds
}

// begun are so many requests in the middle of their answers: long answers are there for longer, and each has got an
// equal share of it done.
func (p *planner) begun(n int) []traffic.Begun {
	load := p.Load
	load.Arrival, load.Rate, load.Requests, load.Seed = traffic.Even, 1, endless, 2
	src, err := traffic.Drawn(load)
	if err != nil {
		return nil
	}
	random := rand.New(rand.NewPCG(3, 0x62656775))
	list := make([]traffic.Begun, 0, n)
	var c traffic.Call
	longest := p.longest
	for len(list) < n {
		if more, err := src.Next(&c); !more || err != nil {
			break
		}
		if c.Output > 2 && random.Float64()*longest < float64(c.Output) {
			list = append(list, traffic.Begun{Input: c.Input, Output: c.Output, Made: 1 + random.Int32N(c.Output-2)})
		}
		longest = math.Max(longest, float64(c.Output))
	}
	return list
}

// endless is more requests than a window takes.
const endless = 4_000_000

// capacities finds the highest rate within the goal of 1, 2, 4 … replicas, until one is enough. A replica of many
// serves more than one alone: a load that is shared has less need of luck.
func (p *planner) capacities(peak float64) error {
	if err := p.idle(); err != nil {
		return err
	}
	if err := p.saturate(); err != nil {
		return err
	}
	low, high := 0., 0.
	for n := 1; ; n *= 2 {
		if n > 1 {
			low, high = 2*p.caps[len(p.caps)-1], 0
		}
		most := stable * p.full * float64(n)
		// The highest rate that holds, from one that does: twice as much while that holds, then halves of what is left.
		guess := math.Min(most, math.Max(low*1.15, 1/p.alone))
		for low < most && (high == 0 || high-low > 0.03*high) {
			r, err := p.at(guess, n)
			switch {
			case err != nil:
				return err
			case r.Goodput >= p.Goal:
				low = guess
			default:
				high = guess
			}
			if high == 0 {
				guess = low * 1.15
				if n == 1 {
					guess = 2 * low
				}
				guess = math.Min(guess, most)
				continue
			}
			if guess = (low + high) / 2; n == 1 && low == 0 && high < 1e-3/p.alone {
				return message.Fault("fleet.never", 100*r.Goodput, 100*p.Goal)
			}
			if n > 1 && low == 2*p.caps[len(p.caps)-1] && high-low <= 0.03*high {
				break // twice the replicas serve at least twice as much
			}
		}
		p.caps = append(p.caps, low)
		if low >= peak || n*p.Engine >= Crowd {
			return nil
		}
	}
}

// stable is the share of what saturated replicas end that a fleet may be sent for good: what it falls behind by shows
// only after a longer time than is played.
const stable = 0.98

// saturate finds what a replica ends when there are always more waiting.
func (p *planner) saturate() error {
	one := p.Fleet(1)
	held, seconds := p.flight(&one, math.Inf(1))
	for rate := 1.3 * held * float64(p.Engine) / seconds; ; rate *= 2 {
		f, each := p.working(rate, 1)
		f.To = f.From + math.Max(10*each, counted/rate)
		r, err := p.run(f, rate)
		if err != nil || float64(r.Ended) < 0.95*float64(r.Requests) {
			p.full = float64(r.Ended) / (f.To - f.From)
			return err
		}
	}
}

// Crowd is how many engines make so large a fleet that one twice as large serves no more with each.
const Crowd = 128

// Sample is how many engines of a larger crowd are played for a slot that is not the peak.
const Sample = 8 * Crowd

// mostReplicas is the largest fleet that is planned.
const mostReplicas = 65_536

// verify plays the peak with the replicas that it is said to need, where these were not played: a share that a crowd
// does not keep is taken back.
func (p *planner) verify(peak float64) error {
	for {
		n := p.needed(peak)
		if n <= 1<<(len(p.caps)-1) {
			return nil
		}
		if n >= mostReplicas {
			return message.Fault("fleet.most", mostReplicas)
		}
		r, err := p.at(peak, n)
		if err != nil || r.Goodput >= p.Goal {
			return err
		}
		p.trim *= 0.99
	}
}

// idle finds the time that a request takes where it is alone.
func (p *planner) idle() error {
	load := p.Load
	load.Arrival, load.Rate, load.Requests, load.Seed = traffic.Even, 1e-6, 200, 1
	sample, err := traffic.Drawn(load)
	if err != nil {
		return err
	}
	n := 0.
	for c := (traffic.Call{}); ; n++ {
		if more, err := sample.Next(&c); err != nil {
			return err
		} else if !more {
			break
		}
		p.input, p.output = p.input+float64(c.Input), p.output+float64(c.Output)
		p.longest = math.Max(p.longest, float64(c.Output))
	}
	p.input, p.output = p.input/n, p.output/n
	load.Requests = 20
	src, err := traffic.Drawn(load)
	if err != nil {
		return err
	}
	f := p.Fleet(1)
	f.Stopped = &p.stopped
	r, err := traffic.Serve(src, f)
	if err != nil {
		return err
	}
	if r.Requests == 0 {
		return message.Fault("fleet.refused")
	}
	p.alone = r.E2E.Mean
	if r.Goodput < p.Goal {
		return message.Fault("fleet.never", 100*r.Goodput, 100*p.Goal)
	}
	return nil
}

// capacity is the highest rate within the goal of so many replicas; between the fleets that were played a replica's
// share is interpolated.
func (p *planner) capacity(n int) float64 {
	at := math.Log2(float64(n))
	i := min(int(at), len(p.caps)-1)
	share := p.caps[i] / math.Exp2(float64(i))
	switch {
	case i+1 < len(p.caps):
		share += (at - float64(i)) * (p.caps[i+1]/math.Exp2(float64(i+1)) - share)
	case n > 1<<i:
		share *= p.trim
	}
	return float64(n) * share
}

// needed is the fewest replicas that keep the goal at a rate.
func (p *planner) needed(rate float64) int {
	low, high := 1, mostReplicas
	for low < high {
		if mid := (low + high) / 2; p.capacity(mid) >= rate {
			high = mid
		} else {
			low = mid + 1
		}
	}
	return low
}
