package bench

import (
	"fathom/sim/kernel"
	"fathom/sim/plan"
	"fathom/sim/traffic"
)

// FrontEnd sets what reading and streaming cost an engine. Attention ranks that share no experts are servers of their
// own, each with a front end; those that do have one a server, or one each where the engine starts so many.
func FrontEnd(e *traffic.Engine, h kernel.Host, s plan.Serving, layout plan.Strategy, node int) {
	ranks, n := max(1, layout.DP), 1
	switch {
	case s.Engine().Scheduler.FrontEnds || layout.EP*layout.MoETP <= layout.TP:
		n = ranks
	case node > 0:
		n = max(1, min(ranks, layout.TP*ranks/node))
	}
	e.Read, e.Stream = h.Read/float64(n), h.Stream/float64(n)
}

// Preset gives the scheduler of an engine and the host times of serving-dynamics 2, which no run was fitted to: 1 ms
// per step, 5 us per sequence, 10 ms per request before the scheduler. Limits are those of one attention rank; the KV
// room is the caller's.
func Preset(s plan.Serving) traffic.Engine {
	e, h := s.Engine().Scheduler, kernel.UnfittedHost
	return traffic.Engine{Policy: e.Policy, BatchedTokens: e.BatchedTokens, Sequences: e.Sequences, Reserve: e.Reserve,
		Arrive: h.Arrive, Host: h.Step, HostSeq: h.Sequence}
}
