package refusal

import (
	"math"
	"slices"

	"fathom/sim/plan"
)

// checkExperts refuses what is said of experts where there are none, or where nothing can be made of it.
func checkExperts(req *plan.Request, bad func(field, key string, args ...any) error) error {
	field := ""
	switch {
	case req.Experts.Known():
		if field = "expert_skew"; len(req.Experts.Layers) > 0 {
			field = "expert_loads"
		}
	case req.Redundant.Searched:
		field = "redundant_experts"
	case req.TwoBatch != plan.Off:
		field = "two_batch_overlap"
	case req.AFD.Asked:
		field = "afd"
	default:
		return nil
	}
	f, layers := req.Model.Routed()
	if layers == 0 {
		return bad(field, "failure.experts-dense", req.Model.Name)
	}
	if s := req.Experts.Skew; !(s >= 0) || math.IsInf(s, 1) {
		return bad(field, "failure.experts-skew", s)
	}
	if err := req.Experts.Check(f.Experts, f.TopK, layers); err != nil {
		return bad(field, "failure.experts-loads", req.Experts.File, err)
	}
	for _, n := range req.Redundant.Values {
		if n < 0 {
			return bad(field, "failure.experts-copies", n)
		}
	}
	if a := req.AFD; a.Asked {
		decodes := slices.ContainsFunc(req.Phases(), func(p plan.PhaseOn) bool { return p.Phase == plan.PhaseDecode })
		switch {
		case !decodes:
			return bad("afd", "failure.afd-decode")
		case a.Experts < 0 || a.Attention < 0 || a.Experts+a.Attention > req.Devices:
			return bad("afd", "failure.afd-ranks", a.Attention, a.Experts, req.Devices)
		}
	}
	for _, pair := range req.Pairings() {
		if fidelity, err := pair.Fidelity(req.Fidelity); err == nil && fidelity == plan.Reference {
			return bad(field, "failure.experts-reference", pair.Name())
		}
	}
	return nil
}
