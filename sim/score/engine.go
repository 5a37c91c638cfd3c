package score

import (
	"strings"

	"fathom/sim/kernel"
	"fathom/sim/traffic"
)

// Engine is a serving engine with a preset.
type Engine uint8

// The engines that have presets. AnyEngine has vLLM's scheduler.
const (
	AnyEngine Engine = iota
	VLLM
	SGLang
	TensorRTLLM
	VLLMAscend
	MindIE
	numEngines
)

var engineNames = [numEngines]string{"other", "vllm", "sglang", "trtllm", "vllm-ascend", "mindie"}

func (e Engine) String() string { return engineNames[e] }

// ParseEngine finds the engine in a name or in a launch command. The more special name comes first: vllm-ascend holds vllm.
func ParseEngine(text string) Engine {
	low := strings.ToLower(text)
	for _, k := range []struct {
		part string
		e    Engine
	}{
		{"vllm-ascend", VLLMAscend}, {"vllm_ascend", VLLMAscend}, {"mindie", MindIE}, {"trtllm", TensorRTLLM},
		{"tensorrt", TensorRTLLM}, {"sglang", SGLang}, {"vllm", VLLM},
	} {
		if strings.Contains(low, k.part) {
			return k.e
		}
	}
	return AnyEngine
}

// Preset gives the scheduler of an engine and the host times of serving-dynamics 2, which no run was fitted to: 1 ms per step,
// 5 us per sequence, 10 ms per request before the scheduler. The KV room is the caller's.
//
// Schedulers: vLLM V1 mixes prompt chunks with decodes and recomputes what it preempts (docs.vllm.ai, "Optimization and
// Tuning"); SGLang runs prompts before decodes unless mixed chunks are switched on (docs.sglang.ai, "Server Arguments");
// TensorRT-LLM keeps prompts whole and, with GUARANTEED_NO_EVICT, reserves room for the whole output
// (nvidia.github.io/TensorRT-LLM, "Batch scheduler").
func (e Engine) Preset() traffic.Engine {
	h := kernel.UnfittedHost
	p := traffic.Engine{Policy: traffic.Mixed, BatchedTokens: 8192, Sequences: 1024, Arrive: h.Arrive, Host: h.Step, HostSeq: h.Sequence}
	switch e {
	case SGLang:
		p.Policy = traffic.PrefillFirst
	case TensorRTLLM:
		p.Policy, p.Reserve, p.Sequences = traffic.WholePrompts, true, 2048
	case MindIE:
		p.Policy, p.Sequences = traffic.PrefillFirst, 200
	case VLLMAscend:
		p.Sequences = 256
	}
	return p
}
