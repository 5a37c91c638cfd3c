package plan

import "fathom/sim/expert"

// Layout is how the experts of a strategy lie on its ranks; false where it has none, or one rank has them all.
func (r *Request) Layout(s Strategy) (expert.Layout, bool) {
	f, layers := r.Model.Routed()
	return expert.Layout{Experts: f.Experts, TopK: f.TopK, Ranks: s.EP, Redundant: s.RedundantExperts},
		layers > 0 && s.EP > 1
}

// Busiest is what the fullest expert rank of a strategy is expected to have, in units of the mean; 0: nothing is known
// of the loads.
func (r *Request) Busiest(s Strategy) float64 {
	if !r.Experts.Known() || r.Model == nil {
		return 0
	}
	if at, ok := r.Layout(s); ok {
		return r.Experts.On(at).Expected
	}
	return 0
}

// Copies lists how many copies of experts a search tries on EP ranks: what was asked for, or none and what gives every
// rank one expert more, then two.
func (r *Request) Copies(ep int) []int {
	switch {
	case len(r.Redundant.Values) > 0:
		return r.Redundant.Values
	case r.Redundant.Searched && r.Model != nil && ep > 1:
		f, _ := r.Model.Routed()
		if f.Experts > 0 {
			return append([]int{0}, expert.Fills(f.Experts, ep, 2*ep)...)
		}
	}
	return []int{0}
}

// Of lists what a choice tries.
func (c Choice) Of() []bool {
	return [][]bool{{false}, {true}, {false, true}}[c]
}

// WideEP reports whether a request says anything of the loads of experts, of their copies or of half batches.
func (r *Request) WideEP() bool {
	return r.Experts.Known() || r.Redundant.Searched || r.TwoBatch != Off || r.AFD.Asked
}

// Beyond reports whether a request has what the reference tool cannot be asked.
func (r *Request) Beyond() bool { return r.SplitSearched() || r.WideEP() }
