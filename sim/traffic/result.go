package traffic

import (
	"math"
)

// Stat is the distribution of a latency over requests, in seconds. Percentiles interpolate between ranks.
type Stat struct{ Mean, P50, P90, P95, P99 float64 }

// Percents are the percentiles that are kept.
var Percents = [...]float64{50, 90, 95, 99}

// At is the place of a percentile; nil for one that is not kept.
func (s *Stat) At(percent float64) *float64 {
	switch percent {
	case 50:
		return &s.P50
	case 90:
		return &s.P90
	case 95:
		return &s.P95
	case 99:
		return &s.P99
	}
	return nil
}

// Bind is what keeps the service from being faster.
type Bind uint8

// Decode steps, prompts, KV room, the limit on sequences, or the load itself, which the service keeps up with.
const (
	BindDecode Bind = iota
	BindPrefill
	BindRoom
	BindSequences
	BindLoad
)

var bindNames = [...]string{"decode", "prefill", "kv_room", "sequences", "load"}

func (b Bind) String() string { return bindNames[b] }

// Result is what a load generator would report, and what it cannot see.
type Result struct {
	Requests  int
	Seconds   float64 // from the first arrival to the last token
	TTFT      Stat    // over all requests, first wave included, as a benchmark shows it
	TPOT      Stat    // (last - first) / (outputs - 1), over requests with more than one token
	FirstWave float64 // mean TTFT of the requests of the starting burst
	Steady    float64 // mean TTFT of the others; with open arrivals of the second half
	Output    float64 // output tokens per second over the run
	Rate      float64 // requests per second over the run

	E2E      Stat          // first to last: from the arrival to the last token
	Goodput  float64       // share of the requests within all their limits
	Noise    Noise         // of these; zero where the load asks for none
	Classes  []ClassResult // of a load with classes, in their order
	InFlight float64       // requests at the replicas and on the way between them, over the time of the run
	Running  int           // most sequences that one replica ran at a time, of a pipeline as many in all its micro-batches
	Timeline []Moment      // nil where none was asked for

	KVPeak      float64 // largest share of the KV room that was taken; 0 without a limit
	Preemptions int
	Steps       int
	Advances    int // in which the steps were played: runs of equal ones are one
	Bind        Bind
}

// result reads the finished requests.
func (r *run) result() Result {
	n := len(r.requests)
	burst := max(1, n/2)
	if r.load.Arrival == Closed {
		burst = r.load.Concurrency
	}
	all := newTally(n)
	var classes []tally
	if k := len(r.load.Classes); k > 0 {
		classes = make([]tally, k)
		for i := range classes {
			classes[i].expect(int(float64(n)*r.load.Classes[i].Share) / k)
		}
	}
	bursts := float64(burst * (1 + len(r.bursts)))
	before, weighted := 1., r.load.Burst > 0 && r.load.Arrival == Closed && n > burst || len(r.bursts) > 0
	switch {
	case weighted && r.load.Burst > 0 && n > burst:
		before = r.load.Burst * float64(n-burst) / ((1 - r.load.Burst) * bursts)
	case weighted:
		before = float64(burst) / bursts
	}
	parts := r.parts()
	var tokens, end, early, late float64
	book := func(q *request, weight float64, part int) float64 {
		o := r.outcome(q)
		within := o.Within(*r.load.limits(q))
		all.add(&o, weight, weighted, within)
		all.belongs(part, parts, weight, within, o.Output > 1)
		if classes != nil {
			classes[q.class].add(&o, weight, weighted, within)
			classes[q.class].belongs(part, parts, weight, within, o.Output > 1)
		}
		return o.TTFT()
	}
	for i := range r.requests {
		q := &r.requests[i]
		if i < burst {
			early += book(q, before, 0)
		} else {
			late += book(q, 1, i*parts/n)
		}
		tokens += float64(q.output)
		if classes != nil {
			classes[q.class].tokens += float64(q.output)
			classes[q.class].requests++
		}
		end = max(end, q.last)
	}
	for k, list := range r.bursts {
		for i := range list {
			early += book(&list[i], before, (k+1)%parts)
		}
	}
	out := Result{Requests: n, Seconds: end - r.requests[0].arrival, FirstWave: early / bursts}
	out.Steady = out.FirstWave
	if n > burst {
		out.Steady = late / float64(n-burst)
	}
	if out.Seconds > 0 {
		out.Output, out.Rate = tokens/out.Seconds, float64(n)/out.Seconds
	}
	out.TTFT, out.TPOT, out.E2E, out.Goodput = all.stats()
	out.Noise = all.noise(parts)
	for i := range classes {
		c := ClassResult{Name: r.load.Classes[i].Name, Requests: classes[i].requests}
		c.TTFT, c.TPOT, c.E2E, c.Goodput = classes[i].stats()
		c.Noise = classes[i].noise(parts)
		if out.Seconds > 0 {
			c.Output = classes[i].tokens / out.Seconds
		}
		out.Classes = append(out.Classes, c)
	}
	out.Timeline = r.timeline.moments
	out.account(r.all, r.load.Arrival != Closed && !out.FellBehind(r.load.Rate))
	return out
}

// visible is when a client sees the first token: with the first group of the stream. The tokens of a request are taken
// as equally far apart.
func (r *run) visible(q *request) float64 { return visible(q, &r.all[len(r.all)-1].engine) }

func visible(q *request, e *Engine) float64 {
	k := min(int(math.Round(float64(e.Interval)*(1+e.Accept))), int(q.output))
	if k < 2 || e.AtOnce {
		return q.first
	}
	return q.first + (q.last-q.first)*float64(k-1)/float64(q.output-1)
}

// outcome is what a client saw of a finished request.
func (r *run) outcome(q *request) Outcome {
	return Outcome{Class: int(q.class), Arrival: q.arrival, First: r.visible(q), Last: q.last, Input: int(q.input),
		Output: int(q.output)}
}

// account sums what the replicas went through; keepsUp says that the service ends what is sent to it.
func (out *Result) account(all []*replica, keepsUp bool) {
	var busy, prompts, room, slot, present float64
	for _, p := range all {
		out.Steps += p.use.steps
		out.Preemptions += p.use.preemptions
		if p.engine.KVTokens > 0 {
			out.KVPeak = max(out.KVPeak, float64(p.use.peak)/float64(p.engine.KVTokens*grain))
		}
		busy += p.use.busy
		prompts += p.use.prompts
		room += p.use.noRoom
		slot += p.use.noSlot
		present += p.use.present
		out.Running = max(out.Running, p.use.running*p.engine.lanes())
	}
	if out.Seconds > 0 {
		out.InFlight = present / out.Seconds
	}
	// A fifth of the time is enough to name room or places: waiting there grows without bound. Open arrivals that the
	// service keeps up with are bound by nothing but themselves.
	switch {
	case room > 0.2*busy:
		out.Bind = BindRoom
	case slot > 0.2*busy:
		out.Bind = BindSequences
	case keepsUp:
		out.Bind = BindLoad
	case prompts > 0.5*busy:
		out.Bind = BindPrefill
	default:
		out.Bind = BindDecode
	}
}
