package fleet

import (
	"math"
	"math/rand/v2"

	"fathom/sim/traffic"
)

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
		load.Concurrency = n * max(1, f.Engine.Stages)
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

// atWork is about how many requests a fleet has at a time.
func (p *planner) atWork(x play) float64 {
	f := p.Fleet(x.n)
	busy, _ := p.flight(&f, x.rate/float64(f.Replicas))
	return busy * float64(f.Replicas)
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
