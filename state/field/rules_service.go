package field

import (
	"strings"

	"fathom/sim/plan"
	"fathom/sim/report"
)

// anyGiven reports whether one of the questions has an answer that is not none.
func (r *Reading) anyGiven(ids ...ID) bool {
	for _, id := range ids {
		if len(r.Values[id].Words) > 0 {
			return true
		}
	}
	return false
}

// serves reports whether the plan is played against a trace, conversations or a day.
func (r *Reading) serves() bool { return r.anyGiven(Trace, Sessions, Fleet) }

func traced(r *Reading) bool { return r.Word(Trace) != "" }

// given is an answer as it was typed.
func (r *Reading) typed(id ID) string { return strings.TrimSpace(r.Answers[id].Text) }

// checkService judges what every kind of service has in common.
func checkService(r *Reading, id ID, others ...ID) []report.Issue {
	switch {
	case !r.anyGiven(id):
		return nil
	case r.Mode != plan.Aggregation || r.Values[InputLength].Words != nil:
		return one(fault(id, r.typed(id), "unserved"))
	case r.Word(Traffic) != "":
		return one(fault(id, r.typed(id), "exclusive", "--"+Table[Traffic].Flag))
	}
	for _, o := range others {
		if r.anyGiven(o) {
			return one(fault(id, r.typed(id), "exclusive", "--"+Table[o].Flag))
		}
	}
	return nil
}

func checkTrace(r *Reading) []report.Issue { return checkService(r, Trace, Sessions, Fleet) }

func checkSessions(r *Reading) []report.Issue {
	out := checkService(r, Sessions, Fleet)
	switch v := r.Values[Sessions]; {
	case len(v.Words) == 0 || len(out) > 0:
	case v.Words[0] != "turns":
		return one(fault(Sessions, r.typed(Sessions), "together", "turns=N"))
	case r.Float(QPS) == 0:
		return one(fault(Sessions, r.typed(Sessions), "together", "--qps N"))
	}
	return out
}

func checkFleet(r *Reading) []report.Issue {
	out := checkService(r, Fleet)
	if r.Word(Fleet) != "" && len(out) == 0 && !r.HasLimit(TTFT) && !r.HasLimit(TPOT) {
		return one(fault(Fleet, r.typed(Fleet), "together", "--"+Table[TTFT].Flag))
	}
	return out
}

// checkBeside tells an answer that changes nothing without another question's.
func checkBeside(r *Reading, id ID, others ...ID) []report.Issue {
	if (len(r.Values[id].tokens()) == 0) || r.anyGiven(others...) {
		return nil
	}
	var flags []string
	for _, o := range others {
		flags = append(flags, "--"+Table[o].Flag)
	}
	return one(fault(id, r.typed(id), "together", strings.Join(flags, ", ")))
}

// checkTiers wants a rate with every size.
func checkTiers(r *Reading) []report.Issue {
	has := map[string]bool{}
	for _, w := range r.Values[KVTiers].Words {
		has[w] = true
	}
	for _, tier := range []string{"host", "ssd"} {
		switch {
		case has[tier] && !has[tier+"-bw"]:
			return one(fault(KVTiers, r.typed(KVTiers), "together", tier+"-bw=N"))
		case !has[tier] && has[tier+"-bw"]:
			return one(fault(KVTiers, r.typed(KVTiers), "together", tier+"=N"))
		}
	}
	return checkBeside(r, KVTiers, Trace, Sessions, Fleet)
}

func checkAutoscale(r *Reading) []report.Issue {
	q := &plan.Request{}
	members[Autoscale].into(r, Autoscale, q)
	if s := q.Service.Scaling; s.Max > 0 && s.Min > s.Max {
		return one(fault(Autoscale, r.typed(Autoscale), "min-max"))
	}
	return checkBeside(r, Autoscale, Fleet)
}
