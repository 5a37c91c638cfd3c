package engine

import (
	"context"
	"fmt"
	"testing"

	"fathom/hw/unraced"
	"fathom/sim/plan"
	"fathom/sim/sweep"
)

// Whatever a plan runs, a knob that it is said to have moves something in the range of its sensible values, or it is
// refused before the sweep: one that changes nothing draws a flat line that says nothing.
func TestEveryKnobOfAPlanMovesIt(t *testing.T) {
	unraced.Skip(t)
	ranges := map[string]string{"input-length": "512,32k", "output-length": "64,8k", "ttft-limit": "10,20s",
		"tpot-limit": "1,500", "e2e-limit": "100,200s", "goodput": "0.1,1", "num-devices": "8,64",
		"prefill-devices-per-instance": "1,8", "decode-devices-per-instance": "1,8", "concurrency": "1,32",
		"batch-range": "1,64", "max-batched-tokens": "512,32k", "prefix-cache-hit-rate": "0,0.9",
		"mtp-acceptance-rates": "0,1", "acceptance-length": "1,3", "draft-share": "0,1", "device-cost": "1,8",
		"power-cap": "200,700", "power-limit": "1600,5600", "reserved-memory-gb": "0,40", "serving-cost": "0,50"}
	disaggregated := func(ttft, tpot float64) func(*plan.Request) {
		return func(r *plan.Request) { r.Mode, r.TTFTLimit, r.TPOTLimit = plan.Disaggregation, ttft, tpot }
	}
	for mode, set := range map[string]func(*plan.Request){
		"aggregation": func(*plan.Request) {}, "prefill": disaggregated(2000, 0), "decode": disaggregated(0, 50),
		"both phases": disaggregated(2000, 50),
		"held":        func(r *plan.Request) { r.InFlight = 64 },
		"ratio": func(r *plan.Request) {
			r.Mode, r.Devices, r.PrefillDevices, r.DecodeDevices = plan.PDRatio, 16, 4, 8
		},
	} {
		for drafts, draft := range map[string]func(*plan.Request){"": func(*plan.Request) {},
			"MTP": func(r *plan.Request) { r.MTP = []int{2} },
			"EAGLE": func(r *plan.Request) {
				r.Speculation = plan.Speculation{Draft: "eagle", Tokens: 3, Length: 2, Share: 0.1}
			}} {
			req := request(t, "Qwen/Qwen3-32B", flagship)
			req.TTFTLimit = 4000
			set(req)
			draft(req)
			everyKnob(t, mode+" "+drafts, ranges, req)
		}
	}
	// Calibrated figures come from played benchmarks.
	for _, draft := range []plan.Speculation{{}, {Draft: "eagle", Tokens: 3, Length: 2, Share: 0.1}} {
		req := request(t, "Qwen/Qwen3-32B", flagship)
		onH200(req)
		req.TTFTLimit, req.Speculation = 4000, draft
		everyKnob(t, "calibrated "+draft.Draft, ranges, req)
	}
}

// everyKnob holds every knob of a plan against two of its values.
func everyKnob(t *testing.T, what string, ranges map[string]string, req *plan.Request) {
	t.Helper()
	for i := range sweep.Knobs {
		name := sweep.Knobs[i].Name
		if name == "goodput" || name == "e2e-limit" { // played, and held elsewhere
			continue
		}
		axes, err := sweep.Parse([]string{name + "=" + ranges[name]}, req)
		if err != nil {
			if sweep.Knobs[i].Has(req).IsZero() {
				t.Fatal(err)
			}
			continue
		}
		out, err := Sweep(context.Background(), req, axes, nil)
		if err != nil {
			t.Fatalf("%s of %s: %v", what, name, err)
		}
		if said := func(at float64) (s string) {
			for j := range out.Cells {
				if c := out.Cells[j]; c.At[0] == at {
					c.At = nil
					s += fmt.Sprintf("%+v ", c)
				}
			}
			return s
		}; said(axes[0].Values[0]) == said(axes[0].Values[1]) {
			t.Errorf("%s: %s changes nothing: %s", what, name, said(axes[0].Values[0]))
		}
	}
}
