package explain

import (
	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/report"
)

// Grade is a verdict with its reasons and the smallest next check.
type Grade struct {
	Verdict Verdict
	Reasons []message.Message
}

func (g *Grade) add(v Verdict, f message.Message) {
	g.Verdict = max(g.Verdict, v)
	g.Reasons = append(g.Reasons, f)
}

// tightGiB and tightShare: a plan that leaves less than this is within the error of any memory estimate
// (search-and-serving 3.9).
const (
	tightGiB   = 1.0
	tightShare = 0.02
)

// Judge grades one row of a device by itself.
func Judge(row report.Row, req *plan.Request) Grade {
	var g Grade
	if row.Prefill == nil && row.Decode == nil {
		g.add(Insufficient, message.New("explain.grade.nobreakdown"))
		return g
	}
	if d := row.Decode; d != nil && row.Batch <= 8 && d.Cube > 0.5 {
		g.add(Suspicious,
			message.New("explain.grade.decodecube", row.Batch,
				100*d.Cube))
	}
	if p := row.Prefill; p != nil && req.InputLength >= 1024 && p.Mem > 0.6 {
		g.add(Partly,
			message.New("explain.grade.prefillmem", req.InputLength,
				100*p.Mem))
	}
	if d := row.Decode; d != nil && d.Static >= launchBound {
		g.add(Partly, message.New("explain.grade.static", 100*d.Static))
	}
	if row.MTP > 0 && req.Model.MTPHeads == 0 {
		g.add(Suspicious, message.New("explain.grade.mtp", row.MTP))
	}
	if row.Status == report.OK && !row.Reason.IsZero() { // ranked all the same
		g.add(Suspicious, message.New("explain.grade.engine", row.Reason))
	}
	if row.AvailableGB < tightGiB && row.Status == report.OK {
		g.add(Partly,
			message.New("explain.grade.tight",
				row.AvailableGB))
	}
	if !req.Model.Compared {
		g.add(Partly,
			message.New("explain.grade.uncompared"))
	}
	if len(g.Reasons) == 0 {
		g.add(Reasonable, message.New("explain.grade.fine"))
	}
	return g
}
