package serve

import (
	"math"

	"fathom/sim/pass"
	"fathom/sim/plan"
	"fathom/sim/report"
)

// Forward prices forward passes of one model, strategy, quantisation and profile. Both methods must be pure: the same
// shape always gives the same result, or searches would depend on the order of their probes.
type Forward interface {
	// Uniform prices a batch of equal requests; Shape.Requests counts the whole instance.
	Uniform(pass.Shape) pass.Result
	// Mixed prices the requests of one DP rank, each with its own lengths.
	Mixed([]pass.Piece) pass.Result
}

// Load is everything about a point except its batch size.
type Load struct {
	Phase plan.Phase

	Input, Output int      // tokens of one request
	HitRate       float64  // share of the prompt in the prefix cache, in [0, 1)
	Lengths       *Lengths // a distribution of prompt lengths; Input is then unused

	Budget     int     // token budget of a step per DP replica
	TP, PP, DP int     // PP 0 counts as 1
	MTP        int     // draft tokens of a decode step
	Accepted   float64 // tokens that a decode step yields on average, see Accepted
	InFlight   int     // requests of the instance whatever the batch; 0: those that the batch means
	HandOff    float64 // seconds added once per phase in the disaggregated modes (the flag --serving-cost)

	Images, ImageHeight, ImageWidth int

	Switches Switches
}

// Replicas is the number of requests that a batch size of one means for the instance.
func (l *Load) Replicas() int { return l.DP * max(1, l.PP) }

// Requests is how many requests a batch size means for the instance.
func (l *Load) Requests(batch int) int {
	if l.InFlight > 0 {
		return l.InFlight
	}
	return batch * l.Replicas()
}

// World is the number of devices of the instance.
func (l *Load) World() int { return l.TP * max(1, l.PP) * l.DP }

// pooled is the token budget that the scheduling arithmetic uses: that of all DP replicas together (G = M*DP).
func (l *Load) pooled() int { return l.Budget * l.DP }

// Point is one evaluated batch size.
type Point struct {
	Batch       int
	Concurrency int     // requests in the whole instance
	Chunks      int     // steps that one prompt takes; 0 where no prompt is run
	TTFT        float64 // seconds, the mean over requests; +Inf where a forward did not fit
	TPOT        float64 // seconds; +Inf where a forward did not fit
	Makespan    float64 // seconds until the last prompt of a prefill phase is done
	Throughput  float64 // tokens per second of the instance: answer tokens, in a prefill phase prompt tokens
	Short       Short
	Memory      pass.Memory // of the forward with least left
	Prefill     report.Shares
	Decode      report.Shares
}

// Short names the phase whose forward does not fit into memory.
type Short uint8

// Enough memory, or not in this phase.
const (
	Fits Short = iota
	PrefillShort
	DecodeShort
)

// Limits are the latency limits of a search in seconds; 0: none.
type Limits struct {
	TTFT, TPOT float64
	E2E        float64 // from arrival to the last token
	Steps      int     // tokens of an answer after the first
}

// Total is the time to the last token of a request with these latencies, in their unit.
func (l Limits) Total(ttft, tpot float64) float64 {
	if l.Steps == 0 {
		return ttft
	}
	return ttft + float64(l.Steps)*tpot
}

// Judge tests a point in the reference tool's order: memory, TPOT, TTFT. Equality passes (search-and-serving 3.6).
func (l Limits) Judge(p *Point) report.Status {
	switch {
	case p.Short != Fits || p.Memory.Available < 0:
		return report.OOM
	case l.TPOT > 0 && p.TPOT > l.TPOT:
		return report.OverTPOT
	case l.TTFT > 0 && p.TTFT > l.TTFT:
		return report.OverTTFT
	case l.E2E > 0 && l.Total(p.TTFT, p.TPOT) > l.E2E:
		return report.OverE2E
	}
	return report.OK
}

// Accepted is the mean number of tokens of a decode step that drafts n tokens: one, plus the acceptance rate of each
// position, simply summed; positions beyond the list add nothing (search-and-serving 6).
func Accepted(n int, rates []float64) float64 {
	sum := 1.0
	for i := 0; i < n && i < len(rates); i++ {
		sum += rates[i]
	}
	return sum
}

// Effective is the part of a prompt that prefill has to compute, at least one token for hit rates below one.
func Effective(input int, hitRate float64) int {
	return input - int(math.Floor(float64(input)*hitRate))
}

// midAnswer is the context at which a decode step is priced: the prompt, half of the answer and the step's own tokens.
func (l *Load) midAnswer() int {
	input := l.Input
	switch {
	case l.Lengths == nil:
	case l.Switches.PrefixAttended:
		input = l.Lengths.Full
	default:
		input = l.Lengths.Mean
	}
	return input + l.Output/2 + l.MTP + 1
}
