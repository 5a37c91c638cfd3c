package bench

import (
	"context"
	"math"
	"sync/atomic"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/memory"
	"fathom/sim/pass"
	"fathom/sim/plan"
	"fathom/sim/price"
	"fathom/sim/traffic"
)

// Spread is how lengths are drawn: 80 to 100% of nominal, as public benchmarks of serving do (serving-dynamics 1, fact
// 2).
const Spread = 0.2

// Waves is how often a closed loop turns over: public benchmarks send ten requests for each that they keep in flight.
const Waves = 10

// enough requests make a steady mean whatever their number, so that large runs are played in fewer waves.
const enough = 16_000

// KV room that is no number of tokens: contexts take none of it (a scheduler's 0), or weights leave none of it.
const (
	endless = 0
	noRoom  = -1
)

// Lengths are the requests of a load.
type Lengths struct {
	Input, Output int     // tokens, nominal
	Cached        float64 // share of the prompt in the prefix cache
	// Classes are those of a mix, whose mean lengths Input and Output are; nil: all requests are alike
	Classes []traffic.Class
}

// most is the room that the largest request takes, in tokens.
func (l *Lengths) most() int {
	tokens := l.Input + l.Output
	for i := range l.Classes {
		c := &l.Classes[i]
		tokens = max(tokens, traffic.Longest(c.Input)+traffic.Longest(c.Output))
	}
	return tokens
}

// Bench is one deployment with its scheduler, ready to be played. It is immutable and safe for concurrent use.
//
// A pipeline keeps a micro-batch in each stage, with its share of the requests and of the room; all of them are played
// (traffic.Engine.Stages). Replicas that share nothing are lanes, of which one is played.
type Bench struct {
	clock   traffic.Clock
	engine  traffic.Engine
	lengths Lengths
	budget  int
	lanes   int // replicas
	room    memory.Room
	bars    *hw.EngineCosts
	stopped *atomic.Bool

	judged  bool           // requests are held against limits: distributions matter, not means alone
	sampled bool           // percentiles come from many starts of a closed loop
	limits  traffic.Limits // of single requests, where classes have none of their own
	after   int            // moments of the timeline
	seed    uint64
	runs    *Runs // nil: closed loops are played each time
	made    Made
	fills   int // requests that fill a lane, whatever its scheduler's places are set to
}

// New puts the scheduler of the setup's serving engine over its forward model. budget is the token budget of a step per
// DP rank, 0 for the engine's own; accepted the tokens that a decode step yields on average, as serve.Accepted gives
// it. The error says why nothing can be served: the KV room is the device's memory less weights.
func New(s pass.Setup, p price.Pricer, lengths Lengths, budget int, accepted float64) (*Bench, error) {
	b := &Bench{lengths: lengths, engine: Preset(s.Serving.On(s.Profile)), lanes: 1}
	stages := max(1, s.Strategy.PP)
	dp := max(1, s.Strategy.DP)
	e := &b.engine
	if budget > 0 {
		e.BatchedTokens = budget
	}
	b.budget = e.BatchedTokens
	e.BatchedTokens *= dp
	e.Stages = stages
	e.Sequences = max(1, e.Sequences*dp/stages)
	e.Draft, e.Accept = s.MTP+s.Guess, math.Max(0, accepted-1)
	h := p.Host()
	e.Host, e.HostSeq, e.Arrive, e.ArriveSeq = h.Step, h.Sequence, h.Arrive, h.ArriveSeq
	FrontEnd(e, h, s.Serving.On(s.Profile), s.Strategy, s.Profile.Grid.Node)
	b.clock, b.bars = p.Clock(), p.Bars()
	b.room = p.Room(lengths.Input + lengths.Output)
	switch e.KVTokens = b.room.Tokens(lengths.Input + lengths.Output); {
	case e.KVTokens == 0: // a scheduler would take it for no limit
		e.KVTokens = noRoom
	case e.KVTokens >= memory.Endless:
		e.KVTokens = endless
	}
	if e.KVTokens > 0 {
		e.KVTokens = max(1, e.KVTokens/stages)
	}
	if need := lengths.most() + 1 + e.Draft; e.KVTokens != endless && e.KVTokens < need {
		return nil, message.Fault("unplayed.memory", max(0, e.KVTokens), need)
	}
	if b.fills = e.Sequences; e.KVTokens != endless {
		b.fills = min(b.fills, e.KVTokens/(lengths.Input+lengths.Output)+1)
	}
	b.fills *= stages
	return b, nil
}

// Alone is the setup of what steps by itself, and how many such engines there are. Data-parallel ranks wait for each
// other only where they share experts; those of a dense model are replicas, and none of them is slower for the others.
func Alone(s pass.Setup) (own pass.Setup, replicas int) {
	if s.Strategy.DP <= 1 || s.Model.MoE() {
		return s, 1
	}
	replicas, s.Strategy.DP = s.Strategy.DP, 1
	return s, replicas
}

// Times is so many equal deployments behind a load balancer, which deals requests evenly.
func (b *Bench) Times(replicas int) *Bench {
	out := *b
	out.lanes *= replicas
	return &out
}

// Holds is how many requests the KV room holds to the end of their answers.
func (b *Bench) Holds() int {
	if b.engine.KVTokens == endless {
		return b.Sequences()
	}
	return b.engine.KVTokens / (b.lengths.Input + b.lengths.Output) * b.Engines()
}

// Sequences is how many requests the scheduler runs at a time.
func (b *Bench) Sequences() int { return b.engine.Sequences * b.Engines() }

// Budget is the token budget of a step of one DP rank.
func (b *Bench) Budget() int { return b.budget }

// Limited is the same deployment with room in its scheduler for so many requests, as a launch command would set it.
func (b *Bench) Limited(requests int) *Bench {
	out := *b
	stages := max(1, b.engine.Stages)
	out.engine.Sequences = (b.Lane(requests) + stages - 1) / stages
	return &out
}

// Until is the same deployment whose simulations end with traffic.ErrStopped once the flag is set.
func (b *Bench) Until(stopped *atomic.Bool) *Bench {
	out := *b
	out.stopped = stopped
	return &out
}

// Room is what the caches of the load's requests find on the fullest rank.
func (b *Bench) Room() memory.Room { return b.room }

// Bars are the intervals that figures of the deployment earned in cross-validation; nil for figures that are not
// calibrated.
func (b *Bench) Bars() *hw.EngineCosts { return b.bars }

// Lane is how many of all requests the fullest lane has.
func (b *Bench) Lane(requests int) int { return (requests + b.lanes - 1) / b.lanes }

// all is what a lane shows, of all lanes together.
func (b *Bench) all(r traffic.Result, err error) (traffic.Result, error) {
	return times(r, b.lanes), err
}

// times is what so many lanes show together that each show the same.
func times(r traffic.Result, lanes int) traffic.Result {
	r.Output *= float64(lanes)
	r.Rate *= float64(lanes)
	r.Requests *= lanes
	r.Preemptions *= lanes
	r.Running *= lanes
	r.InFlight *= float64(lanes)
	for i := range r.Classes {
		r.Classes[i].Requests *= lanes
		r.Classes[i].Output *= float64(lanes)
	}
	for i := range r.Timeline {
		r.Timeline[i].Waiting *= lanes
		r.Timeline[i].Running *= lanes
	}
	return r
}

// beside adds what less full lanes serve. Latencies and shares stay those of the fuller ones; of a timeline the less
// full ones have too few requests to wait, and run all that they have.
func beside(r, less traffic.Result, running int) traffic.Result {
	r.Output += less.Output
	r.Rate += less.Rate
	r.Requests += less.Requests
	r.Preemptions += less.Preemptions
	r.Running += less.Running
	r.InFlight += less.InFlight
	for i := range r.Classes {
		r.Classes[i].Requests += less.Classes[i].Requests
		r.Classes[i].Output += less.Classes[i].Output
	}
	for i := range r.Timeline {
		r.Timeline[i].Running += running
	}
	return r
}

// load is what the benchmark sends, but for the arrivals.
func (b *Bench) load() traffic.Load {
	return traffic.Load{Input: b.lengths.Input, Output: b.lengths.Output, Cached: b.lengths.Cached, Spread: Spread,
		Stopped: b.stopped, Classes: b.lengths.Classes, Limits: b.limits, Moments: b.after, Seed: b.seed,
		Noise: b.sampled}
}

// waves are those that a closed loop is played for: at least three, so that one is neither the burst nor the end.
func waves(concurrency int) int { return min(Waves, max(3, enough/max(1, concurrency))) }

// Closed keeps so many requests in flight, all of them started at once. Where lanes do not share them evenly some have
// one more than the others, or than none: latencies are those of these.
func (b *Bench) Closed(concurrency int) (traffic.Result, error) {
	each, more := concurrency/b.lanes, concurrency%b.lanes
	if more == 0 {
		r, err := b.closed(each)
		return b.all(r, err)
	}
	r, err := b.closed(each + 1)
	r = times(r, more)
	if err != nil || each == 0 {
		return r, err
	}
	less, err := b.closed(each)
	if err != nil {
		return less, err
	}
	others := b.lanes - more
	return beside(r, times(less, others), each*others), nil
}

// closed is what one lane shows with so many requests.
func (b *Bench) closed(requests int) (traffic.Result, error) {
	l := b.load()
	l.Concurrency, l.Waves = requests, waves(requests)
	if b.judged {
		l.Waves, l.Burst = turns(requests), 1./Waves
	}
	if b.sampled {
		l.Starts = starts(requests)
	}
	r, err := b.simulate(l)
	return b.shown(requests, r), err
}

// shown is what a benchmark shows of a closed loop that was played in fewer waves.
func (b *Bench) shown(requests int, r traffic.Result) traffic.Result {
	if waves(requests) < Waves && !b.judged { // of all waves one is the burst, played or not
		r.TTFT.Mean = r.FirstWave/Waves + r.Steady*(1-1./Waves)
	}
	return r
}

// Estimate is the closed form for the same load: good for pruning, blind to KV room.
func (b *Bench) Estimate(concurrency int) (traffic.Estimate, error) {
	l := b.load()
	l.Concurrency = b.Lane(concurrency)
	return traffic.Formula(l, b.engine, b.clock)
}

// Least is what no request of the benchmark comes below, at any load.
func (b *Bench) Least() (traffic.Estimate, error) {
	l := b.load()
	l.Concurrency = 1
	return traffic.Least(l, b.engine, b.clock)
}

// Smoothest is the one of several token budgets that keeps the stages of a pipeline busiest under so many requests.
func (b *Bench) Smoothest(requests int, budgets []int) int {
	l := b.load()
	l.Concurrency = b.Lane(requests)
	return traffic.Smoothest(l, b.engine, b.clock, budgets)
}

// Poisson sends at random at a rate, in requests per second.
func (b *Bench) Poisson(rate float64) (traffic.Result, error) {
	l := b.load()
	l.Arrival, l.Rate, l.Requests = traffic.Poisson, rate/float64(b.lanes), b.arrivals()
	return b.all(traffic.Simulate(l, b.engine, b.steps()))
}

// Shares of the capacity at which a load curve is drawn.
var Shares = []float64{0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1, 1.1}

// Curve plays Poisson arrivals at shares of the capacity; the second result is the capacity, in requests per second.
func (b *Bench) Curve(ctx context.Context) ([]traffic.Point, float64, error) {
	points, capacity, err := traffic.Curve(ctx, b.load(), b.engine, b.steps(), Shares)
	for i := range points {
		points[i].Rate *= float64(b.lanes)
		points[i].Result, _ = b.all(points[i].Result, nil)
	}
	return points, capacity * float64(b.lanes), err
}

// steps are the prices of a run's steps: of a sampled one decode steps are looked up, as each is asked for often.
func (b *Bench) steps() traffic.Clock {
	if b.sampled {
		return traffic.Tabled(b.clock)
	}
	return b.clock
}

// Capacity is the saturation point of open arrivals, in requests per second.
func (b *Bench) Capacity() (float64, error) {
	rate, err := traffic.Capacity(b.load(), b.engine, b.steps())
	return rate * float64(b.lanes), err
}

// Play answers what a request asks of a row with so much concurrency.
func (b *Bench) Play(t plan.Traffic, rate float64, concurrency int) (traffic.Result, error) {
	if t == plan.TrafficPoisson {
		return b.Poisson(rate)
	}
	return b.Closed(concurrency)
}
