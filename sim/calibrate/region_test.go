package calibrate

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"fathom/hw"
	"fathom/sim/score"
)

// Forty deployments that are left out at distance 2, two of them with eight of ten runs 0.6 beyond the bar: one of
// twenty may be, a third one asks for 0.6 where a plan is first called unlike all runs.
func TestGrowthIsWhatNearlyAllRegionsNeed(t *testing.T) {
	region := func(beyond float64) (out []seen) {
		for i := range 10 {
			x := 0.1
			if i < 8 {
				x += beyond
			}
			out = append(out, seen{point{x, "g", "g"}, -0.1, 0.1, 2})
		}
		return out
	}
	var needs []float64
	for i := range 40 {
		beyond := 0.0
		if i >= 38 {
			beyond = 0.6
		}
		n, ok := need(region(beyond))
		if !ok || math.Abs(n-beyond) > 1e-12 {
			t.Fatalf("%d: needs %.3f, %v", i, n, ok)
		}
		needs = append(needs, n)
	}
	if g := grown(needs); g != 0 {
		t.Errorf("one of twenty regions asks for a growth of %.3f", g)
	}
	if g := grown(append(needs, 0.6)); math.Abs(g*hw.Far-0.6) > 1e-12 {
		t.Errorf("three of 41 regions ask for a growth of %.3f, want %.3f", g, 0.6/hw.Far)
	}
	if grown(needs[:fewNeeds-1]) != 0 {
		t.Error("too few regions tell a growth")
	}
	near := region(0.6)
	for i := range near {
		near[i].reach = 0.1
	}
	if _, ok := need(near); ok {
		t.Error("runs that are near tell how intervals grow")
	}
	for growth, want := range map[float64]float64{0: 0.2, 0.299: 0.2, 0.3: 1} {
		if got := share(region(0.6), growth); *got != want {
			t.Errorf("growth %.3f holds %.2f, want %.2f", growth, *got, want)
		}
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
