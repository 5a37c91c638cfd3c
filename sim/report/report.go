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

// Ratio is one prefill shape with one decode shape.
type Ratio struct {
	Prefill, Decode                   Row
	PrefillQPS, DecodeQPS, Balanced   float64 // requests per second of one instance; the smaller of the two
	PDRatio                           float64 // prefill instances per decode instance
	PrefillInstances, DecodeInstances *int    // nil: no split fits the devices
	TotalDevices                      *int
	PrefillDevice, DecodeDevice       string    // profiles
	Transfer                          *Transfer // of the KV cache from one to the other; nil: not known
	Left                              *Left     // of a searched split; nil: nothing is left over
	Bottleneck                        string    // prefill, decode, balanced or link
	SystemQPS                         *float64  // of all instances together; nil: no split fits
	CostPerMTok, CostPerMonth         *float64  // of all instances; nil without a price or a split
	Power                             *Power    // of all instances; nil without watts or a split
	Traffic                           *Traffic  // what a benchmark of all instances shows; nil where none was played
	Held                              *Held     // the most load under which all instances hold the limits; nil: not asked
}

// Transfer is the way of a request's KV cache from a prefill instance to a decode instance.
type Transfer struct {
	Bytes   float64 // of one request, over all links: copies that the decode layout needs are counted
	MS      float64 // from the first byte to the last, on a link that is free
	Exposed float64 // ms that the mean request of the row waits beyond its prefill
	Counted bool    // the wait is part of TTFT and the links are part of the rates; else both are only told
	Path    string  // link, rdma or host
	Link    string  // what it is called
	GBs     float64 // of one device, what is reached of it, 1e9 bytes/s
	// requests per second whose caches the links of one prefill and of one decode instance carry
	PrefillQPS, DecodeQPS float64
}

// Left are the devices that a split leaves over, and what they could do.
type Left struct {
	Devices  int
	Phase    plan.Phase // of one instance more, which makes the whole serve QPS
	Instance int        // its devices; 0: they make up none that helps
	Label    string
	QPS      float64
	Needs    int // devices of the smallest instance that is too large for them; 0: none, or not wanted
}

// TTFT is the time to first token in ms with the wait for the KV cache; nil where the prefill row has none.
func (r *Ratio) TTFT() *float64 {
	if r.Prefill.TTFT == nil || r.Transfer == nil || !r.Transfer.Counted {
		return r.Prefill.TTFT
	}
	v := *r.Prefill.TTFT + r.Transfer.Exposed
	return &v
}

// Rates are the requests per second of one prefill and of one decode instance, no more than their links carry.
func (r *Ratio) Rates() (prefill, decode float64) {
	prefill, decode = r.PrefillQPS, r.DecodeQPS
	if t := r.Transfer; t != nil && t.Counted {
		prefill, decode = min(prefill, t.PrefillQPS), min(decode, t.DecodeQPS)
	}
	return prefill, decode
}

// Value is what pairs are compared by: the requests per second of all instances where their sizes were searched, else
// of one pair.
func (r *Ratio) Value() float64 {
	if r.Transfer != nil && r.Transfer.Counted {
		return r.Serves()
	}
	return r.Balanced
}

// Serves are the requests per second of all instances together; of one pair where no split fits the devices.
func (r *Ratio) Serves() float64 {
	if r.SystemQPS != nil {
		return *r.SystemQPS
	}
	return r.Balanced
}

// End is how the search of a strategy ended.
type End string

// Every strategy ends in exactly one of these.
const (
	Found       End = "found"          // it has a best row
	OverLimit   End = "over_limit"     // even its smallest batch is over a latency limit
	PrefillOOM  End = "prefill_oom"    // the smallest batch's prefill does not fit into memory
	DecodeOOM   End = "decode_oom"     // the smallest batch's decode does not fit into memory
	Unbuildable End = "build_error"    // the model cannot be built with these sizes
	Skipped     End = "skipped"        // the sizes break a rule
	Refused     End = "engine_refuses" // the serving engine does not start it
	Interrupted End = "interrupted"    // the run was cancelled before or while it was searched
)

// Message is the word for the end.
func (e End) Message() message.Message { return message.New("end." + string(e)) }

// Outcome is what became of one strategy in one phase.
type Outcome struct {
	Phase  plan.Phase
	Label  string
	End    End
	Reason message.Message // the limit and by how much, GiB missing, the rule; nothing where it has a best row
}

// Capacity is what a target takes on one profile.
type Capacity struct {
	QPS         float64 // the target; 0: it is a concurrency
	Concurrency int
	Plan        *Fleet          // the fewest devices; nil: nothing holds the limits
	Cheaper     *Fleet          // the next cheaper fleet, which misses the target
	Breaks      message.Message // what breaks there
}

// Fleet is a number of equal replicas of one row, or of prefill and decode instances.
type Fleet struct {
	Row          *Row   // aggregation and single phases
	Ratio        *Ratio // PD ratio
	Replicas     int    // of Row
	Prefills     int    // instances, PD ratio
	Decodes      int
	Devices      int
	QPS          float64
	Concurrency  int
	CostPerMonth *float64
}

// Input is one input of the run with where its value came from, for the report's request block.
type Input struct {
	Name   string
	Value  any // nil where it does not apply
	Source message.Message
}

// Severity of an issue.
type Severity string

// Errors block a run; warnings and assumptions are carried to the confirm pane and the report.
const (
	Error      Severity = "error"
	Warning    Severity = "warning"
	Assumption Severity = "assumption"
	Note       Severity = "note"
)

// Issue is one thing to know about a request: the field at fault, what is wrong, how to mend it.
type Issue struct {
	Severity Severity        `json:"severity"`
	Field    string          `json:"field"`
	Message  message.Message `json:"message"`
	Key      string          `json:"-"` // of what is wrong with the value, "" where it is about no answer
}

// Section is one phase of one device: the best row and the best of every strategy.
type Section struct {
	Best       *Row
	Candidates []Row
}

// Counts of points by status.
type Counts struct {
	// Unsaid: only points that are listed are known, as in a log with the best of each strategy; how many lost is not. In
	// JSON these counts are null.
	Unsaid bool `json:"-"`

	OK      int `json:"ok"`
	TTFT    int `json:"ttft"`
	TPOT    int `json:"tpot"`
	OOM     int `json:"oom"`
	Invalid int `json:"invalid"`
	Engine  int `json:"engine"`
	E2E     int `json:"e2e,omitempty"`
	Goodput int `json:"goodput,omitempty"`
}

// Near is a point that just missed, and the smallest relaxation that would admit it.
type Near struct {
	Row   Row
	Relax message.Message
}

// Device is the outcome on one profile. Sections are nil where the phase did not run.
type Device struct {
	Device          string
	Fidelity        plan.Fidelity
	Evaluated       int
	Counts          Counts
	Nearest         []Near
	Aggregation     *Section
	Prefill, Decode *Section
	PDRatio         *RatioSection
	Points          []Row     // every point, where kept
	Outcomes        []Outcome // what became of every strategy, in the order of the search
	Search          plan.Search
	Repriced        []Repricing       // bests that the reference tool's re-pricing of several profiles changes
	Ladder          []Rung            // the best answers step by step; nil where nobody asked, or there is one step only
	Corrections     []Correction      // what "corrected" changes at the winners, where the device was priced so
	Breakeven       []Breakeven       // of the speculation of best rows; nil where nobody asked
	Capacity        *Capacity         // what it takes to reach a target; nil without one
	Service         *Service          // the best row against recorded requests or conversations; nil where none is asked
	Day             *Day              // replicas of the best row over a day; nil where none is asked for
	Explained       []Explanation     // of the best rows; nil where nobody asked
	Notes           []message.Message // e.g. that points were thinned, or that the re-pricing rule applied
}

// Phase is the section of a phase; an empty one where it did not run.
func (d *Device) Phase(p plan.Phase) *Section {
	if s := [...]*Section{plan.PhaseAggregation: d.Aggregation, plan.PhasePrefill: d.Prefill,
		plan.PhaseDecode: d.Decode}[p]; s != nil {
		return s
	}
	return &Section{}
}

// Section is what a device answered in a phase; nil where it did not run.
func (d *Device) Section(phase plan.Phase) *Section {
	switch phase {
	case plan.PhasePrefill:
		return d.Prefill
	case plan.PhaseDecode:
		return d.Decode
	}
	return d.Aggregation
}

// RatioSection is the PD-ratio part of a device.
type RatioSection struct {
	Best       *Ratio
	Candidates []Ratio
	Aggregated *Versus // of a searched split: the same devices without disaggregation; nil: not asked, or no answer
}

// Versus is an aggregated fleet beside a split: equal replicas of one row.
type Versus struct {
	Device            string // profile
	Row               Row
	Replicas, Devices int
	QPS               float64 // of all replicas
	Beside            *Versus // replicas on the other of two kinds of hardware, which serve as well; nil: none
}

// Total is what a fleet has and serves with those beside it.
func (v *Versus) Total() (devices int, qps float64) {
	for ; v != nil; v = v.Beside {
		devices, qps = devices+v.Devices, qps+v.QPS
	}
	return devices, qps
}

// Range is the interval of the requests per second of a fleet with those beside it; nil where one of them has none.
func (v *Versus) Range() *Interval {
	var sum Interval
	for ; v != nil; v = v.Beside {
		b, t := v.Row.ThroughputRange, v.Row.Throughput
		if b == nil || t <= 0 {
			return nil
		}
		sum.Low, sum.High = sum.Low+v.QPS*b.Low/t, sum.High+v.QPS*b.High/t
	}
	return &sum
}

// Lead is how much more the best split serves than the aggregated fleet, as a share, at either end of both intervals;
// nil where one has none.
func (s *RatioSection) Lead() *Interval {
	if s.Best == nil || s.Aggregated == nil {
		return nil
	}
	p, v := s.Best.SystemRange(), s.Aggregated.Range()
	if p == nil || v == nil || v.Low <= 0 || v.High <= 0 {
		return nil
	}
	return &Interval{Low: p.Low/v.High - 1, High: p.High/v.Low - 1}
}

// Cross is one line of the cross-hardware table.
type Cross struct {
	Device       string
	Fidelity     plan.Fidelity // that the profile was priced with
	Throughput   float64
	RatioToFirst float64
	Row          *Row
	Ratio        *Ratio // PD ratio runs
	Repriced     bool   // the figure is re-priced from another profile's record: it is no ratio of hardware
}

// Report is a whole run.
type Report struct {
	Command   string // of the reference tool
	Ours      string // the same question for fathom, with what only fathom knows; "" where nobody asked it
	Engine    string
	Fidelity  string // common value of the devices, or "mixed"
	Search    plan.Search
	ElapsedMS float64
	Partial   bool
	Mode      plan.Mode
	Request   *plan.Request
	Inputs    []Input // every input after defaults, in the order of the form; nil: made from Request without sources
	Issues    []Issue
	Devices   []Device
	Cross     []Cross

	Failure     *Failure     // of the run whose log this is; nil where it did not fail
	Differences []Difference // rows beside those of another engine; nil where only one ran
	LogFile     string       // where the whole output of the reference tool is kept; "" where it did not run
}

// Disclaimer goes with every result on screen and in every export.
var Disclaimer = message.New("report.disclaimer")

// Effect is what ten per cent more of one figure changes for a row, as relative changes (0.05 is five per cent more).
type Effect struct {
	Figure     string   // e.g. memory_bandwidth, ttft_limit
	Kind       string   // hardware or knob
	Throughput float64  // at the row's own batch and budget
	TTFT, TPOT *float64 // likewise; nil where they do not apply
	// of the best throughput of the row's strategy when the search may adapt; nil where it was not searched
	Best *float64
}

// Correction is one departure of "corrected" from the reference tool (corrected.md) with what it alone changes at a
// row's point, as relative changes of the reference tool's figures; nil where it changes no figure of a single point.
type Correction struct {
	Name                   message.Message
	Phase                  plan.Phase
	Reference, Corrected   message.Message // what each does, in words
	Throughput, TTFT, TPOT *float64
	QPS                    *float64
	FreeGB                 *float64        // GiB more (or less) left
	Refused                bool            // the point cannot be priced with it
	Note                   message.Message // what it changes beside these figures; zero: nothing
}
