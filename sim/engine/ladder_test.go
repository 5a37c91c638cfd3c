package engine

import (
	"context"
	"math"
	"strings"
	"testing"

	"fathom/hw"
	"fathom/hw/unraced"
	"fathom/sim/plan"
	"fathom/sim/report"
)

// Each rung is the answer of a run with its fidelity and search, whichever of them was asked, and changes one thing.
func TestLadder(t *testing.T) {
	req := request(t, "Qwen/Qwen3-32B", flagship)
	bests := map[report.Step]*report.Row{}
	for _, step := range report.Steps() {
		one := *req
		one.Fidelity, one.Search = step.Fidelity(), step.Search()
		alone, err := Embedded{}.Run(context.Background(), &one, nil)
		if err != nil {
			t.Fatal(err)
		}
		bests[step] = alone.Devices[0].Aggregation.Best
	}
	var first []report.Rung
	for _, asked := range []struct {
		fidelity plan.Fidelity
		search   plan.Search
	}{{}, {plan.Reference, plan.SearchExhaustive}, {plan.Corrected, plan.SearchAuto}, {plan.Calibrated, plan.SearchAuto}} {
		own := *req
		own.Fidelity, own.Search = asked.fidelity, asked.search
		rep, err := Embedded{}.Run(context.Background(), &own, nil)
		if err != nil {
			t.Fatal(err)
		}
		Climb(context.Background(), rep, nil)
		list := rep.Devices[0].Ladder
		if len(list) != 4 {
			t.Fatalf("%d rungs", len(list))
		}
		if first == nil {
			first = list
		}
		for i, step := range report.Steps() {
			r, best := list[i], bests[step]
			if r.Step != step || r.Throughput != best.Throughput || r.Label != best.Label ||
				r.Throughput != first[i].Throughput {
				t.Errorf("asked %v: %s is %.2f with %s, want %.2f with %s", asked, step, r.Throughput, r.Label, best.Throughput,
					best.Label)
			}
			if i > 0 && (r.Change == nil || math.Abs(*r.Change-(r.Throughput/list[i-1].Throughput-1)) > 1e-12) {
				t.Errorf("%s: change %v", step, r.Change)
			}
		}
	}
}

// A profile beside others has its own rung for what the re-pricing changes; one without a fit says so where its figure
// would be.
func TestLadderOfSeveralProfiles(t *testing.T) {
	req := request(t, "Qwen/Qwen3-32B", flagship)
	for _, name := range []string{"TEST_DEVICE", "H100_SXM", "ATLAS_350_425T_112G"} {
		p, err := hw.Find(name)
		if err != nil {
			t.Fatal(err)
		}
		req.Profiles = append(req.Profiles, p)
	}
	rep, err := Embedded{}.Run(context.Background(), req, nil)
	if err != nil {
		t.Fatal(err)
	}
	Climb(context.Background(), rep, nil)
	names := func(d *report.Device) (out string) {
		for _, r := range d.Ladder {
			out += r.Step.String()
			if r.Alone {
				out += "*"
			}
			out += " "
		}
		return out
	}
	for i, want := range []string{"reference exhaustive corrected calibrated ",
		"reference reference* exhaustive corrected calibrated ",
		"corrected calibrated "} {
		if got := names(&rep.Devices[i]); got != want {
			t.Errorf("%s: %s", rep.Devices[i].Device, got)
		}
	}
}

// The lists of sizes of a large deployment have a ladder too; where they multiply to thousands of layouts its steps say
// what they would take.
func TestLadderOfManyLayouts(t *testing.T) {
	unraced.Skip(t)
	req := request(t, "deepseek-ai/DeepSeek-V3.1", flagship)
	req.Devices, req.TTFTLimit, req.TPOTLimit = 64, 3000, 60
	req.TP, req.EP, req.MoEDP = plan.Sizes{Searched: true}, plan.Sizes{Searched: true}, plan.Sizes{Searched: true}
	climb := func() *report.Device {
		rep, err := Embedded{}.Run(context.Background(), req, nil)
		if err != nil {
			t.Fatal(err)
		}
		Climb(context.Background(), rep, nil)
		return &rep.Devices[0]
	}
	if list := climb().Ladder; len(list) != 4 {
		t.Fatalf("%d rungs", len(list))
	} else if last := list[3]; last.Throughput != 0 || last.Lack != report.NoneMeets ||
		!strings.Contains(last.Why.String(), "TPOT limit 60") {
		t.Errorf("a step without an answer says %q", last.Why)
	}
	req.DCP, req.Devices = plan.Sizes{Searched: true}, 256
	if list := climb().Ladder; len(list) != 4 || list[0].Throughput == 0 || list[1].Lack != report.LeftOut ||
		list[2].Lack != report.LeftOut {
		t.Errorf("%+v", list)
	}
}

// A rung that nobody asked for and that would take long is left out and says how to ask; the others stand. So is the
// contrast, and there is none at all beside a plan without an answer.
func TestUnaskedWorkIsBounded(t *testing.T) {
	unraced.Skip(t)
	req := request(t, "Qwen/Qwen3-32B", flagship)
	req.MaxBatchedTokens, req.InputLength, req.TTFTLimit, req.TPOTLimit = 400, 120_000, 0, 0
	req.Fidelity, req.Search = plan.Reference, plan.SearchExhaustive
	rep, err := Embedded{}.Run(context.Background(), req, nil)
	if err != nil {
		t.Fatal(err)
	}
	Climb(context.Background(), rep, nil)
	list := rep.Devices[0].Ladder
	if len(list) != 4 || list[2].Lack != report.LeftOut ||
		!strings.Contains(list[2].Why.String(), "--fidelity corrected --search exhaustive asks") ||
		list[0].Throughput == 0 || list[1].Throughput == 0 {
		t.Errorf("%+v", list)
	}
	notes := Contrast(context.Background(), req, rep, nil)
	if len(notes) != 1 || !strings.Contains(notes[0].Message.String(), "--fidelity corrected asks") {
		t.Errorf("%v", notes)
	}
	req.MaxBatchedTokens = 0
	rep.Devices[0].Aggregation.Best = nil
	if notes := Contrast(context.Background(), req, rep, nil); notes != nil {
		t.Errorf("%v", notes)
	}
}
