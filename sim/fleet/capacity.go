package fleet

import (
	"math"

	"fathom/hw/message"
	"fathom/sim/traffic"
)

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

// Sample is how many engines of a larger crowd are played for a slot that is not the peak, and for a failure.
const Sample = 8 * Crowd

// mostAtWork is how many requests a peak may have at a time to be played whole: a larger one is sampled too, as the
// memory of all would be too much.
const mostAtWork = 1_500_000

// mostReplicas is the largest fleet that is planned.
const mostReplicas = 65_536

// verify plays the peak with the replicas that it is said to need, where these were not played: a share that a crowd
// does not keep is taken back. A sample of a large crowd says first whether all of it is worth playing.
func (p *planner) verify(peak float64) error {
	for {
		n := p.needed(peak)
		if n <= 1<<(len(p.caps)-1) {
			return nil
		}
		if n >= mostReplicas {
			return message.Fault("fleet.most", mostReplicas)
		}
		whole := play{rate: peak, n: n}
		few := p.sample(whole)
		r, err := p.at(few.rate, few.n)
		if err == nil && r.Goodput >= p.Goal && few != whole && p.atWork(whole) <= mostAtWork {
			r, err = p.at(peak, n)
		}
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
