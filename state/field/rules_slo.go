package field

import (
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/sim/workload"
)

// played reports whether an answer can be held against played requests only: a statistic beside the mean, goodput.
func (r *Reading) played(id ID) bool { return r.Word(id) != "" || id == Goodput && r.HasLimit(id) }

// judged reports whether any answer can be held against played requests only, so that the load is searched for.
func (r *Reading) judged() bool {
	for _, id := range []ID{TTFT, TPOT, E2E, Goodput, Workload} {
		if r.played(id) {
			return true
		}
	}
	return false
}

// checkPlayed refuses what no requests can be played for.
func (r *Reading) checkPlayed(id ID) []report.Issue {
	if !r.played(id) {
		return nil
	}
	text := r.Answers[id].Text
	switch {
	case r.ModeKnown && r.Mode == plan.Disaggregation:
		return one(fault(id, text, "played-phase"))
	case r.asksReference():
		return one(fault(id, text, "played-engine"))
	case r.Vision() && r.Int(ImageBatch) > 0 && r.Int(ImageHeight) > 0:
		return one(fault(id, text, "played-images"))
	}
	return nil
}

// promised reports whether a mix of requests brings limits of its own.
func (r *Reading) promised() bool { return r.Workload() != nil && r.Workload().Promises() }

func checkWorkload(r *Reading) []report.Issue {
	name := r.Word(Workload)
	if name == "" {
		return nil
	}
	switch w := r.Workload(); {
	case r.Catalog.failed(name):
		return one(fault(Workload, name, "workload-load", r.Catalog.Failed[name]))
	case w == nil:
		return one(fault(Workload, name, "workload-none", workload.Names()))
	default:
		if out := r.checkPlayed(Workload); out != nil {
			return out
		}
		if _, _, both := w.Longest(); r.Model != nil && r.Model.Context > 0 && both > r.Model.Context {
			return one(fault(Workload, name, "context", both, r.Model.Name, r.Model.Context))
		}
		if r.flagged(InputLength) || r.flagged(OutputLength) {
			return one(note(Workload, name, "workload-lengths"))
		}
	}
	return nil
}

func checkE2E(r *Reading) []report.Issue {
	if r.HasLimit(E2E) && r.ModeKnown && r.Mode == plan.Disaggregation {
		return one(fault(E2E, r.Answers[E2E].Text, "played-phase"))
	}
	return r.checkPlayed(E2E)
}

func checkGoodput(r *Reading) []report.Issue {
	if r.HasLimit(Goodput) && !r.HasLimit(TTFT) && !r.HasLimit(TPOT) && !r.HasLimit(E2E) && !r.promised() {
		return lacks(Goodput, r.Answers[Goodput].Text, TTFT, "")
	}
	return r.checkPlayed(Goodput)
}
