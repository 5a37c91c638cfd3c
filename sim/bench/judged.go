package bench

import "fathom/sim/traffic"

// Bounds of runs that are judged by percentiles: so many requests make a 99th percentile that another seed does not
// move much; beyond the other number nothing is learned.
const (
	enoughToJudge = 2_000
	mostToJudge   = 40_000
)

// Judged is the same deployment whose runs are held against limits on single requests: long enough for percentiles,
// with the weight that the starting burst has in ten turns of a closed loop, however many are played.
func (b *Bench) Judged(limits traffic.Limits) *Bench {
	out := *b
	out.judged, out.limits = true, limits
	return &out
}

// Against is the same deployment whose goodput counts requests within the limits; nothing else of a run changes.
func (b *Bench) Against(limits traffic.Limits) *Bench {
	out := *b
	out.limits = limits
	return &out
}

// Followed is the same deployment whose runs keep a timeline of at most so many moments.
func (b *Bench) Followed(moments int) *Bench {
	out := *b
	out.after = moments
	return &out
}

// turns is how often a closed loop that is judged turns over.
func turns(concurrency int) int {
	return max(3, min(max(Waves, enoughToJudge/max(1, concurrency)), mostToJudge/max(1, concurrency)))
}

// arrivals is how many requests an open load sends: 0 for the simulation's own number. Judged runs last ten times as
// long as it takes to fill the service.
func (b *Bench) arrivals() int {
	if !b.judged {
		return 0
	}
	return min(max(enoughToJudge, Waves*b.fills), mostToJudge)
}

// Seeded is the same deployment whose requests come from another seed.
func (b *Bench) Seeded(seed uint64) *Bench {
	out := *b
	out.seed = seed
	return &out
}
