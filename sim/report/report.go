// Package report is the outcome of a run as values: rows, ratios, issues, counts. Its JSON form is the contract of `fathom plan --format json`.
package report

import "fathom/sim/plan"

// Status is what became of a point.
type Status string

// The statuses of a point, in the order in which the tests are made.
const (
	OK       Status = "ok"
	OOM      Status = "oom"
	OverTPOT Status = "tpot"
	OverTTFT Status = "ttft"
	Invalid  Status = "invalid"
)

// Row is one point: a strategy at one batch size. Pointers are nil where a value does not apply.
type Row struct {
	Phase        plan.Phase
	Strategy     plan.Strategy
	Label        string
	MTP          int
	MaxBatched   int // token budget per DP replica
	Chunks       int
	Batch        int // per DP replica
	Concurrency  int
	Throughput   float64 // output tokens per second (prefill rows: input tokens per second)
	PerDevice    float64
	TTFT, TPOT   *float64 // milliseconds
	QPS          *float64
	Status       Status
	Reason       string  // why it lost, in words: limit and by how much, GiB missing, the rule
	WeightGB     float64 // GiB, of the forward with least memory left
	KVGB         float64
	ActivationGB float64
	AvailableGB  float64
	Prefill      *Shares // nil where the phase did not run
	Decode       *Shares
}

// Shares is the breakdown of a phase: shares of the sum of the four, 0..1. Static is the static cost's share of the whole step.
type Shares struct {
	Mem, Comm, Cube, Vec float64
	Static               float64
}

// Ratio is one prefill shape with one decode shape.
type Ratio struct {
	Prefill, Decode                   Row
	PrefillQPS, DecodeQPS, Balanced   float64 // requests per second of one instance; the smaller of the two
	PDRatio                           float64 // prefill instances per decode instance
	PrefillInstances, DecodeInstances *int    // nil: no split fits the devices
	TotalDevices                      *int
	Bottleneck                        string // prefill, decode or balanced
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
//
// Key and Args are the wording taken apart, for catalogs in other languages: text "issue.<key>", places {0}, {1} …; Value is
// the value at fault. An issue without a key is shown as its message.
type Issue struct {
	Severity Severity `json:"severity"`
	Field    string   `json:"field"`
	Message  string   `json:"message"`
	Value    string   `json:"-"`
	Key      string   `json:"-"`
	Args     []string `json:"-"`
}

// Section is one phase of one device: the best row and the best of every strategy.
type Section struct {
	Best       *Row
	Candidates []Row
}

// Counts of points by status.
type Counts struct {
	OK      int `json:"ok"`
	TTFT    int `json:"ttft"`
	TPOT    int `json:"tpot"`
	OOM     int `json:"oom"`
	Invalid int `json:"invalid"`
}

// Near is a point that just missed, and the smallest relaxation that would admit it.
type Near struct {
	Row   Row
	Relax string
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
	Points          []Row    // every point, where kept
	Notes           []string // e.g. that points were thinned, or that the re-pricing rule applied
}

// RatioSection is the PD-ratio part of a device.
type RatioSection struct {
	Best       *Ratio
	Candidates []Ratio
}

// Cross is one line of the cross-hardware table.
type Cross struct {
	Device       string
	Throughput   float64
	RatioToFirst float64
	Row          *Row
	Ratio        *Ratio // PD ratio runs
}

// Report is a whole run.
type Report struct {
	Command   string
	Engine    string
	Fidelity  string // common value of the devices, or "mixed"
	Search    plan.Search
	ElapsedMS float64
	Partial   bool
	Mode      plan.Mode
	Request   *plan.Request
	Issues    []Issue
	Devices   []Device
	Cross     []Cross
}

// Disclaimer goes with every result on screen and in every export.
const Disclaimer = "These results come from throughput modelling and serve deployment planning only; actual performance depends on runtime, " +
	"topology, software stack and real traffic, so validate with real workload tests before a final decision."
