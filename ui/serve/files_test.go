package serve

import (
	"testing"

	"fathom/hw"
	"fathom/state"
)

// Whatever a guest's screen asks for, the server reads and writes no file of measured runs.
func TestGuestsMeasureNothing(t *testing.T) {
	e := newEngine()
	s := state.Source{Path: "../../sim/harness/testdata/vllm_bench.json", Device: "H100_SXM"}
	if x, err := e.Measure(t.Context(), state.Measure{Source: s, Profiles: hw.Builtin()}); err == nil || len(x.Runs) > 0 {
		t.Errorf("%d runs, %v", len(x.Runs), err)
	}
	if _, err := e.Fit(t.Context(), state.Fit{Run: -1, Sources: []state.Source{s}}, nil); err == nil {
		t.Error("a guest's fit is no error")
	}
}
