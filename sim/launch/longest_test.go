package launch

import (
	"testing"

	"fathom/sim/plan"
	"fathom/sim/traffic"
)

// TestContextHoldsTheLongestOfEveryClass: a server that is started for less turns requests of the mix away.
func TestContextHoldsTheLongestOfEveryClass(t *testing.T) {
	of := func(n int) []traffic.Bin { return []traffic.Bin{{Min: n, Max: n + 1, Weight: 1}} }
	req := &plan.Request{InputLength: 10, OutputLength: 5}
	if p, c := longest(req); p != 10 || c != 15 {
		t.Errorf("one length: %d, %d", p, c)
	}
	req.Distribution = []plan.Bin{{Min: 1, Max: 100}, {Min: 100, Max: 400}}
	if p, c := longest(req); p != 400 || c != 405 {
		t.Errorf("a distribution: %d, %d", p, c)
	}
	req.Workload = &plan.Workload{Classes: []plan.Class{
		{Class: traffic.Class{Input: of(1000), Output: of(10)}},
		{Class: traffic.Class{Input: of(50), Output: of(2000)}}}}
	if p, c := longest(req); p != 1000 || c != 2050 {
		t.Errorf("a mix: %d, %d", p, c)
	}
}
