package traffic

import (
	"math"
	"math/rand/v2"
	"sync/atomic"

	"fathom/hw/message"
)

// ErrStopped is the end of a simulation that its caller no longer wants.
var ErrStopped = message.Fault("play.stopped")

// Arrival is how requests come.
type Arrival uint8

// Closed keeps Concurrency requests in flight, all started at once. Poisson sends at random at Rate per second; Even
// sends at equal distances.
const (
	Closed Arrival = iota
	Poisson
	Even
)

var arrivalNames = [...]string{"closed", "poisson", "even"}

func (a Arrival) String() string { return arrivalNames[a] }

// Load is what the load generator sends. The zero values of Waves and Requests stand for their defaults.
type Load struct {
	Arrival     Arrival
	Concurrency int     // Closed: requests in flight
	Waves       int     // Closed: the run ends after Waves x Concurrency requests; 0: 10, what the public CI harness does
	Rate        float64 // Poisson, Even: requests per second
	Requests    int     // Poisson, Even: how many; 0: 1000

	Input, Output int     // nominal tokens, the largest that are drawn
	Spread        float64 // lengths are uniform in (1-Spread)..1 of nominal; public CI runs have 0.2
	// Tail makes lengths exponential instead, with Input and Output as means, none longer than eight times that: what
	// conversations look like (ShareGPT). A burst then ends with a few long requests that nobody shares the devices with.
	Tail bool
	// Cached is the share of every prompt that the prefix cache holds, 0 up to 1: attended to and kept, but not computed.
	Cached float64
	// Held is how many tokens of the prompt of each request, in the order of sending, the prefix cache holds from earlier
	// runs of the same prompts; those beyond its end hold none.
	Held []int32
	Seed uint64

	// Classes are the kinds of requests of a mix; lengths come from them then, with Input and Output as their means.
	Classes []Class
	Limits  Limits // of a request, for Goodput; those of a class come instead of them
	// Burst is the weight of a closed loop's starting burst in the distributions of latencies; 0: as many requests as it
	// has of those that are played. So a run of any length tells of one of ten turns, as a benchmark has it.
	Burst float64
	// Starts is how many starting bursts of a closed loop make the distributions of latencies, each with requests of its
	// own and together of the weight of one; 0: the run's own.
	Starts  int
	Noise   bool // it is told how far figures may lie from those of a run without end
	Moments int  // most moments of the timeline; 0: none is kept

	Stopped *atomic.Bool // set: the simulation gives up with ErrStopped; nil: nobody will
}

// limit keeps a typing error from asking for hours of simulation.
const limit = 4_000_000

// mostStarts bounds the bursts of one run.
const mostStarts = 4096

func (l *Load) check() error {
	switch {
	case l.Input < 1 || l.Input > mostTokens:
		return notFrom("play.input", l.Input, 1, mostTokens)
	case l.Output < 1 || l.Output > mostTokens:
		return notFrom("play.output", l.Output, 1, mostTokens)
	case !(l.Spread >= 0 && l.Spread <= 1):
		return notFrom("play.spread", l.Spread, 0, 1)
	case !(l.Cached >= 0 && l.Cached < 1):
		return notBelow("play.cached", l.Cached, 0, 1)
	case l.Arrival == Closed && l.Concurrency < 1 || l.Concurrency < 0:
		return notFrom("play.concurrency", l.Concurrency, 1, math.MaxInt)
	case l.Waves < 0:
		return notFrom("play.waves", l.Waves, 0, math.MaxInt)
	case l.Arrival != Closed && !(l.Rate > 0 && l.Rate <= 1e9):
		return notFrom("play.rate", l.Rate, 0, 1e9)
	case l.count() > limit || l.count() < 1:
		return notFrom("play.requests", l.count(), 1, limit)
	case len(l.Classes) > mostClasses:
		return notFrom("play.classes", len(l.Classes), 0, mostClasses)
	case !(l.Burst >= 0 && l.Burst < 1):
		return notBelow("play.burst", l.Burst, 0, 1)
	case l.Starts < 0 || l.Starts > mostStarts:
		return notFrom("play.starts", l.Starts, 0, mostStarts)
	case l.Moments < 0 || l.Moments > 1<<20 || l.Moments == 1:
		return notFrom("play.moments", l.Moments, 2, 1<<20)
	}
	for i := range l.Classes {
		if err := l.Classes[i].check(); err != nil {
			return err
		}
	}
	return nil
}

// count is the number of requests of the whole run.
func (l *Load) count() int {
	if l.Arrival == Closed {
		return l.waves() * l.Concurrency
	}
	if l.Requests == 0 {
		return 1000
	}
	return l.Requests
}

func (l *Load) waves() int {
	if l.Waves == 0 {
		return 10
	}
	return l.Waves
}

// draw makes the requests, with their arrivals where the load decides them.
func (l *Load) draw() []request {
	d := newDrawer(l)
	requests := make([]request, l.count())
	for i := range requests {
		q := &requests[i]
		d.next(q)
		if i < len(l.Held) && l.Held[i] > q.cached {
			q.cached = min(l.Held[i], q.input-1)
			q.done = q.cached
		}
	}
	return requests
}

// drawer makes the requests of a load one after the other. PCG and the order of the draws are fixed, so a seed means
// the same requests everywhere.
type drawer struct {
	load   *Load
	random *rand.Rand
	kinds  *mix // nil: no classes
	now    float64
	count  int
}

func newDrawer(l *Load) *drawer {
	d := &drawer{load: l, random: rand.New(rand.NewPCG(l.Seed, 0x66617468))}
	if len(l.Classes) > 0 {
		d.kinds = newMix(l.Classes)
	}
	return d
}

// next fills in a request that is empty.
func (d *drawer) next(q *request) {
	l := d.load
	if d.kinds != nil {
		d.kinds.draw(d.random, q)
	} else if l.Tail {
		q.input, q.output = tail(d.random, l.Input), tail(d.random, l.Output)
	} else {
		q.input, q.output = length(d.random, l.Input, l.Spread), length(d.random, l.Output, l.Spread)
	}
	q.prompt = q.input
	q.cached = max(q.cached, int32(float64(q.input)*l.Cached))
	q.done = q.cached
	switch l.Arrival {
	case Poisson:
		d.now += d.random.ExpFloat64() / l.Rate
		q.arrival = d.now
	case Even:
		q.arrival = float64(d.count) / l.Rate
	}
	d.count++
}

// length draws uniformly from the integers between (1-spread) of nominal and nominal, as the CI harness does.
func length(random *rand.Rand, nominal int, spread float64) int32 {
	low := max(1, int(math.Floor(float64(nominal)*(1-spread))))
	return int32(low + random.IntN(nominal-low+1))
}

// longest of a tailed draw, as a multiple of the mean.
const longest = 8

func tail(random *rand.Rand, mean int) int32 {
	return int32(max(1, min(longest*float64(mean), random.ExpFloat64()*float64(mean))))
}

// mean lengths, for the closed forms.
func (l *Load) mean(nominal int) float64 {
	if l.Tail {
		return float64(nominal)
	}
	low := max(1, math.Floor(float64(nominal)*(1-l.Spread)))
	return (low + float64(nominal)) / 2
}
