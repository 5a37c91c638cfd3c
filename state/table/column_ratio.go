package table

import (
	"fathom/sim/plan"
	"fathom/sim/report"
)

// ratio lifts a figure of a pair of shapes; a comparison line of a PD-ratio run has the figures of its pair.
func ratio(f func(*report.Ratio) float64) func(Item) (float64, bool) {
	return func(i Item) (float64, bool) {
		if i.Ratio == nil {
			return 0, false
		}
		return f(i.Ratio), true
	}
}

// count lifts a count that is absent where no split fits the devices.
func count(f func(*report.Ratio) *int) func(Item) (float64, bool) {
	return func(i Item) (float64, bool) {
		if i.Ratio == nil || f(i.Ratio) == nil {
			return 0, false
		}
		return float64(*f(i.Ratio)), true
	}
}

// Of lifts a column of points to one side of a pair.
func of(side func(*report.Ratio) *report.Row, f func(Item) (float64, bool)) func(Item) (float64, bool) {
	return func(i Item) (float64, bool) {
		if i.Ratio == nil {
			return 0, false
		}
		return f(Item{Row: side(i.Ratio)})
	}
}

func prefillSide(r *report.Ratio) *report.Row { return &r.Prefill }
func decodeSide(r *report.Ratio) *report.Row  { return &r.Decode }

func ratioColumns() []Column {
	text := func(f func(*report.Ratio) string) func(Item) string {
		return func(i Item) string {
			if i.Ratio == nil {
				return ""
			}
			return f(i.Ratio)
		}
	}
	batch := row(func(r *report.Row) float64 { return float64(r.Batch) })
	cs := []Column{
		{ID: ColSystem, Key: "system", Unit: "req/s", Better: Larger, IfKnown: true, Priority: 1, Width: 12, Decimals: 2,
			Number: func(i Item) (float64, bool) {
				if i.Ratio == nil || i.Ratio.Transfer == nil || !i.Ratio.Transfer.Counted {
					return 0, false
				}
				return i.Ratio.Serves(), true
			}},
		{ID: ColBalanced, Key: "balanced", Unit: "req/s", Better: Larger, Priority: 1, Width: 12, Decimals: 2,
			Number: ratio(func(r *report.Ratio) float64 { return r.Balanced })},
		{ID: ColPDRatio, Key: "pd-ratio", Priority: 3, Width: 7, Decimals: 2,
			Number: ratio(func(r *report.Ratio) float64 { return r.PDRatio })},
		{ID: ColPrefillQPS, Key: "prefill-qps", Unit: "req/s", Better: Larger, Priority: 4, Width: 8, Decimals: 2,
			Number: ratio(func(r *report.Ratio) float64 { return r.PrefillQPS })},
		{ID: ColDecodeQPS, Key: "decode-qps", Unit: "req/s", Better: Larger, Priority: 4, Width: 8, Decimals: 2,
			Number: ratio(func(r *report.Ratio) float64 { return r.DecodeQPS })},
		{ID: ColPrefillStrategy, Key: "prefill-strategy", Priority: 1, Width: 16,
			Text: text(func(r *report.Ratio) string { return ShortLabel(&r.Prefill) })},
		{ID: ColDecodeStrategy, Key: "decode-strategy", Priority: 1, Width: 16,
			Text: text(func(r *report.Ratio) string { return ShortLabel(&r.Decode) })},
		{ID: ColPrefillBatch, Key: "prefill-batch", Better: Larger, Priority: 7, Width: 6, Number: of(prefillSide, batch)},
		{ID: ColDecodeBatch, Key: "decode-batch", Better: Larger, Priority: 7, Width: 6, Number: of(decodeSide, batch)},
		{ID: ColPrefillInstances, Key: "prefill-instances", Priority: 2, Width: 5,
			Number: count(func(r *report.Ratio) *int { return r.PrefillInstances })},
		{ID: ColDecodeInstances, Key: "decode-instances", Priority: 2, Width: 5,
			Number: count(func(r *report.Ratio) *int { return r.DecodeInstances })},
		{ID: ColDevices, Key: "devices", Better: Smaller, Priority: 5, Width: 7,
			Number: count(func(r *report.Ratio) *int { return r.TotalDevices })},
		{ID: ColBottleneck, Key: "bottleneck", Priority: 6, Width: 10,
			Text: text(func(r *report.Ratio) string { return r.Bottleneck })},
	}
	for i := range cs {
		cs[i].Kinds = [NumKinds]bool{Ratios: true, Crosses: true}
	}
	return cs
}

func crossColumns() []Column {
	return []Column{
		{ID: ColDevice, Key: "device", Priority: 1, Width: 26, Kinds: ofCrosses, Text: func(i Item) string {
			if i.Cross == nil {
				return ""
			}
			return i.Cross.Device
		}},
		{ID: ColRatio, Key: "ratio", Better: Larger, Priority: 1, Width: 7, Decimals: 2, Kinds: ofCrosses,
			Number: func(i Item) (float64, bool) {
				if i.Cross == nil {
					return 0, false
				}
				return i.Cross.RatioToFirst, i.Answered()
			}},
		{ID: ColPhase, Key: "phase", Priority: 1, Width: 7, Kinds: ofCrosses, Text: func(i Item) string {
			if i.Cross == nil || i.Row == nil || i.Row.Phase == plan.PhaseAggregation {
				return ""
			}
			return i.Row.Phase.String()
		}},
		{ID: ColFidelity, Key: "fidelity", Priority: optional, Width: 11, Kinds: ofCrosses, Text: func(i Item) string {
			if i.Cross == nil {
				return ""
			}
			return i.Cross.Fidelity.String()
		}},
	}
}

// moneyColumns have values where prices were given.
func moneyColumns() []Column {
	money := func(row func(*report.Row) *float64, pair func(*report.Ratio) *float64) func(Item) (float64, bool) {
		return func(i Item) (float64, bool) {
			var v *float64
			switch {
			case i.Ratio != nil:
				v = pair(i.Ratio)
			case i.Row != nil:
				v = row(i.Row)
			}
			if v == nil {
				return 0, false
			}
			return *v, true
		}
	}
	every := [NumKinds]bool{true, true, true}
	return []Column{
		{ID: ColCost, Key: "cost", Better: Smaller, IfKnown: true, Priority: 4, Width: 8, Decimals: 2, Kinds: every,
			Number: money(func(r *report.Row) *float64 { return r.CostPerMTok },
				func(r *report.Ratio) *float64 { return r.CostPerMTok })},
		{ID: ColMonth, Key: "month", Better: Smaller, IfKnown: true, Priority: 5, Width: 10, Kinds: every,
			Number: money(func(r *report.Row) *float64 { return r.CostPerMonth },
				func(r *report.Ratio) *float64 { return r.CostPerMonth })},
	}
}

// powerColumns have values where profiles state watts. They are shown when they are asked for.
func powerColumns() []Column {
	watts := func(f func(*report.Power) float64) func(Item) (float64, bool) {
		return func(i Item) (float64, bool) {
			var p *report.Power
			switch {
			case i.Ratio != nil:
				p = i.Ratio.Power
			case i.Row != nil:
				p = i.Row.Power
			}
			if p == nil {
				return 0, false
			}
			return f(p), true
		}
	}
	every := [NumKinds]bool{true, true, true}
	return []Column{
		{ID: ColWatts, Key: "watts", Unit: "W", Better: Smaller, Priority: optional, Width: 8, Kinds: every,
			Number: watts(func(p *report.Power) float64 { return p.Total })},
		{ID: ColPerWatt, Key: "per-watt", Unit: "tok/s/W", Better: Larger, Priority: optional, Width: 8, Decimals: 3,
			Kinds: every, Number: watts(func(p *report.Power) float64 { return p.PerW })},
		{ID: ColEnergy, Key: "energy", Unit: "kWh", Better: Smaller, Priority: optional, Width: 8, Decimals: 3,
			Kinds: every, Number: watts(func(p *report.Power) float64 { return p.Energy })},
	}
}
