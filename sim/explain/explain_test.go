package explain

import (
	"strings"
	"testing"

	"fathom/hw"
	"fathom/sim/model"
	"fathom/sim/plan"
	"fathom/sim/report"
)

func ptr(v float64) *float64 { return &v }

// flagship is the reference tool's best row of the flagship question (plans.jsonl, agg_qwen3_32b compiled).
func flagship() (report.Row, *plan.Request) {
	row := report.Row{Label: "TP=8 | PP=1 | DP=1", Strategy: plan.Strategy{TP: 8, PP: 1, DP: 1}, Batch: 22,
		Concurrency: 22, MaxBatched: 14000,
		Status: report.OK, AvailableGB: 45.9, Prefill: &report.Shares{Mem: 0.16, Comm: 0.23, Cube: 0.58, Vec: 0.03},
		Decode: &report.Shares{Mem: 0.91, Comm: 0.09, Static: 0.21}}
	req := &plan.Request{Model: &model.Model{Name: "Qwen/Qwen3-32B", Compared: true}, InputLength: 3500,
		OutputLength: 1500,
		Quant:        plan.Quant{Linear: plan.W8A8Dynamic}, Options: plan.Options{Compile: true}, ReservedGB: 10}
	return row, req
}

func TestBottleneckOfEachPhase(t *testing.T) {
	row, _ := flagship()
	got := Bottlenecks(row)
	if len(got) != 2 || got[0].Class != Cube || got[1].Class != Mem {
		t.Fatalf("want Cube in prefill and Mem in decode, got %+v", got)
	}
	row.Decode.Static = 0.5
	if got := Bottlenecks(row); got[1].Class != Launch {
		t.Errorf("half of a step in static cost is launch-bound, got %v", got[1].Class)
	}
	if got := Bottlenecks(report.Row{}); got != nil {
		t.Errorf("totals alone must name no bottleneck, got %v", got)
	}
}

func TestLimitIsTheNextLosingBatch(t *testing.T) {
	row, _ := flagship()
	points := []report.Row{
		{Label: row.Label, MaxBatched: 14000, Batch: 64, Status: report.OverTTFT, TTFT: ptr(5000)},
		{Label: row.Label, MaxBatched: 14000, Batch: 23, Status: report.OverTTFT, TTFT: ptr(2053)},
		{Label: row.Label, MaxBatched: 7000, Batch: 23, Status: report.OverTPOT, TPOT: ptr(60)},
		{Label: "TP=4 | PP=1 | DP=2", MaxBatched: 14000, Batch: 23, Status: report.OOM},
	}
	f, ok := Limit(row, points)
	if !ok || f.String() != "TTFT (batch 23 needs 2053 ms)" {
		t.Errorf("got %q, %v", f, ok)
	}
	if _, ok := Limit(row, nil); ok {
		t.Error("without points nothing is known")
	}
}

func TestChecksCarryTheWaveOfAllReplicas(t *testing.T) {
	row, req := flagship()
	row.Strategy = plan.Strategy{TP: 4, PP: 1, DP: 2}
	row.Concurrency, row.MTP = 28, 1
	checks := Checks(row, req, "ATLAS_800_A3_752T_128G_DIE")
	if len(checks) != 2 {
		t.Fatalf("want a prefill and a decode check, got %d", len(checks))
	}
	prefill, decode := strings.Join(checks[0].Args, " "), strings.Join(checks[1].Args, " ")
	// 14000 tokens on 2 replicas hold 8 prompts of 3500, not the 4 of one replica.
	for _, want := range []string{"--num-queries 8 --query-length 3500", "--num-devices 8 --tp-size 4",
		"--reserved-memory-gb 10"} {
		if !strings.Contains(prefill, want) {
			t.Errorf("prefill lacks %q: %s", want, prefill)
		}
	}
	for _, want := range []string{"--decode --num-queries 28 --query-length 2 --context-length 4250", "--num-mtp-tokens 1",
		"--compile"} {
		if !strings.Contains(decode, want) {
			t.Errorf("decode lacks %q: %s", want, decode)
		}
	}
}

// A check without the settings of the run would price another network.
// Of a pairing of two kinds each side is checked on its own profile.
func TestChecksOfAPairing(t *testing.T) {
	row, req := flagship()
	req.Mode = plan.PDRatio
	req.PrefillPools = []plan.Pool{{Profile: &hw.Profile{Name: "A"}}}
	req.DecodePools = []plan.Pool{{Profile: &hw.Profile{Name: "B"}}}
	for phase, want := range map[plan.Phase]string{plan.PhasePrefill: "--device A ", plan.PhaseDecode: "--device B "} {
		row.Phase = phase
		for _, c := range Checks(row, req, "A+B") {
			if got := strings.Join(c.Args, " "); !strings.Contains(got, want) {
				t.Errorf("%s: %s", phase, got)
			}
		}
	}
}

func TestChecksCarryTheOptions(t *testing.T) {
	row, req := flagship()
	req.Options.SequenceParallel, req.Options.Multistream = true, true
	row.Strategy.WordEmbeddingTP, row.Strategy.SharedExpertTP = plan.EmbeddingRow, true
	for _, c := range Checks(row, req, "X") {
		if got := strings.Join(c.Args, " "); !strings.Contains(got, "--compilation-config enable_multistream "+
			"enable_sequence_parallel --word-embedding-tp row --enable-shared-expert-tp") {
			t.Errorf("%s", got)
		}
	}
}

func TestChunkedRowHasFirstAndLastChunk(t *testing.T) {
	row, req := flagship()
	row.MaxBatched, req.InputLength = 1500, 4096
	checks := Checks(row, req, "X")
	if len(checks) != 3 || !strings.Contains(strings.Join(checks[1].Args, " "),
		"--query-length 1096 --context-length 3000") {
		t.Errorf("want chunks of 1500, 1500 and 1096, got %v", checks)
	}
}

func TestGradeTellsWhy(t *testing.T) {
	row, req := flagship()
	if g := Judge(row, req); g.Verdict != Reasonable || len(g.Reasons) == 0 {
		t.Errorf("flagship: %v %v", g.Verdict, g.Reasons)
	}
	row.MTP = 2
	if g := Judge(row, req); g.Verdict != Suspicious {
		t.Errorf("MTP without heads is suspicious, got %v", g.Verdict)
	}
	if g := Judge(report.Row{}, req); g.Verdict != Insufficient {
		t.Errorf("without a breakdown the evidence is insufficient, got %v", g.Verdict)
	}
}

// A limit that a row holds while its range reaches beyond it may be missed; one that the row misses anyway is no news.
func TestRangesBeyondALimitAreRisks(t *testing.T) {
	row, req := flagship()
	tpot := 49.9
	req.TPOTLimit, row.TPOT = 50, &tpot
	for _, c := range []struct {
		limit, high float64
		want        int
	}{{50, 55, 1}, {50, 49.95, 0}, {49, 55, 0}, {0, 55, 0}} {
		req.TPOTLimit, row.TPOTRange = c.limit, &report.Interval{Low: 45, High: c.high}
		if got := Risks(row, req); len(got) != c.want {
			t.Errorf("limit %g, range to %g: %v", c.limit, c.high, got)
		}
	}
	if row.TPOTRange = nil; len(Risks(row, req)) > 0 {
		t.Error("an uncalibrated figure has no range to miss a limit within")
	}
}

// A row like which no run was seen says so with its risks, and what was nearest; one inside says nothing.
func TestARowUnlikeAllRunsSaysSo(t *testing.T) {
	row, req := flagship()
	seen := &hw.Knowledge{Kinds: []hw.Kind{{Class: "experts", Layout: "ep", Input: 8192, Output: 1024, Least: 0.5,
		Most: 16, Runs: 120}}}
	for input, want := range map[int]int{8000: 0, 16384: 0, 65536: 1} {
		reach, _ := seen.Reach(hw.Case{Class: "experts", Layout: "ep", Input: input, Output: 1000, Load: 1})
		row.Reach = &reach
		got := Risks(row, req)
		if len(got) != want {
			t.Fatalf("prompts of %d: %v", input, got)
		}
		for _, part := range []string{"no run like this was seen", "nearest: 120 runs of models with experts", "EP",
			"8192", "1024", "0.5 to 16"} {
			if want > 0 && !strings.Contains(got[0].String(), part) {
				t.Errorf("%q lacks %q", got[0], part)
			}
		}
	}
}
