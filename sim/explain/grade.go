package explain

import (
	"fathom/sim/plan"
	"fathom/sim/report"
)

// Grade is a verdict with its reasons and the smallest next check.
type Grade struct {
	Verdict Verdict
	Reasons []Finding
}

func (g *Grade) add(v Verdict, f Finding) {
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
		g.add(Insufficient, say("explain.grade.nobreakdown", "no phase breakdown: only totals are known"))
		return g
	}
	if d := row.Decode; d != nil && row.Batch <= 8 && d.Cube > 0.5 {
		g.add(Suspicious,
			say("explain.grade.decodecube",
				"decode of %d requests is matrix-bound (%.0f%%): small batches are normally bound by memory", row.Batch,
				100*d.Cube))
	}
	if p := row.Prefill; p != nil && req.InputLength >= 1024 && p.Mem > 0.6 {
		g.add(Partly,
			say("explain.grade.prefillmem",
				"a prefill of %d tokens is memory-bound (%.0f%%): long prompts are normally bound by compute", req.InputLength,
				100*p.Mem))
	}
	if d := row.Decode; d != nil && d.Static >= launchBound {
		g.add(Partly, say("explain.grade.static", "%.0f%% of a decode step is fixed cost per operator, an assumption of "+
			"the profile rather than a measurement", 100*d.Static))
	}
	if row.MTP > 0 && req.Model.MTPHeads == 0 {
		g.add(Suspicious, say("explain.grade.mtp", "MTP %d is counted, but the checkpoint has no MTP heads", row.MTP))
	}
	if row.AvailableGB < tightGiB && row.Status == report.OK {
		g.add(Partly,
			say("explain.grade.tight", "only %.2f GiB are left beside the reserve: within the error of the estimate",
				row.AvailableGB))
	}
	if !req.Model.Compared {
		g.add(Partly,
			say("explain.grade.uncompared", "the operator model of this family was not compared with the reference"))
	}
	if len(g.Reasons) == 0 {
		g.add(Reasonable, say("explain.grade.fine", "breakdown, limits and memory fit together"))
	}
	return g
}
