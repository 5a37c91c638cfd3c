package score

import "fathom/sim/plan"

// Engine is the serving engine of a run.
type Engine = plan.Serving

// The engines that have presets. AnyEngine has vLLM's scheduler.
const (
	AnyEngine   = plan.AnyServing
	VLLM        = plan.VLLM
	SGLang      = plan.SGLang
	TensorRTLLM = plan.TensorRTLLM
	VLLMAscend  = plan.VLLMAscend
	MindIE      = plan.MindIE
)

// ParseEngine finds the engine in a name or in a launch command.
func ParseEngine(text string) Engine { return plan.ParseServing(text) }
