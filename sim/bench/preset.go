package bench

import (
	"fathom/sim/kernel"
	"fathom/sim/plan"
	"fathom/sim/traffic"
)

// FrontEnd sets what reading and streaming cost an engine with so many attention ranks.
func FrontEnd(e *traffic.Engine, h kernel.Host, s plan.Serving, ranks int) {
	n := 1.0
	if s.Engine().Scheduler.FrontEnds {
		n = float64(ranks)
	}
	e.Read, e.Stream = h.Read/n, h.Stream/n
}

// Preset gives the scheduler of an engine and the host times of serving-dynamics 2, which no run was fitted to: 1 ms
// per step, 5 us per sequence, 10 ms per request before the scheduler. Limits are those of one attention rank; the KV
// room is the caller's.
func Preset(s plan.Serving) traffic.Engine {
	e, h := s.Engine().Scheduler, kernel.UnfittedHost
	return traffic.Engine{Policy: e.Policy, BatchedTokens: e.BatchedTokens, Sequences: e.Sequences, Reserve: e.Reserve,
		Arrive: h.Arrive, Host: h.Step, HostSeq: h.Sequence}
}
