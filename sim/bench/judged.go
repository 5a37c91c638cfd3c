package bench

import "fathom/sim/traffic"

// Bounds of runs that are judged by percentiles: so many requests make a 99th percentile that another seed does not
// move much; beyond the other number nothing is learned.
const (
	enoughToJudge = 2_000
	mostToJudge   = 40_000
	burstsToJudge = 600    // requests of starting bursts
	leastStarts   = 4      // of a closed loop, for its interval
	mostOfStarts  = 16_000 // requests, beyond which one burst is enough
)

// Judged is the same deployment whose runs are held against limits on single requests: long enough for percentiles,
// with the weight that the starting burst has in ten turns of a closed loop, however many are played.
func (b *Bench) Judged(limits traffic.Limits) *Bench {
	out := *b
	out.judged, out.limits = true, limits
	return &out
}

// Sampled is the same deployment whose closed loops are begun many times, for percentiles that another seed does not
// move much; it is told how far they may be off.
func (b *Bench) Sampled() *Bench {
	out := *b
	out.sampled = true
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

// starts is how many starting bursts a closed loop is judged by. The highest tenth of its latencies is one burst, in
// which requests stand behind each other: another seed moves the percentiles of one by a fifth, of many little.
func starts(concurrency int) int {
	c := max(1, concurrency)
	return max(1, min(max(leastStarts, (burstsToJudge+c-1)/c), mostOfStarts/c))
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
