package field

import (
	"slices"
	"strings"

	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/sim/workload"
)

// anyGiven reports whether one of the questions has an answer that is not none.
func (r *Reading) anyGiven(ids ...ID) bool {
	return slices.ContainsFunc(ids, func(id ID) bool { return len(r.Values[id].Words) > 0 })
}

// anyAsked reports the same of answers that cannot be read, too: what stands beside those is judged once they can.
func (r *Reading) anyAsked(ids ...ID) bool {
	return r.anyGiven(ids...) || slices.ContainsFunc(ids, func(id ID) bool { return r.Problems[id] != nil })
}

// serves reports whether the plan is played against a trace, conversations or a day.
func (r *Reading) serves() bool { return r.anyAsked(Trace, Sessions, Fleet) }

func traced(r *Reading) bool { return r.Word(Trace) != "" }

// given is an answer as it was typed.
func (r *Reading) typed(id ID) string { return strings.TrimSpace(r.Answers[id].Text) }

// checkService judges what every kind of service has in common.
func checkService(r *Reading, id ID, others ...ID) []report.Issue {
	switch {
	case !r.anyGiven(id):
		return nil
	case id == Fleet && r.Mode == plan.PDRatio:
		return one(fault(id, r.typed(id), "unserved-day"))
	case r.Mode != plan.Aggregation && r.Mode != plan.PDRatio || r.Values[InputLength].Words != nil:
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

func checkTrace(r *Reading) []report.Issue {
	if out := checkService(r, Trace, Sessions, Fleet); len(out) > 0 {
		return out
	}
	return r.unplayable(Trace)
}

// unplayable says that the file of a trace or a day cannot be read. Which format a trace has may be said beside it.
func (r *Reading) unplayable(id ID) []report.Issue {
	why := r.Catalog.Failed[r.Word(id)]
	if r.Word(id) == "" || why.IsZero() || why.Key == "trace.foreign" && r.anyAsked(TraceFormat) {
		return nil
	}
	return one(fault(id, r.typed(id), "unread", why))
}

func checkSessions(r *Reading) []report.Issue {
	out := checkService(r, Sessions, Fleet)
	switch v := r.Values[Sessions]; {
	case len(v.Words) == 0 || len(out) > 0:
	case v.Words[0] != "turns":
		return one(fault(Sessions, r.typed(Sessions), "together", "turns=N"))
	case r.Float(QPS) == 0 && r.Problems[QPS] == nil:
		return lacks(Sessions, r.typed(Sessions), QPS, "N")
	default:
		return append(out, r.checkFirstTurn()...)
	}
	return out
}

// checkFirstTurn holds the first turn of a session against the context of the model.
func (r *Reading) checkFirstTurn() []report.Issue {
	q := &plan.Request{}
	members[Sessions].into(r, Sessions, q)
	system := int(q.Service.Sessions.System)
	if total := system + r.Int(InputLength) + r.Int(OutputLength); r.Model != nil && r.Model.Context > 0 &&
		total > r.Model.Context {
		return one(fault(Sessions, r.typed(Sessions), "first-turn", system, total, r.Model.Name, r.Model.Context))
	}
	return nil
}

func checkFleet(r *Reading) []report.Issue {
	out := checkService(r, Fleet)
	switch name := r.Word(Fleet); {
	case name == "" || len(out) > 0:
	case !r.HasLimit(TTFT) && !r.HasLimit(TPOT):
		return lacks(Fleet, r.typed(Fleet), TTFT, "")
	case workload.Day(name) != nil && r.Float(QPS) == 0 && r.Problems[QPS] == nil:
		return lacks(Fleet, r.typed(Fleet), QPS, "N") // a shape has no peak of its own
	case workload.Day(name) == nil:
		return r.unplayable(Fleet)
	}
	return out
}

// checkBeside tells an answer that changes nothing without another question's.
func checkBeside(r *Reading, id ID, others ...ID) []report.Issue {
	if len(r.Values[id].tokens()) == 0 || r.anyAsked(others...) {
		return nil
	}
	var flags []string
	for _, o := range others {
		flags = append(flags, "--"+Table[o].Flag)
	}
	return one(fault(id, r.typed(id), "together", strings.Join(flags, ", ")))
}

// checkTiers wants a rate with every size; that of host memory may be in the profiles.
func checkTiers(r *Reading) []report.Issue {
	has := map[string]bool{}
	for _, w := range r.Values[KVTiers].Words {
		has[w] = true
	}
	for _, tier := range []string{"host", "ssd"} {
		switch {
		case tier == "host" && has[tier] && !has["host-bw"]:
			for _, p := range r.Profiles {
				if p.HostBandwidth == 0 {
					return one(fault(KVTiers, r.typed(KVTiers), "no-host-link", p.Name))
				}
			}
		case has[tier] && !has[tier+"-bw"]:
			return one(fault(KVTiers, r.typed(KVTiers), "together", tier+"-bw=N"))
		case !has[tier] && has[tier+"-bw"]:
			return one(fault(KVTiers, r.typed(KVTiers), "together", tier+"=N"))
		}
	}
	return checkBeside(r, KVTiers, Trace, Sessions)
}

func checkAutoscale(r *Reading) []report.Issue {
	q := &plan.Request{}
	members[Autoscale].into(r, Autoscale, q)
	if s := q.Service.Scaling; s.Max > 0 && s.Min > s.Max {
		return one(fault(Autoscale, r.typed(Autoscale), "min-max"))
	}
	return checkBeside(r, Autoscale, Fleet)
}
