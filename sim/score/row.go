package score

import (
	"fathom/hw/message"
	"fathom/sim/model"
	"fathom/sim/plan"
	"fathom/sim/traffic"
)

// Row is one measured run in the terms of the prediction. Zero stands for "the file does not say".
type Row struct {
	Line int // of the file, for messages
	// Source is the file and Tool the load generator that the run was read from; "" for tables of runs.
	Source, Tool string
	ID           string // as the file names the run, else its line
	// File is what is to be said of the whole file, in its first row: columns that are not read.
	File message.Message

	// Checkpoint is the model itself where somebody named a directory; nil: looked up by Path and Model.
	Checkpoint *model.Model `json:"-"`

	Model, Path                string // name, and Hugging Face path if there is one
	Device                     string
	Engine                     plan.Serving
	EngineText                 string // as the file has it
	Precision                  string // of the checkpoint, then of its linear layers and experts where they differ
	GEMM, MoE, KV              string
	Disaggregated              bool
	Vendor                     bool // run by the makers of the peer for themselves: other length spread
	CI                         bool // run by the public CI harness, whose settings are known
	Input, Output              int  // tokens, nominal or mean
	MeanLengths                bool // Input and Output are means, not the largest lengths
	Spread                     *float64
	Tail                       bool // lengths of conversations
	Concurrency                int
	Arrival                    traffic.Arrival
	Rate                       float64 // requests per second
	Requests                   int
	Burst                      bool // all requests sent at once, none afterwards
	Devices                    int
	Side                       Side // aggregated
	Prefill                    Side
	Decode                     Side
	BatchedTokens              int
	Sequences                  int
	Speculative                bool    // tokens were guessed ahead, and how many were right is not known
	Draft                      int     // tokens that are guessed ahead
	Accept                     float64 // of them right on average
	Measured                   Figures
	Percentiles                Percentiles
	Medians                    bool              // Measured holds medians of the latencies, not means
	Derived                    bool              // the measured throughput is computed from the latencies
	Peer                       *Figures          // what another predictor says of the same run
	Suspect                    string            // why the row should not be scored: the file says so, or a verdict
	Verdict                    message.Message   // why the run cannot be what the file says
	Fault                      message.Message   // why the row cannot be predicted
	Image, Date, Version, Dump string            // of the run, as far as the file says
	Study                      string            // where the file says that the run was published
	Notes                      []message.Message // what was assumed or left out

	unloaded bool // no requests in flight are stated

	tuned  bool   // so many tokens were guessed ahead as were fastest
	change change // what a replay tries
}

// Side is a set of equal instances and the parallel sizes of one.
type Side struct{ Workers, TP, PP, DP, MoETP, EP, Batch int }

// devices of all instances.
func (s Side) devices() int { return max(1, s.Workers) * s.TP * max(1, s.PP) * s.DP }

// Figures of one run: seconds, and output tokens per second. Zero is absent.
type Figures struct{ TTFT, TPOT, Throughput float64 }

// Percentiles of TTFT and TPOT in seconds; their means stand in Figures. Zero is absent.
type Percentiles struct{ TTFT, TPOT traffic.Stat }

// derive fills the throughput that a closed loop of so many requests has: each holds its place for TTFT + (output-1)
// TPOT.
func (f *Figures) derive(concurrency, output int) bool {
	if f.Throughput > 0 || concurrency < 1 || f.TTFT <= 0 || output > 1 && f.TPOT <= 0 {
		return false
	}
	f.Throughput = float64(concurrency) * float64(output) / (f.TTFT + f.TPOT*float64(output-1))
	return true
}

// source names the file and the tool that wrote it; "" for tables of runs.
func (r *Row) source() string {
	if r.Source == "" {
		return ""
	}
	return r.Source + " (" + r.Tool + ")"
}
