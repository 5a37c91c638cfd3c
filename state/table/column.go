package table

import "fathom/sim/report"

// ColumnID names a column in any table.
type ColumnID uint8

// The columns of points, then those of ratios and comparisons that points do not have.
const (
	ColThroughput ColumnID = iota
	ColMeasured            // by a benchmark of the same layout and concurrency
	ColPerDevice
	ColDelta // throughput against the run compared with
	ColTTFT
	ColMeasuredTTFT
	ColTPOT
	ColMeasuredTPOT
	ColConcurrency
	ColBatch
	ColStrategy
	ColFree
	ColQPS
	ColStatus // with the reason
	ColTP
	ColPP
	ColDP
	ColEP
	ColMoETP
	ColMoEDP
	ColDCP
	ColMTP
	ColBudget
	ColChunks
	ColWeight
	ColKV
	ColActivation
	ColSystem
	ColBalanced
	ColPDRatio
	ColPrefillQPS
	ColDecodeQPS
	ColPrefillStrategy
	ColDecodeStrategy
	ColPrefillBatch
	ColDecodeBatch
	ColPrefillInstances
	ColDecodeInstances
	ColDevices
	ColBottleneck
	ColDevice
	ColPhase
	ColRatio
	ColCost       // money per million tokens
	ColMonth      // money per month
	ColWatts      // of all devices
	ColPerWatt    // tokens per second and watt
	ColEnergy     // kWh per million tokens
	ColTheirs     // the same row of another engine
	ColTheirBatch // its batch
	ColDiff       // ours against theirs, per cent
	ColDiffTTFT
	ColDiffTPOT
	ColFidelity      // of a profile that is compared
	ColThroughputLow // where eight of ten measurements of a calibrated figure begin or end
	ColBalancedLow
	ColTTFTHigh
	ColTPOTHigh
	ColTTFT99 // of a benchmark
	ColTPOT99
	NumColumns
)

// Better says which end of a column is the good one.
type Better uint8

// No better end; the larger; the smaller.
const (
	Neither Better = iota
	Larger
	Smaller
)

// Column is one column as data. Number is nil where Text sorts it; a false second result is a dash, last in both
// directions.
type Column struct {
	ID       ColumnID
	Key      string // text "column.<Key>"; also the name in filter predicates
	Unit     string // "ms", "GiB", "" …
	Better   Better
	Priority int  // 1 is kept longest when the screen is narrow
	Width    int  // cells that its figures need
	Decimals int  // 0: a whole number
	Signed   bool // a change: shown with its sign
	IfKnown  bool // shown wherever some row has a value, and only there
	Kinds    [NumKinds]bool
	Number   func(Item) (float64, bool)
	Text     func(Item) string
	Word     func(Item) string // what a filter's predicate looks at instead of Text
}

// Columns holds every column; Columns[id].ID == id.
var Columns = columns()

func columns() (t [NumColumns]Column) {
	for _, part := range [][]Column{pointColumns(), sizeColumns(), ratioColumns(), crossColumns(), moneyColumns(),
		powerColumns(),
		besideColumns(), measuredColumns(),
		runColumns()} {
		for _, c := range part {
			t[c.ID] = c
		}
	}
	return t
}

var (
	ofPoints  = [NumKinds]bool{Points: true}
	ofCrosses = [NumKinds]bool{Crosses: true}
	ofRows    = [NumKinds]bool{Points: true, Crosses: true}
)

// row lifts a figure of a row to a column; a comparison line has the figures of its row.
func row(f func(*report.Row) float64) func(Item) (float64, bool) {
	return func(i Item) (float64, bool) {
		if i.Row == nil {
			return 0, false
		}
		return f(i.Row), true
	}
}

// gib lifts a memory figure; another engine may state none.
func gib(f func(*report.Row) float64) func(Item) (float64, bool) {
	return func(i Item) (float64, bool) {
		if i.Row == nil || i.Row.NoMemory {
			return 0, false
		}
		return f(i.Row), true
	}
}

// maybe lifts a figure that may be absent.
func maybe(f func(*report.Row) *float64) func(Item) (float64, bool) {
	return func(i Item) (float64, bool) {
		if i.Row == nil || f(i.Row) == nil {
			return 0, false
		}
		return *f(i.Row), true
	}
}

func pointColumns() []Column {
	return []Column{
		{ID: ColThroughput, Key: "throughput", Unit: "tok/s", Better: Larger, Priority: 1, Width: 9, Decimals: 1,
			Kinds: ofRows,
			Number: func(i Item) (float64, bool) {
				if i.Cross != nil {
					return i.Cross.Throughput, i.Answered()
				}
				return row(func(r *report.Row) float64 { return r.Throughput })(i)
			}},
		{ID: ColPerDevice, Key: "per-device", Unit: "tok/s", Better: Larger, Priority: 5, Width: 8, Decimals: 1,
			Kinds:  ofRows,
			Number: row(func(r *report.Row) float64 { return r.PerDevice })},
		{ID: ColDelta, Key: "delta", Unit: "%", Better: Larger, Priority: 2, Width: 8, Decimals: 1,
			Kinds: [NumKinds]bool{Points: true, Ratios: true}},
		{ID: ColTTFT, Key: "ttft", Unit: "ms", Better: Smaller, Priority: 2, Width: 8, Decimals: 1, Kinds: ofRows,
			Number: maybe(func(r *report.Row) *float64 { return r.TTFT })},
		{ID: ColTPOT, Key: "tpot", Unit: "ms", Better: Smaller, Priority: 2, Width: 8, Decimals: 2, Kinds: ofRows,
			Number: maybe(func(r *report.Row) *float64 { return r.TPOT })},
		{ID: ColConcurrency, Key: "concurrency", Better: Larger, Priority: 6, Width: 6, Kinds: ofRows,
			Number: row(func(r *report.Row) float64 { return float64(r.Concurrency) })},
		{ID: ColBatch, Key: "batch", Better: Larger, Priority: 3, Width: 6, Kinds: ofRows,
			Number: row(func(r *report.Row) float64 { return float64(r.Batch) })},
		{ID: ColStrategy, Key: "strategy", Priority: 1, Width: 16, Kinds: ofRows, Text: func(i Item) string {
			if i.Row == nil {
				return ""
			}
			return ShortLabel(i.Row)
		}},
		{ID: ColFree, Key: "free", Unit: "GiB", Better: Larger, Priority: 7, Width: 8, Decimals: 1, Kinds: ofRows,
			Number: gib(func(r *report.Row) float64 { return r.AvailableGB })},
		{ID: ColQPS, Key: "qps", Unit: "req/s", Better: Larger, Priority: 8, Width: 7, Decimals: 2, Kinds: ofRows,
			Number: maybe(func(r *report.Row) *float64 { return r.QPS })},
		{ID: ColStatus, Key: "status", Priority: 1, Width: 20, Kinds: ofPoints,
			Word: func(i Item) string { return string(i.Row.Status) }, Text: func(i Item) string {
				if !i.Row.Reason.IsZero() {
					return i.Row.Reason.String()
				}
				return string(i.Row.Status)
			}},
		{ID: ColBudget, Key: "budget", Unit: "tokens", Priority: 10, Width: 7, Kinds: ofPoints,
			Number: row(func(r *report.Row) float64 { return float64(r.MaxBatched) })},
		{ID: ColChunks, Key: "chunks", Better: Smaller, Priority: 11, Width: 6, Kinds: ofPoints,
			Number: row(func(r *report.Row) float64 { return float64(r.Chunks) })},
		{ID: ColWeight, Key: "weight", Unit: "GiB", Better: Smaller, Priority: 11, Width: 7, Decimals: 1, Kinds: ofPoints,
			Number: gib(func(r *report.Row) float64 { return r.WeightGB })},
		{ID: ColKV, Key: "kv", Unit: "GiB", Better: Smaller, Priority: 11, Width: 7, Decimals: 1, Kinds: ofPoints,
			Number: gib(func(r *report.Row) float64 { return r.KVGB })},
		{ID: ColActivation, Key: "activation", Unit: "GiB", Better: Smaller, Priority: 12, Width: 7, Decimals: 1,
			Kinds:  ofPoints,
			Number: gib(func(r *report.Row) float64 { return r.ActivationGB })},
	}
}

// sizeColumns are the parallel sizes one by one, for sorting and filtering; the strategy column shows them together.
func sizeColumns() []Column {
	var out []Column
	for _, s := range []struct {
		id   ColumnID
		key  string
		size func(*report.Row) int
	}{
		{ColTP, "tp", func(r *report.Row) int { return r.Strategy.TP }},
		{ColPP, "pp", func(r *report.Row) int { return max(1, r.Strategy.PP) }},
		{ColDP, "dp", func(r *report.Row) int { return r.Strategy.DP }},
		{ColEP, "ep", func(r *report.Row) int { return r.Strategy.EP }},
		{ColMoETP, "moe-tp", func(r *report.Row) int { return r.Strategy.MoETP }},
		{ColMoEDP, "moe-dp", func(r *report.Row) int { return r.Strategy.MoEDP }},
		{ColDCP, "dcp", func(r *report.Row) int { return max(1, r.Strategy.DCP) }},
		{ColMTP, "mtp", func(r *report.Row) int { return r.MTP }},
	} {
		out = append(out, Column{ID: s.id, Key: s.key, Priority: 9, Width: 6, Kinds: ofPoints,
			Number: row(func(r *report.Row) float64 { return float64(s.size(r)) })})
	}
	return out
}
