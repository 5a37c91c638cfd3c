package field

import (
	"slices"
	"strconv"

	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/report"
)

// checkExperts holds what is said of experts against the model, the devices and the fidelity.
func checkExperts(r *Reading, id ID) []report.Issue {
	text, off := r.Answers[id].Text, id == TwoBatch && r.Word(id) == plan.Off.String()
	v := r.Values[id]
	if off || !r.flagged(id) || len(v.Words)+len(v.Ints)+len(v.Floats) == 0 && !v.On || !r.embedded() {
		return nil
	}
	if r.Model != nil && !r.MoE() {
		return one(fault(id, text, "experts-dense", r.Model.Name))
	}
	if slices.Contains(r.fidelities(), plan.Reference) {
		return one(fault(id, text, "experts-reference"))
	}
	switch id {
	case ExpertSkew:
		if r.Word(ExpertLoads) != "" && r.Float(id) > 0 {
			return one(fault(id, text, "experts-both"))
		}
	case ExpertLoads:
		return checkLoads(r, text)
	case Redundant:
		return checkCopies(r)
	case AFD:
		return checkDivision(r, text)
	}
	return nil
}

// checkLoads holds a histogram against the model.
func checkLoads(r *Reading, text string) []report.Issue {
	l := r.Catalog.Loads[r.Word(ExpertLoads)]
	if l == nil {
		why := r.Catalog.Failed[r.Word(ExpertLoads)]
		if why.IsZero() {
			return nil // not read yet
		}
		return one(fault(ExpertLoads, text, "unread", why))
	}
	if r.Model == nil {
		return nil
	}
	f, layers := r.Model.Routed()
	if err := l.Check(f.Experts, f.TopK, layers); err != nil {
		return one(fault(ExpertLoads, text, "unread", message.Of(err)))
	}
	return nil
}

// checkCopies holds numbers of copies against the most that the devices can hold: every expert once on every rank.
func checkCopies(r *Reading) (out []report.Issue) {
	of := r.Instances()
	if r.Model == nil || len(of) == 0 {
		return nil
	}
	f, _ := r.Model.Routed()
	most := f.Experts * (slices.Max(of) - 1)
	for _, n := range r.Values[Redundant].Ints {
		if n > most {
			out = append(out, fault(Redundant, strconv.Itoa(n), "experts-copies", most, f.Experts, slices.Max(of)))
		}
	}
	return out
}

// checkDivision: attention and experts are put apart for decodes, on the devices that there are.
func checkDivision(r *Reading, text string) []report.Issue {
	v := r.Values[AFD].Ints
	switch of := r.Int(DeviceCount); {
	case r.ModeKnown && !(r.Decode && r.Mode != plan.Aggregation):
		return one(fault(AFD, text, "afd-decode"))
	case len(v) == 2 && of > 0 && v[0]+v[1] > of:
		return one(fault(AFD, text, "afd-ranks", v[0]+v[1], of))
	}
	return nil
}
