package bench

import (
	"testing"

	"fathom/sim/kernel"
	"fathom/sim/plan"
	"fathom/sim/traffic"
)

// How many front ends share the tokens: one for all ranks of a server that share experts, one each where they share
// nothing, and one each with vLLM.
func TestFrontEnds(t *testing.T) {
	together, wide := plan.Strategy{TP: 1, DP: 8, EP: 8, MoETP: 1}, plan.Strategy{TP: 2, DP: 16, EP: 32, MoETP: 1}
	for _, c := range []struct {
		engine plan.Serving
		layout plan.Strategy
		want   float64
	}{
		{"sglang", together, 1}, {"vllm", together, 8}, {"sglang", wide, 4}, {"vllm", wide, 16},
		{"sglang", plan.Strategy{TP: 2, DP: 4}, 4},                            // replicas of a dense model
		{"trtllm", plan.Strategy{TP: 8, DP: 1, EP: 8, MoETP: 1}, 1},           // one rank
		{"sglang", plan.Strategy{TP: 4, DP: 2, EP: 4, MoETP: 1, MoEDP: 2}, 2}, // replicas with experts of their own
	} {
		var e traffic.Engine
		FrontEnd(&e, kernel.Host{Read: 16, Stream: 32}, c.engine, c.layout, 8)
		if e.Read != 16/c.want || e.Stream != 32/c.want {
			t.Errorf("%s %+v: %g front ends, want %g", c.engine, c.layout, 16/e.Read, c.want)
		}
	}
}
