package harness

import (
	"slices"

	"fathom/hw/message"
)

// Run is one measured run. Zero stands for "the file does not say".
type Run struct {
	Tool string // as people call the load generator
	At   string // where in the file, for messages: "line 3", "benchmark 2"; "" in a file of one run

	Model, Device, Engine, Version string // as the file spells them
	Precision, KV                  string
	Strategy                       Sizes // of all devices, or of nothing where the run is disaggregated
	Devices                        int
	Disaggregated                  bool
	Prefill, Decode                Sizes // of one instance

	Input, Output float64  // mean tokens of a prompt and of an answer
	Spread        *float64 // shortest length as a share below the longest, 0 to 1; nil: unknown
	Concurrency   int      // requests in flight at the most
	Rate          float64  // requests per second that were sent; 0: as fast as the concurrency allows
	Even          bool     // at equal distances, not at random
	Requests      int      // that were answered
	Failed        int
	Acceptance    float64 // mean tokens of a speculative step, 1 or more; 0: unknown
	Speculative   bool

	TTFT, TPOT, ITL, Latency Latency // of the first token, per further token, between tokens, of a whole request
	Throughput               float64 // output tokens per second

	Fault message.Message // why the run says nothing that can be compared
}

// Sizes are parallel sizes, as an engine's flags name them; zero where the file does not say.
type Sizes struct{ Workers, TP, PP, DP, EP int }

// Latency is a distribution in seconds.
type Latency struct {
	Mean        float64
	Percentiles []Percentile // in order; the median is the 50th
}

// Percentile is the seconds that At percent of the requests do not exceed.
type Percentile struct{ At, Seconds float64 }

// add keeps percentiles in order, each once.
func (l *Latency) add(at, seconds float64) {
	i, found := slices.BinarySearchFunc(l.Percentiles, at, func(p Percentile, at float64) int {
		switch {
		case p.At < at:
			return -1
		case p.At > at:
			return 1
		}
		return 0
	})
	if !found {
		l.Percentiles = slices.Insert(l.Percentiles, i, Percentile{at, seconds})
	}
}

// check gives a run that no comparison can use its reason.
func (r *Run) check() {
	switch {
	case !r.Fault.IsZero():
	case absurd(r.Input, 1<<24) || absurd(r.Output, 1<<24) || absurd(float64(r.Concurrency), 1e6) || absurd(r.Rate, 1e6) ||
		absurd(r.Throughput, 1e9) || absurd(r.TTFT.Mean, 1e6) || absurd(r.TPOT.Mean, 1e6):
		r.Fault = message.New("runs.absurd")
	case r.Requests == 0 && r.Failed > 0:
		r.Fault = message.New("runs.unanswered")
	case r.TTFT.Mean <= 0 && r.TPOT.Mean <= 0 && r.Throughput <= 0 && len(r.TTFT.Percentiles) == 0:
		r.Fault = message.New("runs.no-figure")
	case r.Input <= 0 || r.Output <= 0:
		r.Fault = message.New("runs.no-lengths")
	case r.Concurrency == 0 && r.Rate == 0 && r.Requests == 0:
		r.Fault = message.New("runs.no-load")
	default:
		r.Fault = r.odds()
	}
}

// absurd is what a length, rate or latency cannot be.
func absurd(v, most float64) bool { return !(v >= 0 && v <= most) }
