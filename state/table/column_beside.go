package table

import "fathom/sim/report"

// besideColumns set a row beside the same one of another engine, in runs of both.
func besideColumns() []Column {
	of := func(f func(*report.Difference) (float64, bool)) func(Item) (float64, bool) {
		return func(i Item) (float64, bool) {
			if i.Beside == nil {
				return 0, false
			}
			return f(i.Beside)
		}
	}
	percent := func(f func(*report.Difference) *float64) func(Item) (float64, bool) {
		return of(func(d *report.Difference) (float64, bool) {
			if v := f(d); v != nil {
				return *v * 100, true
			}
			return 0, false
		})
	}
	theirs := func(d *report.Difference) (float64, bool) {
		switch {
		case d.Theirs != nil:
			return d.Theirs.Throughput, true
		case d.TheirRatio != nil:
			return d.TheirRatio.Balanced, true
		}
		return 0, false
	}
	batch := func(d *report.Difference) (float64, bool) {
		if d.Theirs == nil {
			return 0, false
		}
		return float64(d.Theirs.Batch), true
	}
	cs := []Column{
		{ID: ColTheirs, Key: "theirs", Better: Larger, Priority: 3, Width: 9, Decimals: 1, Number: of(theirs)},
		{ID: ColTheirBatch, Key: "their-batch", Better: Larger, Priority: 9, Width: 6, Number: of(batch)},
		{ID: ColDiff, Key: "diff", Unit: "%", Priority: 2, Width: 7, Decimals: 2, Signed: true,
			Number: percent(func(d *report.Difference) *float64 { return d.Throughput })},
		{ID: ColDiffTTFT, Key: "diff-ttft", Unit: "%", Priority: 4, Width: 7, Decimals: 2, Signed: true,
			Number: percent(func(d *report.Difference) *float64 { return d.TTFT })},
		{ID: ColDiffTPOT, Key: "diff-tpot", Unit: "%", Priority: 4, Width: 7, Decimals: 2, Signed: true,
			Number: percent(func(d *report.Difference) *float64 { return d.TPOT })},
	}
	for i := range cs {
		cs[i].IfKnown, cs[i].Kinds = true, [NumKinds]bool{Points: true, Ratios: true}
	}
	return cs
}
