package plan

import (
	"strings"

	"fathom/hw"
)

// Serving is the software that runs the model: its scheduler and the time that it spends beside the devices.
type Serving uint8

// The serving engines whose schedulers are known. AnyServing is one that is not named.
const (
	AnyServing Serving = iota
	VLLM
	SGLang
	TensorRTLLM
	VLLMAscend
	MindIE
	NumServing
)

var servingNames = [NumServing]string{"other", "vllm", "sglang", "trtllm", "vllm-ascend", "mindie"}

func (s Serving) String() string { return servingNames[s] }

// ParseServing finds the engine in a name or in a launch command. The more special name comes first: vllm-ascend holds
// vllm.
func ParseServing(text string) Serving {
	low := strings.ToLower(text)
	for _, k := range []struct {
		part string
		s    Serving
	}{
		{"vllm-ascend", VLLMAscend}, {"vllm_ascend", VLLMAscend}, {"mindie", MindIE}, {"trtllm", TensorRTLLM},
		{"tensorrt", TensorRTLLM}, {"sglang", SGLang}, {"vllm", VLLM},
	} {
		if strings.Contains(low, k.part) {
			return k.s
		}
	}
	return AnyServing
}

// On is the engine that is meant on a profile: the named one, or what is usual for the vendor's devices.
func (s Serving) On(p *hw.Profile) Serving {
	switch {
	case s != AnyServing:
		return s
	case strings.EqualFold(p.Vendor, "NVIDIA"):
		return VLLM
	}
	return VLLMAscend
}
