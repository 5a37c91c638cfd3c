package report

import (
	"fmt"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/plan"
)

// Status is what became of a point.
type Status string

// The statuses of a point, in the order in which the tests are made.
const (
	OK       Status = "ok"
	OOM      Status = "oom"
	OverTPOT Status = "tpot"
	OverTTFT Status = "ttft"
	OverE2E  Status = "e2e"     // from arrival to the last token
	Short    Status = "goodput" // too few requests keep to all limits
	Wasteful Status = "watts"   // fewer tokens per second and watt than the plan asks for
	Invalid  Status = "invalid"
	Engine   Status = "engine" // the serving engine does not start it
)

// Row is one point: a strategy at one batch size. Pointers are nil where a value does not apply.
type Row struct {
	Phase       plan.Phase
	Strategy    plan.Strategy
	Label       string
	MTP         int
	MaxBatched  int // token budget per DP replica
	Chunks      int
	Batch       int // per DP replica
	Concurrency int
	Throughput  float64 // output tokens per second (prefill rows: input tokens per second)
	PerDevice   float64
	TTFT, TPOT  *float64 // milliseconds
	QPS         *float64
	Status      Status
	// why it lost, in words: limit and by how much, GiB missing, the rule; of an OK row, why the engine does not start it
	Reason       message.Message
	WeightGB     float64 // GiB, of the forward with least memory left
	KVGB         float64
	ActivationGB float64
	AvailableGB  float64
	ReservedGB   float64 // GiB that the engine, or the request, keeps for other things; 0: what the request says
	Prefill      *Shares // nil where the phase did not run
	Decode       *Shares

	// Where eight of ten measurements of the figure fall, by cross-validation of the fit that it comes from; nil:
	// uncalibrated.
	TTFTRange, TPOTRange, ThroughputRange *Interval
	Reach                                 *hw.Reach // how far the row is from the runs behind it; nil: not known

	Listed bool // a row that the reference tool itself would list: candidates of its search come from these
	// no other feasible point of the device and phase has more throughput per device and less latency
	Pareto       bool
	CostPerMTok  *float64 // money per million tokens of Throughput; nil without a price
	CostPerMonth *float64 // money for the devices of the row in 730 hours; nil without a price
	Power        *Power   // nil where the profile states no watts
	Draft        string   // what guesses tokens ahead, where the request names it; "" elsewhere
	Length       float64  // mean tokens of a step with it
	Samples      []Sample // how the requests of one DP replica fall on the bins of a length distribution
	Traffic      *Traffic // what a benchmark of the row shows; nil where none was played
	Held         *Held    // against limits on played requests; nil where the request has none
	NoMemory     bool     // the source states no memory figures: the GiB fields are 0 and stand for null
}

// Sample is one bin of a length distribution with the requests that fall on it.
type Sample struct {
	Tokens   int     // representative prompt length
	Ratio    float64 // share of the requests
	Requests int     // per DP replica
}

// Shares is the breakdown of a phase: shares of the sum of the four, 0..1. Static is the static cost's share of the
// whole step.
type Shares struct {
	Mem, Comm, Cube, Vec float64
	Static               float64
}

// Printed is the breakdown as the reference tool prints it, with static cost where there is any.
func (s Shares) Printed() message.Message {
	text := message.Literal(fmt.Sprintf("Mem %.2f | Comm %.2f | Cube %.2f | Vec %.2f", 100*s.Mem, 100*s.Comm, 100*s.Cube,
		100*s.Vec))
	if s.Static > 0 {
		return message.New("correction.static", text, 100*s.Static)
	}
	return text
}
