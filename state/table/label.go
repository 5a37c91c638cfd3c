package table

import (
	"strconv"

	"fathom/sim/plan"
	"fathom/sim/report"
)

// Named is all that a short label depends on.
type Named struct {
	strategy plan.Strategy
	mtp      int
	draft    string
	length   float64
}

// NameOf tells strategies with the same short label from others without writing it.
func NameOf(r *report.Row) Named { return Named{r.Strategy, r.MTP, r.Draft, r.Length} }

// ShortLabel names a strategy in few cells: "TP=8 DP=1", with PP, EP, expert sizes, DCP, copies of experts, half
// batches and MTP where they say something.
func ShortLabel(r *report.Row) string {
	s := &r.Strategy
	b := make([]byte, 0, 48) // stays on the stack: a table may name ten thousand rows at once
	part := func(name string, n int) {
		if len(b) > 0 {
			b = append(b, ' ')
		}
		b = append(append(b, name...), '=')
		b = strconv.AppendInt(b, int64(n), 10)
	}
	part("TP", s.TP)
	if s.PP > 1 {
		part("PP", s.PP)
	}
	part("DP", s.DP)
	if s.EP > 0 {
		part("EP", s.EP)
		if s.MoETP > 1 {
			part("MoE-TP", s.MoETP)
		}
		if s.MoEDP > 1 {
			part("MoE-DP", s.MoEDP)
		}
	}
	if s.DCP > 1 {
		part("DCP", s.DCP)
	}
	if s.RedundantExperts > 0 {
		part("RED", s.RedundantExperts)
	}
	if s.TwoBatch {
		b = append(b, " TBO"...)
	}
	if r.MTP > 0 {
		part("MTP", r.MTP)
	}
	if r.Draft != "" && r.Draft != "mtp" {
		b = append(append(append(b, ' '), r.Draft...), '=')
		b = strconv.AppendFloat(b, r.Length, 'g', 4, 64)
	}
	return string(b)
}
