package field

import "fathom/sim/plan"

// Stand is by which numbers and which search a profile will be answered.
type Stand struct {
	Device   string
	Fidelity plan.Fidelity
	Search   plan.Search
	Serving  string // the engine whose measured costs count; "" where none do
}

// Stands are those of every profile of a request, in its order.
func (r *Reading) Stands(q *plan.Request) (list []Stand) {
	for _, p := range q.Profiles {
		s := Stand{Device: p.Name, Fidelity: r.Fidelity(p), Search: q.Search}
		if s.Search == plan.SearchAuto {
			s.Search = plan.SearchExhaustive
			if s.Fidelity == plan.Reference {
				s.Search = plan.SearchReference
			}
		}
		if s.Fidelity == plan.Calibrated {
			s.Serving = q.Serving.On(p).String()
		}
		list = append(list, s)
	}
	return list
}

// AsTheirs reports that the reference tool's command does what is run: its arithmetic and its search on every profile.
func AsTheirs(list []Stand) bool {
	for _, s := range list {
		if s.Fidelity != plan.Reference || s.Search != plan.SearchReference {
			return false
		}
	}
	return true
}
