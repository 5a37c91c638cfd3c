package fleet

import (
	"math"
	"slices"
	"sync"

	"fathom/sim/traffic"
)

// day lays out the slots and what both fleets have in them.
func (p *planner) day() *Plan {
	length := p.Curve.Length()
	out := &Plan{Min: math.MaxInt, Requests: p.Curve.Sum(0, length), Whole: p.Curve.Sum(0, length) <= wholeDay}
	for i := range p.Slots {
		from, to := float64(i)*length/float64(p.Slots), float64(i+1)*length/float64(p.Slots)
		s := Slot{At: from, Seconds: to - from, Rate: p.Curve.Sum(from, to) / (to - from)}
		_, s.Peak = p.Curve.Peak(from, to)
		s.Needed = p.needed(s.Peak)
		out.Min, out.Max = min(out.Min, s.Needed), max(out.Max, s.Needed)
		out.Slots = append(out.Slots, s)
	}
	out.PerReplica = p.capacity(out.Max) / float64(out.Max)
	if p.Scaling.Max == 0 {
		p.Scaling.Max = max(out.Max+p.Scaling.Spare, p.needed(p.Curve.Scaled(1).At(0)), p.Scaling.Min,
			p.needed(peakOf(p.Curve)/p.Scaling.Target)+p.Scaling.Spare)
	}
	out.Wishes = wishes(p.Curve, p.Scaling, p.needed)
	for i := range out.Slots {
		s := &out.Slots[i]
		s.Static = Kept{Paid: out.Max, Ready: out.Max, parts: [2]part{{s.Peak, s.Rate, out.Max, 1, 0}}}
		s.Auto = p.following(out.Wishes, s.At, s.At+s.Seconds)
		out.Auto.Most = max(out.Auto.Most, s.Auto.Paid)
	}
	out.Static.Most, out.Static.Hours = out.Max, float64(out.Max)*length/3600
	out.Auto.Hours = seconds(out.Wishes, length) / 3600
	return out
}

// part is a share of a slot, played at its worst moment.
type part struct {
	rate  float64 // then, in requests per second
	mean  float64 // over all of it
	n     int     // replicas that serve
	share float64 // of the slot
	at    int     // of its play
}

// play is a situation to be played: a rate and replicas that serve.
type play struct {
	rate float64
	n    int
	busy float64 // share of their capacity
}

// following is what the autoscaler has in a slot: the part in which it keeps up, and the part in which it does not.
func (p *planner) following(list []Wish, from, to float64) Kept {
	k := Kept{Ready: math.MaxInt}
	var worst [2]float64
	i := 0
	for t := from; t < to; t += look {
		end := math.Min(t+look, to)
		for i+1 < len(list) && list[i+1].At <= t {
			i++
		}
		k.Paid, k.Ready = max(k.Paid, list[i].Paid), min(k.Ready, list[i].Ready)
		_, rate := p.Curve.Peak(t, end)
		load := rate / math.Max(p.capacity(list[i].Ready), 1e-9)
		behind := 0
		if load > 1 {
			behind = 1
		}
		x := &k.parts[behind]
		if load >= worst[behind] {
			worst[behind], x.rate, x.n = load, rate, list[i].Ready
		}
		x.share += (end - t) / (to - from)
		x.mean += p.Curve.Sum(t, end)
	}
	for i := range k.parts {
		if x := &k.parts[i]; x.share > 0 {
			x.mean /= x.share * (to - from)
		}
	}
	return k
}

func peakOf(c Curve) float64 {
	_, peak := c.Peak(0, c.Length())
	return peak
}

// fill plays both fleets over the day.
func (p *planner) fill(out *Plan) error {
	if out.Whole {
		return p.whole(out)
	}
	// Each situation once, so that they can be played side by side. Crowds that are as busy as each other, to a
	// tenth, serve alike: the busiest of them is played for all.
	var plays []play
	like := map[int]int{} // how busy a crowd is, in tenths: its place in plays
	for i := range out.Slots {
		s := &out.Slots[i]
		for _, k := range []*Kept{&s.Static, &s.Auto} {
			for j := range k.parts {
				x := &k.parts[j]
				if x.share == 0 || x.rate == 0 || x.n == 0 {
					continue
				}
				busy := x.rate / p.capacity(x.n)
				one := play{x.rate, x.n, busy}
				if x.n*p.Engine <= Crowd {
					if x.at = slices.Index(plays, one); x.at < 0 {
						x.at, plays = len(plays), append(plays, one)
					}
					continue
				}
				class := max(5, int(math.Ceil(10*busy-1e-9)))
				at, known := like[class]
				if !known {
					at, plays = len(plays), append(plays, one)
					like[class] = at
				}
				if x.at = at; busy > plays[at].busy {
					plays[at] = one
				}
			}
		}
	}
	for i := range plays { // before any of them is played: what is known then does not hang on who is faster
		plays[i] = p.sampled(plays[i])
	}
	p.of = p.done + len(plays) + 4
	jobs := make(chan play)
	errs := make([]error, max(1, p.Workers))
	var all sync.WaitGroup
	for w := range errs {
		all.Go(func() {
			for j := range jobs {
				if _, err := p.at(j.rate, j.n); err != nil {
					errs[w] = err
				}
			}
		})
	}
	for _, one := range plays {
		jobs <- one
	}
	close(jobs)
	all.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	p.backlog(out, &out.Static, plays, func(s *Slot) *Kept { return &s.Static })
	p.backlog(out, &out.Auto, plays, func(s *Slot) *Kept { return &s.Auto })
	return nil
}

// sampled is a play of a crowd that was not played yet as its sample. The day's peak is played before.
func (p *planner) sampled(x play) play {
	if _, known := p.seen[[2]float64{x.rate, float64(x.n)}]; known {
		return x
	}
	return p.sample(x)
}

// sample is a play of a crowd with as many replicas as show what it keeps, as busy as it is: a larger crowd serves no
// more with each. Smaller fleets are their own sample.
func (p *planner) sample(x play) play {
	most := max(2, Sample/p.Engine)
	if x.n <= most {
		return x
	}
	x.rate *= p.capacity(most) / p.capacity(x.n)
	x.n = most
	return x
}

// backlog sums up what was played of a fleet, and carries what a slot did not serve on into the next, as a window
// begins without it. Requests that wait for it longer than the limit are not within the limits. The goodput of the day
// is that of its slots by their requests.
func (p *planner) backlog(out *Plan, policy *Policy, plays []play, of func(*Slot) *Kept) {
	limits := p.Fleet(1).Limits
	waiting, kept, sent := 0., 0., 0.
	for i := range out.Slots {
		s := &out.Slots[i]
		mine := of(s)
		good, ttft := 0., 0.
		for k := range mine.parts {
			x := &mine.parts[len(mine.parts)-1-k] // where it falls behind comes first
			if x.share == 0 {
				continue
			}
			n := x.mean * x.share * s.Seconds
			var r traffic.Played
			if x.rate > 0 && x.n > 0 {
				r = p.seen[[2]float64{plays[x.at].rate, float64(plays[x.at].n)}]
			}
			served, share := p.full*float64(x.n), r.Goodput
			if x.rate == 0 {
				share = 1
			}
			before := waiting
			waiting = math.Max(0, waiting+(x.mean-served)*x.share*s.Seconds)
			wait := 0.
			if served > 0 {
				wait = (before + waiting) / 2 / served
			}
			if limits.TTFT > 0 && wait > limits.TTFT {
				share = 0
			}
			good, ttft = good+share*n, ttft+(r.TTFT.Mean+wait)*n
		}
		total := s.Rate * s.Seconds
		if mine.Goodput = 1; total > 0 {
			mine.Goodput, mine.TTFT = good/total, ttft/total
		}
		kept, sent = kept+good, sent+total
	}
	policy.Goodput = kept / math.Max(sent, 1e-12)
}

// whole plays the day from its first request to its last, once for each fleet.
func (p *planner) whole(out *Plan) error {
	for k, policy := range []*Policy{&out.Static, &out.Auto} {
		f := p.Fleet(out.Max)
		if k == 1 {
			f = p.Fleet(out.Wishes[0].Ready)
			for _, w := range out.Wishes[1:] {
				f.Changes = append(f.Changes, traffic.Change{At: w.At, Replicas: w.Ready * p.Engine})
			}
		}
		f.Clock = &steps{clock: f.Clock}
		f.Slot, f.Stopped = out.Slots[0].Seconds, &p.stopped
		src, err := follow(p.Load, p.Curve, 1)
		if err != nil {
			return err
		}
		r, err := traffic.Serve(src, f)
		if err != nil {
			return err
		}
		p.played += int64(r.Requests)
		policy.Goodput = r.Goodput
		for i := range out.Slots {
			mine := &out.Slots[i].Static
			if k == 1 {
				mine = &out.Slots[i].Auto
			}
			mine.Goodput = 1
			if i < len(r.Slots) && r.Slots[i].Sent > 0 {
				x := r.Slots[i]
				mine.Goodput, mine.TTFT = float64(x.Kept)/float64(x.Sent), x.TTFT/float64(x.Sent)
			}
		}
	}
	return nil
}

// failures plays the peak with a replica that fails, of a fleet that is just large enough and of one with a spare. Both
// figures of a fleet are those of the same requests over the same time: a share from another window would differ by
// more than one replica of a crowd does. A large crowd is sampled: one of fewer replicas that fails costs more than one
// of all would, so that what is left is a lower bound.
func (p *planner) failures(out *Plan, peak float64) error {
	gone := math.Max(p.Scaling.ColdStart, 1)
	for _, n := range []int{out.Max, out.Max + 1} {
		x := p.sample(play{rate: peak, n: n})
		least := math.Min(gone, longFailure/x.rate)
		if x.n*p.Engine > Crowd {
			least = 0 // of a crowd one is soon made up for
		}
		fails := []traffic.Change{{Replicas: (x.n - 1) * p.Engine, Fails: true}, {At: gone, Replicas: x.n * p.Engine}}
		var played [2]traffic.Played
		var errs [2]error
		var both sync.WaitGroup
		for i, changes := range [2][]traffic.Change{nil, fails} {
			one := func() {
				if least == 0 && changes == nil { // it may have been played
					played[i], errs[i] = p.at(x.rate, x.n)
				} else {
					played[i], errs[i] = p.window(x.rate, x.n, least, changes)
				}
			}
			if p.Workers > 1 {
				both.Go(one)
			} else {
				one()
			}
		}
		both.Wait()
		for _, err := range errs {
			if err != nil {
				return err
			}
		}
		out.Failures = append(out.Failures, Failure{Replicas: n, Of: x.n, Before: played[0].Goodput,
			After: played[1].Goodput, Again: played[1].Again})
	}
	return nil
}

// longFailure is how many requests of a failure are played at most.
const longFailure = 100_000
