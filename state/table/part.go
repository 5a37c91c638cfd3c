package table

import (
	"fathom/sim/plan"
	"fathom/sim/report"
)

// Part is the table of a run that is on screen.
type Part uint8

// Aggregation; the two phases; the joined P:D table.
const (
	PartAggregation Part = iota
	PartPrefill
	PartDecode
	PartRatio
)

var partNames = [...]string{"aggregation", "prefill", "decode", "ratio"}

// String names the part in the text catalog: "part.<name>".
func (p Part) String() string { return partNames[p] }

// Parts are the tables that a profile has, the one that answers the question first.
func Parts(d *report.Device) []Part {
	var out []Part
	if d.PDRatio != nil {
		out = append(out, PartRatio)
	}
	if d.Aggregation != nil {
		out = append(out, PartAggregation)
	}
	if d.Prefill != nil {
		out = append(out, PartPrefill)
	}
	if d.Decode != nil {
		out = append(out, PartDecode)
	}
	return out
}

// Phase is the phase of the points of a part.
func (p Part) Phase() plan.Phase {
	switch p {
	case PartPrefill:
		return plan.PhasePrefill
	case PartDecode:
		return plan.PhaseDecode
	}
	return plan.PhaseAggregation
}
