package traffic

// counts tells whether a request that is sent at a time counts in the figures.
func (s *service) counts(at float64) bool {
	return at >= s.fleet.From && (s.fleet.To <= 0 || at < s.fleet.To)
}

// mostSlots bounds the timeline.
const mostSlots = 100_000

func (s *service) slot(at float64) *Slot {
	if s.fleet.Slot <= 0 || !s.counts(at) {
		return nil
	}
	i := min(int((at-s.fleet.From)/s.fleet.Slot), mostSlots-1)
	for len(s.out.Slots) <= i {
		s.out.Slots = append(s.out.Slots, Slot{})
	}
	return &s.out.Slots[i]
}

func (s *service) result() Played {
	o := &s.out
	o.ReplicaSeconds += float64(s.up) * (o.Last - s.since)
	o.Requests, o.Seconds = int(s.ttft.count), o.Last-max(o.First, s.fleet.From)
	if o.Seconds > 0 {
		o.Output, o.Rate = s.tokens/o.Seconds, float64(o.Requests)/o.Seconds
	}
	o.TTFT, o.TPOT, o.E2E = s.ttft.stat(), s.tpot.stat(), s.e2e.stat()
	o.Goodput = float64(o.Kept) / max(1, float64(o.Requests+o.Refused))
	o.FirstWave, o.Steady = o.TTFT.Mean, o.TTFT.Mean
	for _, p := range s.replicas {
		o.Reuse.add(p.use.reuse)
	}
	end := s.latest
	if s.fleet.To > 0 {
		end = min(end, s.fleet.To)
		o.Seconds = max(o.Seconds, end-s.fleet.From)
		if window := s.fleet.To - s.fleet.From; s.latest >= s.fleet.To { // what was served while it was watched
			o.Output, o.Rate = s.within/window, float64(o.Ended)/window
		}
	}
	rate := float64(o.Requests) / max(end-max(o.First, s.fleet.From), 1e-9)
	keepsUp := !o.FellBehind(rate)
	if s.fleet.To > 0 && s.latest >= s.fleet.To {
		keepsUp = o.Rate >= 0.95*rate // of what was sent while it was watched as much ended
	}
	o.account(s.replicas, keepsUp)
	s.bound()
	if a, b := s.marks[0], s.marks[1]; b.at > a.at {
		o.InFlight = (b.seconds - a.seconds) / (b.at - a.at)
	}
	return *o
}
