package explain

import (
	"fathom/sim/plan"
	"fathom/sim/report"
)

// Risks names the limits that a row holds while the range of measured runs reaches beyond them.
func Risks(row report.Row, req *plan.Request) (out []Finding) {
	open := func(v *float64, limit float64, reach *report.Interval) bool {
		return v != nil && reach != nil && limit > 0 && *v <= limit && reach.High > limit
	}
	if b := row.TTFTRange; open(row.TTFT, req.TTFTLimit, b) {
		out = append(out, say("explain.risk.ttft", "TTFT may miss its limit of %g ms: %.0f is predicted, eight of ten "+
			"measured runs fall between %.0f and %.0f",
			req.TTFTLimit, *row.TTFT, b.Low, b.High))
	}
	if b := row.TPOTRange; open(row.TPOT, req.TPOTLimit, b) {
		out = append(out, say("explain.risk.tpot", "TPOT may miss its limit of %g ms: %.2f is predicted, eight of ten "+
			"measured runs fall between %.1f and %.1f",
			req.TPOTLimit, *row.TPOT, b.Low, b.High))
	}
	return out
}
