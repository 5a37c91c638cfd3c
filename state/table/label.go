package table

import (
	"strconv"
	"strings"

	"fathom/sim/report"
)

// ShortLabel names a strategy in few cells: "TP=8 DP=1", with PP, EP, expert sizes, DCP, copies of experts, half
// batches and MTP where they say something.
func ShortLabel(r *report.Row) string {
	s := &r.Strategy
	var b strings.Builder
	part := func(name string, n int) {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(name)
		b.WriteByte('=')
		b.WriteString(strconv.Itoa(n))
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
		b.WriteString(" TBO")
	}
	if r.MTP > 0 {
		part("MTP", r.MTP)
	}
	if r.Draft != "" && r.Draft != "mtp" {
		b.WriteString(" " + r.Draft + "=" + strconv.FormatFloat(r.Length, 'g', 4, 64))
	}
	return b.String()
}
