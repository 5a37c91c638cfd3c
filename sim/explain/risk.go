package explain

import (
	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/report"
)

// Risks names the limits that a row holds while the range of measured runs reaches beyond them, and says where no run
// was like the row.
func Risks(row report.Row, req *plan.Request) (out []message.Message) {
	open := func(v *float64, limit float64, reach *report.Interval) bool {
		return v != nil && reach != nil && limit > 0 && *v <= limit && reach.High > limit
	}
	if b := row.TTFTRange; open(row.TTFT, req.TTFTLimit, b) {
		out = append(out, message.New("explain.risk.ttft",
			req.TTFTLimit, *row.TTFT, b.Low, b.High))
	}
	if b := row.TPOTRange; open(row.TPOT, req.TPOTLimit, b) {
		out = append(out, message.New("explain.risk.tpot",
			req.TPOTLimit, *row.TPOT, b.Low, b.High))
	}
	if m, ok := row.Unlike(); ok {
		out = append(out, m)
	}
	return out
}
