package calibrate

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"fathom/hw"
	"fathom/sim/score"
)

// Regions that bars hold to three tenths on average ask for the growth with which they hold eight tenths: of ten runs
// each at distances 0.5 and 1, the needs of which are counted by hand. Other kinds of distance tell nothing.
func TestGrowthIsWhatRegionsNeedOnAverage(t *testing.T) {
	region := func(kind distance, d float64, excesses ...float64) *part {
		at := &part{kind: kind}
		for _, e := range excesses {
			reach := hw.Reach{Lengths: d, Distance: d}
			if kind == loadwise {
				reach = hw.Reach{Load: d, Distance: d}
			}
			at.runs[tpot] = append(at.runs[tpot], seen{reach, "g", e, e})
		}
		return at
	}
	near := region(lengthwise, 0.5, -1, -1, -1, -1, -1, 0.05, 0.1, 0.15, 0.2, 0.25) // needs 0.1 to 0.5 a unit
	far := region(lengthwise, 1, -1, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
	other := region(loadwise, 1, 5, 5, 5, 5, 5, 5)
	// with 0.6 a unit near holds 10 and far 7 of ten, 0.85 on average; with 0.5 they hold 10 and 6
	if g := grown([]*part{near, far, other}, lengthwise, tpot); math.Abs(g-0.5) > 1e-9 {
		t.Errorf("growth %.3f, want 0.5", g)
	}
	if g := grown([]*part{near, other}, lengthwise, tpot); g != 0 {
		t.Errorf("one region tells a growth of %.3f", g)
	}
	held := region(lengthwise, 2, -1, -1, -1, -1, -1, -1, -1, -1, -1, 3)
	if g := grown([]*part{held, held}, lengthwise, tpot); g != 0 {
		t.Errorf("regions that are held ask for a growth of %.3f", g)
	}
	far.count([terms]hw.Growth{tpot: lengthwise.growth(0.5)})
	if r := far.region; math.Abs(*r.TPOTBars-0.1) > 1e-12 || math.Abs(*r.TPOT-0.6) > 1e-12 || r.TTFT != nil {
		t.Errorf("%+v", r)
	}
}

// Forty deployments that are left out at distance 2, two of them with eight of ten runs 0.6 beyond the bar: one of
// twenty may be, a third one asks for 0.6 where a plan is first called unlike all runs.
func TestRunsOfUnknownMakingHaveWhatNearlyAllNeed(t *testing.T) {
	region := func(distance, beyond float64) *part {
		at := &part{}
		for i := range 10 {
			x := -0.1
			if i < 8 {
				x += beyond + 0.1
			}
			at.runs[ttft] = append(at.runs[ttft], seen{hw.Reach{Distance: distance}, "g", x, 9})
		}
		return at
	}
	var parts []*part
	for i := range 40 {
		beyond := 0.0
		if i >= 38 {
			beyond = 0.6
		}
		parts = append(parts, region(2, beyond), region(0.1, 5)) // those that are near tell nothing
	}
	if g := unsaid(parts, ttft); g != 0 {
		t.Errorf("one of twenty regions asks for a growth of %.3f", g)
	}
	if g := unsaid(append(parts, region(2, 0.6)), ttft); math.Abs(g-0.6/hw.Far) > 1e-3 {
		t.Errorf("three of 41 regions ask for a growth of %.3f, want %.3f", g, 0.6/hw.Far)
	}
	if unsaid(parts[:2*(fewNeeds-1)], ttft) != 0 {
		t.Error("too few regions tell a growth")
	}
}

// Where no run is like a plan the widest of all engines' bars stands.
func TestBeyondIsTheWidestBar(t *testing.T) {
	of := func(ttft, tpot hw.Bar) EngineBars {
		return EngineBars{TTFT: Covered{Bar: ttft}, TPOT: Covered{Bar: tpot}}
	}
	got := beyond([]EngineBars{of(hw.Bar{Low: 0.8, High: 1.5}, hw.Bar{}), of(hw.Bar{Low: 0.9, High: 2},
		hw.Bar{Low: 0.9, High: 1.1})})
	if want := [terms]hw.Bar{{Low: 0.8, High: 2}, {Low: 0.9, High: 1.1}, {}}; got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// What a fit says that it has seen is its runs: kinds at the nearest powers of two, loads per device.
func TestKnowledgeOfRuns(t *testing.T) {
	text := "model,gpu,backend,backend_version,measured,precision,isl,osl,concurrency,tp_size,ttft_ms,tpot_ms\n"
	for i, v := range []string{"0.9.1", "0.10.0", "0.9.1"} {
		text += fmt.Sprintf("Qwen/Qwen3-32B,H100_SXM,vllm,%s,2026-0%d-01,fp8,1000,%d,%d,4,100,10\n", v, 3-i, 100+30*i, 2<<i)
	}
	rows, err := score.Read(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	p := newProblem(rows, Options{Profile: hw.Find})
	k := p.knowledge("vllm", nil)
	if k.First != "2026-01-01" || k.Last != "2026-03-01" || fmt.Sprint(k.Versions, k.Models) !=
		"[0.9.1 0.10.0] [Qwen/Qwen3-32B]" {
		t.Errorf("%+v", k)
	}
	if len(k.Kinds) != 1 || k.Kinds[0].Input != 1024 || k.Kinds[0].Output != 128 || k.Kinds[0].Least != 0.5 ||
		k.Kinds[0].Most != 2 || k.Kinds[0].Runs != 3 || k.Kinds[0].Class != "dense" || k.Kinds[0].Layout != "tp" {
		t.Errorf("%+v", k.Kinds)
	}
	if rest := p.knowledge("vllm", func(row int) bool { return row > 0 }); rest.Runs() != 2 {
		t.Errorf("without the first run: %+v", rest)
	}
}
