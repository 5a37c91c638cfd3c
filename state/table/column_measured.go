package table

import "fathom/sim/report"

// measuredColumns have values where a fit to measured runs gave a figure an interval, or a benchmark was played: the
// careful ends of the intervals, and what one request in a hundred sees.
func measuredColumns() []Column {
	end := func(of func(*report.Row) *report.Interval, high bool) func(Item) (float64, bool) {
		return func(i Item) (float64, bool) {
			if i.Row == nil || of(i.Row) == nil {
				return 0, false
			}
			if high {
				return of(i.Row).High, true
			}
			return of(i.Row).Low, true
		}
	}
	played := func(of func(*report.Traffic) float64) func(Item) (float64, bool) {
		return func(i Item) (float64, bool) {
			if i.Row == nil || i.Row.Traffic == nil {
				return 0, false
			}
			return of(i.Row.Traffic), true
		}
	}
	return []Column{
		{ID: ColThroughputLow, Key: "throughput-low", Unit: "tok/s", Better: Larger, Priority: 4, Width: 9, Decimals: 1,
			IfKnown: true, Kinds: ofRows,
			Number: end(func(r *report.Row) *report.Interval { return r.ThroughputRange }, false)},
		{ID: ColBalancedLow, Key: "balanced-low", Unit: "req/s", Better: Larger, Priority: 4, Width: 9, Decimals: 2,
			IfKnown: true,
			Kinds:   [NumKinds]bool{Ratios: true, Crosses: true}, Number: func(i Item) (float64, bool) {
				if i.Ratio == nil || i.Ratio.Range() == nil {
					return 0, false
				}
				return i.Ratio.Range().Low, true
			}},
		{ID: ColTTFTHigh, Key: "ttft-high", Unit: "ms", Better: Smaller, Priority: 6, Width: 9, Decimals: 1, IfKnown: true,
			Kinds:  ofRows,
			Number: end(func(r *report.Row) *report.Interval { return r.TTFTRange }, true)},
		{ID: ColTPOTHigh, Key: "tpot-high", Unit: "ms", Better: Smaller, Priority: 6, Width: 9, Decimals: 2, IfKnown: true,
			Kinds:  ofRows,
			Number: end(func(r *report.Row) *report.Interval { return r.TPOTRange }, true)},
		{ID: ColTTFT99, Key: "ttft-p99", Unit: "ms", Better: Smaller, Priority: 7, Width: 9, Decimals: 1, IfKnown: true,
			Kinds:  ofRows,
			Number: played(func(t *report.Traffic) float64 { return t.TTFT.P99 })},
		{ID: ColTPOT99, Key: "tpot-p99", Unit: "ms", Better: Smaller, Priority: 8, Width: 9, Decimals: 2, IfKnown: true,
			Kinds:  ofRows,
			Number: played(func(t *report.Traffic) float64 { return t.TPOT.P99 })},
	}
}

// runColumns set a benchmark's figures beside the predicted ones of the row that it measured.
func runColumns() []Column {
	of := func(f func(*MeasuredRun) float64) func(Item) (float64, bool) {
		return func(i Item) (float64, bool) {
			if i.Measured == nil || f(i.Measured) <= 0 {
				return 0, false
			}
			return f(i.Measured), true
		}
	}
	return []Column{
		{ID: ColMeasured, Key: "measured", Unit: "tok/s", Better: Larger, Priority: 2, Width: 9, Decimals: 1, IfKnown: true,
			Kinds: ofPoints, Number: of(func(r *MeasuredRun) float64 { return r.Throughput })},
		{ID: ColMeasuredTTFT, Key: "measured-ttft", Unit: "ms", Better: Smaller, Priority: 3, Width: 9, Decimals: 1,
			IfKnown: true, Kinds: ofPoints, Number: of(func(r *MeasuredRun) float64 { return r.TTFT })},
		{ID: ColMeasuredTPOT, Key: "measured-tpot", Unit: "ms", Better: Smaller, Priority: 3, Width: 9, Decimals: 2,
			IfKnown: true, Kinds: ofPoints, Number: of(func(r *MeasuredRun) float64 { return r.TPOT })},
	}
}
