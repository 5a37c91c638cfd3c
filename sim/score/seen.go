package score

import (
	"fathom/hw"
	"fathom/sim/model"
)

// CaseOf is a run in the terms of what a fit has seen. The load of a disaggregated run is that of all its devices.
func CaseOf(r *Row, m *model.Model) hw.Case {
	s := r.Side
	devices := s.devices()
	if r.Disaggregated {
		s, devices = r.Decode, r.Prefill.devices()+r.Decode.devices()
	}
	out := hw.Case{Class: hw.ClassOf(m.MoE()), Layout: hw.LayoutOf(m.MoE(), s.TP, s.DP, s.EP, s.PP), Input: r.Input,
		Output: r.Output, Ranks: s.TP * max(1, s.PP) * s.DP, Version: r.Version,
		Unsaid: r.Study == "" && !r.CI && !r.Vendor}
	flight := r.Concurrency
	if r.Burst {
		flight = r.Requests
	}
	if r.Rate == 0 { // of open arrivals nobody knows how many are in flight
		out.Load = float64(flight) / float64(max(1, devices))
	}
	return out
}
