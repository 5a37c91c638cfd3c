package traffic

import (
	"math"
	"slices"
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

	KVPeak      float64 // largest share of the KV room that was taken; 0 without a limit
	Preemptions int
	Steps       int
	Bind        Bind
}

// result reads the finished requests.
func (r *run) result() Result {
	n := len(r.requests)
	burst := max(1, n/2)
	if r.load.Arrival == Closed {
		burst = r.load.Concurrency
	}
	ttft := make([]float64, n)
	tpot := make([]float64, 0, n)
	var tokens, end, early, late float64
	for i := range r.requests {
		q := &r.requests[i]
		first := r.visible(q)
		ttft[i] = first - q.arrival
		if i < burst {
			early += ttft[i]
		} else {
			late += ttft[i]
		}
		if q.output > 1 {
			tpot = append(tpot, (q.last-first)/float64(q.output-1))
		}
		tokens += float64(q.output)
		end = math.Max(end, q.last)
	}
	out := Result{Requests: n, Seconds: end - r.requests[0].arrival, FirstWave: early / float64(burst)}
	out.Steady = out.FirstWave
	if n > burst {
		out.Steady = late / float64(n-burst)
	}
	if out.Seconds > 0 {
		out.Output, out.Rate = tokens/out.Seconds, float64(n)/out.Seconds
	}
	out.TTFT, out.TPOT = stat(ttft), stat(tpot)
	r.account(&out)
	return out
}

// visible is when a client sees the first token: with the first group of the stream. The tokens of a request are taken
// as equally far apart.
func (r *run) visible(q *request) float64 {
	k := min(r.all[len(r.all)-1].engine.Interval, int(q.output))
	if k < 2 {
		return q.first
	}
	return q.first + (q.last-q.first)*float64(k-1)/float64(q.output-1)
}

// account sums what the replicas went through.
func (r *run) account(out *Result) {
	var busy, prompts, room, slot float64
	for _, p := range r.all {
		out.Steps += p.use.steps
		out.Preemptions += p.use.preemptions
		if p.engine.KVTokens > 0 {
			out.KVPeak = math.Max(out.KVPeak, float64(p.use.peak)/float64(p.engine.KVTokens*grain))
		}
		busy += p.use.busy
		prompts += p.use.prompts
		room += p.use.noRoom
		slot += p.use.noSlot
	}
	// A fifth of the time is enough to name room or places: waiting there grows without bound. Open arrivals that the
	// service keeps up with are bound by nothing but themselves.
	switch {
	case room > 0.2*busy:
		out.Bind = BindRoom
	case slot > 0.2*busy:
		out.Bind = BindSequences
	case r.load.Arrival != Closed && !out.fellBehind(r.load.Rate):
		out.Bind = BindLoad
	case prompts > 0.5*busy:
		out.Bind = BindPrefill
	default:
		out.Bind = BindDecode
	}
}

// stat sorts its argument.
func stat(values []float64) Stat {
	if len(values) == 0 {
		return Stat{}
	}
	var sum float64
	for _, v := range values {
		sum += v
	}
	slices.Sort(values)
	return Stat{
		Mean: sum / float64(len(values)),
		P50:  quantile(values, 0.50),
		P90:  quantile(values, 0.90),
		P95:  quantile(values, 0.95),
		P99:  quantile(values, 0.99),
	}
}

// quantile interpolates linearly between ranks, as NumPy and the load generators do.
func quantile(sorted []float64, share float64) float64 {
	at := share * float64(len(sorted)-1)
	low := int(at)
	if low+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[low] + (at-float64(low))*(sorted[low+1]-sorted[low])
}
