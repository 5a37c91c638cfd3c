package engine

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"

	"fathom/sim/plan"
	"fathom/sim/report"
)

const (
	a3 = "ATLAS_800_A3_752T_128G_DIE"
	a2 = "ATLAS_800_A2_376T_64G"

	small = " --input-length 1024 --output-length 256 --batch-range 1 32 --quantize-linear-action W8A8_DYNAMIC " +
		"--quantize-attention-action DISABLED"
)

// printed are the tables that msmodeling 84fec85 printed (its terminal output, two decimals): device, phase, rank,
// tokens/s, requests/s, TTFT, TPOT, concurrency, batch, label. A dash is a column that its table does not have.
var printed = []struct {
	model, args string
	rows        []string
}{
	{"Qwen/Qwen3-8B", "--device " + a3 + " --num-devices 4 --tpot-limit 30 --ttft-limit 2000" + small, []string{
		a3 + " aggregation 1 5391.20 - 1116.40 23.74 128 32 TP=1 | PP=1 | DP=4",
		a3 + " aggregation 2 3869.36 - 772.26 16.54 64 32 TP=2 | PP=1 | DP=2",
		a3 + " aggregation 3 2493.23 - 615.02 12.84 32 32 TP=4 | PP=1 | DP=1"}},
	{"Qwen/Qwen3-8B", "--device " + a3 + " " + a2 + " --num-devices 2 --tpot-limit 30" + small, []string{
		a3 + " aggregation 1 2695.60 - 1116.40 23.74 64 32 TP=1 | PP=1 | DP=2",
		a3 + " aggregation 2 1934.68 - 772.26 16.54 32 32 TP=2 | PP=1 | DP=1",
		a2 + " aggregation 1 2632.65 - 1116.40 24.31 64 32 TP=1 | PP=1 | DP=2",
		a2 + " aggregation 2 1614.18 - 1257.92 19.82 32 32 TP=2 | PP=1 | DP=1"}},
	{"Qwen/Qwen3-30B-A3B", "--device " + a3 + " --num-devices 4 --tpot-limit 60 --tp-sizes 1 2 --ep-sizes 4 " +
		"--input-length 1024 --output-length 256 --batch-range 1 8", []string{
		a3 + " aggregation 1 249.29 - 293.76 48.14 12 3 TP=1 | PP=1 | DP=4 | EP=4 | MOE-TP=1 | MOE-DP=1",
		a3 + " aggregation 2 247.71 - 290.35 48.44 12 6 TP=2 | PP=1 | DP=2 | EP=4 | MOE-TP=1 | MOE-DP=1"}},
	{"Qwen/Qwen3-8B", "--device " + a3 + " --num-devices 2 --disagg --ttft-limit 800 --tpot-limit 25" + small, []string{
		a3 + " prefill 1 33020.40 51.59 620.22 - 32 16 TP=1 | PP=1 | DP=2",
		a3 + " prefill 2 23867.60 37.29 429.03 - 16 16 TP=2 | PP=1 | DP=1",
		a3 + " decode 1 3302.12 12.90 - 19.38 64 32 TP=1 | PP=1 | DP=2",
		a3 + " decode 2 2366.24 9.24 - 13.52 32 32 TP=2 | PP=1 | DP=1"}},
	{"Qwen/Qwen3-4B", "--device " + a3 + " " + a2 + " --num-devices 2 --disagg --ttft-limit 800 --tpot-limit 25" + small,
		[]string{
			a3 + " prefill 1 48197.72 75.31 424.92 - 32 16 TP=1 | PP=1 | DP=2",
			a3 + " prefill 2 35300.18 55.16 290.08 - 16 16 TP=2 | PP=1 | DP=1",
			a3 + " decode 1 4111.11 16.06 - 15.57 64 32 TP=1 | PP=1 | DP=2",
			a3 + " decode 2 2787.49 10.89 - 11.48 32 32 TP=2 | PP=1 | DP=1",
			a2 + " prefill 1 48197.72 75.31 424.92 - 32 16 TP=1 | PP=1 | DP=2",
			a2 + " prefill 2 22320.01 34.88 458.78 - 16 16 TP=2 | PP=1 | DP=1",
			a2 + " decode 1 3966.45 15.49 - 16.14 64 32 TP=1 | PP=1 | DP=2",
			a2 + " decode 2 2549.61 9.96 - 12.55 32 32 TP=2 | PP=1 | DP=1"}},
}

func TestPrintedTables(t *testing.T) {
	for i, p := range printed {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			rep, err := Embedded{}.Run(context.Background(), request(t, p.model, p.args), nil)
			if err != nil {
				t.Fatal(err)
			}
			rows := map[string]*report.Row{}
			count := 0
			for d := range rep.Devices {
				for _, s := range []*report.Section{rep.Devices[d].Aggregation, rep.Devices[d].Prefill, rep.Devices[d].Decode} {
					for k := 0; s != nil && k < len(s.Candidates); k++ {
						r := &s.Candidates[k]
						rows[fmt.Sprint(rep.Devices[d].Device, " ", r.Phase, " ", k+1)] = r
						count++
					}
				}
			}
			if count != len(p.rows) {
				t.Errorf("%d rows, want %d", count, len(p.rows))
			}
			for _, line := range p.rows {
				f := strings.SplitN(line, " ", 10)
				r := rows[strings.Join(f[:3], " ")]
				if r == nil || r.Label != f[9] || strconv.Itoa(r.Concurrency) != f[7] || strconv.Itoa(r.Batch) != f[8] {
					t.Errorf("%s: got %+v", line, r)
					continue
				}
				cell(t, line, &r.Throughput, f[3])
				if r.Phase != plan.PhaseAggregation {
					cell(t, line, r.QPS, f[4])
				}
				cell(t, line, r.TTFT, f[5])
				cell(t, line, r.TPOT, f[6])
			}
		})
	}
}

// cell compares a figure with one that was rounded to three decimals and then to two.
func cell(t *testing.T, what string, got *float64, want string) {
	t.Helper()
	if want == "-" {
		if got != nil {
			t.Errorf("%s: %v where there is none", what, *got)
		}
		return
	}
	if w, _ := strconv.ParseFloat(want, 64); got == nil || math.Abs(*got-w) > 0.0056 {
		t.Errorf("%s: got %v, want %s", what, got, want)
	}
}

// printedPairs are its PD-ratio tables: device, ratio, balanced, prefill and decode requests/s, TTFT, TPOT, batches,
// instances, labels.
var printedPairs = []struct {
	model, args string
	rows        []string
}{
	{"Qwen/Qwen3-8B", "--device " + a3 + " --num-devices 8 --enable-optimize-prefill-decode-ratio " +
		"--prefill-devices-per-instance 1 --decode-devices-per-instance 2 --ttft-limit 800 --tpot-limit 25" + small, []string{
		a3 + " 0.48 12.95 27.23 12.95 771.08 19.38 21 32 1 2 TP=1 | PP=1 | DP=1, TP=1 | PP=1 | DP=2",
		a3 + " 0.34 9.28 27.23 9.28 771.08 13.52 21 32 1 3 TP=1 | PP=1 | DP=1, TP=2 | PP=1 | DP=1"}},
	{"Qwen/Qwen3-4B", "--device " + a3 + " " + a2 + " --num-devices 6 --enable-optimize-prefill-decode-ratio " +
		"--prefill-devices-per-instance 1 --decode-devices-per-instance 1 --ttft-limit 800 --tpot-limit 25" + small, []string{
		a3 + " 0.19 8.06 41.84 8.06 764.85 15.57 32 32 1 5 TP=1 | PP=1 | DP=1, TP=1 | PP=1 | DP=1",
		a2 + " 0.19 7.78 41.84 7.78 764.85 16.14 32 32 1 5 TP=1 | PP=1 | DP=1, TP=1 | PP=1 | DP=1"}},
	{"Qwen/Qwen3-0.6B", "--device TEST_DEVICE --num-devices 12 --enable-optimize-prefill-decode-ratio " +
		"--prefill-devices-per-instance 2 --decode-devices-per-instance 2 --ttft-limit 200 --tpot-limit 20 --input-length " +
		"512 --output-length 64 --batch-range 1 24", []string{
		"TEST_DEVICE 0.23 116.34 502.39 116.34 95.54 6.55 24 24 1 4 TP=1 | PP=1 | DP=2, TP=1 | PP=1 | DP=2"}},
}

func TestPrintedPairs(t *testing.T) {
	for _, p := range printedPairs {
		rep, err := Embedded{}.Run(context.Background(), request(t, p.model, p.args), nil)
		if err != nil {
			t.Fatal(err)
		}
		rank := map[string]int{}
		for _, line := range p.rows {
			f := strings.SplitN(line, " ", 12)
			for d := range rep.Devices {
				if rep.Devices[d].Device != f[0] {
					continue
				}
				r := rep.Devices[d].PDRatio.Candidates[rank[f[0]]]
				rank[f[0]]++
				for k, v := range []float64{r.PDRatio, r.Balanced, r.PrefillQPS, r.DecodeQPS, *r.Prefill.TTFT, *r.Decode.TPOT} {
					cell(t, line, &v, f[1+k])
				}
				got := fmt.Sprintf("%d %d %d %d %s, %s", r.Prefill.Batch, r.Decode.Batch, *r.PrefillInstances, *r.DecodeInstances,
					r.Prefill.Label, r.Decode.Label)
				if want := strings.Join(f[7:], " "); got != want {
					t.Errorf("got %s, want %s", got, want)
				}
			}
		}
		if len(rep.Devices) > 1 && (len(rep.Cross) != 2 || rep.Cross[0].Device != a3 || rep.Cross[0].RatioToFirst != 1) {
			t.Errorf("cross-hardware %+v", rep.Cross)
		}
	}
}

// What the reference tool answers with silence and status 0: no point is under 0.001 ms, and the report says what is
// nearest.
func TestPrintedNothing(t *testing.T) {
	rep, err := Embedded{}.Run(context.Background(), request(t, "Qwen/Qwen3-0.6B",
		"--device "+a3+" --num-devices 2 --tpot-limit 0.001"+small), nil)
	if err != nil {
		t.Fatal(err)
	}
	d := rep.Devices[0]
	if d.Aggregation.Best != nil || len(d.Nearest) == 0 || !strings.HasPrefix(d.Nearest[0].Relax.String(),
		"TPOT limit 0.001 → ") ||
		d.Counts.TPOT != 2 {
		t.Errorf("best %v, nearest %+v, counts %+v", d.Aggregation.Best, d.Nearest, d.Counts)
	}
}
