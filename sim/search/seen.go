package search

import "fathom/hw"

// seenAs is a point of a tuple in the terms of what a fit has seen.
func (j *job) seenAs(t *tuple, inFlight int) hw.Case {
	s, experts := t.strategy, j.req.Model.MoE()
	ranks := s.TP * max(1, s.PP) * max(1, s.DP)
	out := hw.Case{Class: hw.ClassOf(experts), Layout: hw.LayoutOf(experts, s.TP, s.DP, s.EP, s.PP),
		Ranks: ranks, Load: float64(inFlight) / float64(max(1, ranks))}
	if j.lengths == nil {
		out.Input, out.Output = j.req.InputLength, j.req.OutputLength
	}
	return out
}
