// Package bench tells what a benchmark of one deployment would show: it puts a serving engine's scheduler (sim/traffic)
// over the step times of a profile, measured (sim/kernel) or modelled (sim/pass), and plays a load against it.
package bench

import (
	"fathom/sim/kernel"
	"fathom/sim/plan"
	"fathom/sim/traffic"
)

// Preset gives the scheduler of an engine and the host times of serving-dynamics 2, which no run was fitted to: 1 ms
// per step, 5 us per sequence, 10 ms per request before the scheduler. Limits are those of one attention rank; the KV
// room is the caller's.
//
// Schedulers: vLLM V1 mixes prompt chunks with decodes and recomputes what it preempts (docs.vllm.ai, "Optimization and
// Tuning"); SGLang runs prompts before decodes unless mixed chunks are switched on (docs.sglang.ai, "Server
// Arguments"); TensorRT-LLM keeps prompts whole and, with GUARANTEED_NO_EVICT, reserves room for the whole output
// (nvidia.github.io/TensorRT-LLM, "Batch scheduler").
func Preset(s plan.Serving) traffic.Engine {
	h := kernel.UnfittedHost
	p := traffic.Engine{Policy: traffic.Mixed, BatchedTokens: 8192, Sequences: 1024, Arrive: h.Arrive, Host: h.Step,
		HostSeq: h.Sequence}
	switch s {
	case plan.SGLang:
		p.Policy = traffic.PrefillFirst
	case plan.TensorRTLLM:
		p.Policy, p.Reserve, p.Sequences = traffic.WholePrompts, true, 2048
	case plan.MindIE:
		p.Policy, p.Sequences = traffic.PrefillFirst, 200
	case plan.VLLMAscend:
		p.Sequences = 256
	}
	return p
}
