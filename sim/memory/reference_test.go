package memory

import (
	"math"
	"strings"
	"testing"
)

// Weights of every reference pass within 0.01 % (in fact within 16 bytes of scales that are not modelled; V4 within 13
// kB), KV cache and bytes per token to the byte.
func TestReferenceWeightsAndKV(t *testing.T) {
	for _, r := range readRows(t) {
		rank := &r.ranks(t)[0]
		slack := 16.0
		if strings.Contains(r.model, "V4") {
			slack = 13_000
		}
		if got := rank.Weight(r.batch.Images); math.Abs(got/r.weight-1) > 1e-4 || math.Abs(got-r.weight) > slack {
			t.Errorf("%v: weights %.0f bytes, want %.0f", r, got, r.weight)
		}
		// The figures have nine decimals of a GiB, which is a byte.
		if got := rank.KV(r.batch); math.Abs(got-r.kv) > 1 {
			t.Errorf("%v: KV cache %.0f bytes, want %.0f", r, got, r.kv)
		}
		if got := rank.KVPerToken(r.batch); math.Abs(got/r.perToken-1) > 1e-9 {
			t.Errorf("%v: %.4f KV bytes per token, want %.4f", r, got, r.perToken)
		}
	}
}

// Reasons why the activation of a pass cannot be met.
const (
	gathers = "experts split over another group than TP: the tracker's figure explodes, 6.4 does not model it"
	tp16    = "prefill at TP 16 with EP: the peak is in the first expert layer, for which 6.4 has no form"
	mxfp4   = "compiled MXFP4: the reference figure lies below every form of 6.4, which covers other formats only"
)

// missed lists the passes whose activation is off, by model and a part of their flags.
var missed = []struct{ model, flags, reason string }{
	{"Qwen/Qwen3-30B-A3B", "--num-devices 8 --tp-size 2 --ep-size 2 --quantize-linear-action W8A8_DYNAMIC " +
		"--quantize-attention-action INT8 --num-queries 16 --query-length 8192 --context-length 1024 --compile", gathers},
	{"deepseek-ai/DeepSeek-V3", "--num-devices 64 --tp-size 1 --ep-size 2 --quantize-linear-action DISABLED", gathers},
	{"deepseek-ai/DeepSeek-V3.2", "--num-devices 32 --tp-size 4 --ep-size 4 --quantize-linear-action W8A8_STATIC",
		gathers},
	{"deepseek-ai/DeepSeek-V3.2", "--num-devices 32 --tp-size 2 --ep-size 2 --quantize-linear-action W8A8_DYNAMIC",
		gathers},
	{"deepseek-ai/DeepSeek-V3", "--num-devices 16 --tp-size 16 --ep-size 16 --quantize-linear-action W8A8_DYNAMIC " +
		"--quantize-attention-action DISABLED --num-queries 3", tp16},
	{"zai-org/GLM-5.2", "--quantize-linear-action MXFP4", mxfp4},
}

// The activation of every other reference pass is within 5 % or 0.2 GiB, and three fifths are within 0.5 % or 0.1 MB.
func TestReferenceActivation(t *testing.T) {
	used := make([]bool, len(missed))
	close, all := 0, 0
	for _, r := range readRows(t) {
		got := (&r.ranks(t)[0]).Activation(r.batch)
		off := math.Abs(got - r.activation)
		all++
		if off <= max(0.005*r.activation, 1e5) {
			close++
		}
		if off <= max(0.05*r.activation, 0.2*gib) {
			continue
		}
		reason := ""
		for i, m := range missed {
			if m.model == r.model && strings.Contains(r.flags, m.flags) {
				reason, used[i] = m.reason, true
			}
		}
		if reason == "" {
			t.Errorf("%v: activation %.4f GiB, want %.4f", r, got/gib, r.activation/gib)
		} else {
			t.Logf("%v: activation %.4f GiB, reference %.4f: %s", r, got/gib, r.activation/gib, reason)
		}
	}
	for i, u := range used {
		if !u {
			t.Errorf("%s %s is listed as missed but is not: drop it from the list", missed[i].model, missed[i].flags)
		}
	}
	if close < all*3/5 {
		t.Errorf("%d of %d activations within 0.5 %%, want three fifths", close, all)
	}
}
