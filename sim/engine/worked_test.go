package engine

import (
	"context"
	"math"
	"os"
	"testing"

	"fathom/sim/report"
	"fathom/sim/serve"
)

const decodeContext = "--device ATLAS_800_A3_752T_128G_DIE --num-devices 4 --input-length 4096 --output-length 256 " +
	"--tp-sizes 4 --dcp-sizes 1 2 4 " +
	"--disagg --tpot-limit 1000 --batch-range 8 8"

// worked are the runs that search-and-serving marks with figures of the reference tool.
var worked = []struct {
	name, model, args string
	hit               float64
	lengths           bool
	label             string
	batch             int
	rate, ttft, tpot  float64 // 0: not stated
	within            float64
}{
	{"3.4, eager waves", "Qwen/Qwen3-8B", "--device TEST_DEVICE --num-devices 2 --input-length 2048 --output-length " +
		"512 --ttft-limit 3000 --tpot-limit 50 --batch-range 1 40",
		0, false, "TP=1 | PP=1 | DP=2", 40, 2417.04, 2924.99, 33.098, 0.005},
	{"3.4, two dies as one replica", "Qwen/Qwen3-8B", "--device TEST_DEVICE --num-devices 2 --input-length 2048 " +
		"--output-length 512 --ttft-limit 3000 --tpot-limit 50 --batch-range 1 40",
		0, false, "TP=2 | PP=1 | DP=1", 38, 1597.33, 2999.66, 0, 0.005},
	{"3.5, chunks", "Qwen/Qwen3-0.6B", "--device ATLAS_800_A3_752T_128G_DIE --num-devices 2 --input-length 4096 " +
		"--output-length 16 --max-batched-tokens 1500 --tp-sizes 1 --batch-range 3 3",
		0, false, "TP=1 | PP=1 | DP=2", 3, 313.05, 195.2218, 7.2364, 0.006},
	{"3.7, one chunk", "Qwen/Qwen3-0.6B",
		"--device ATLAS_800_A3_752T_128G_DIE --num-devices 2 --output-length 64 --tp-sizes 1 --batch-range 6 6",
		0.1, true, "TP=1 | PP=1 | DP=2", 6, 1277.909, 124.320, 9.390, 0.0006},
	{"3.7, six chunks", "Qwen/Qwen3-0.6B", "--device ATLAS_800_A3_752T_128G_DIE --num-devices 2 --output-length 64 " +
		"--tp-sizes 1 --max-batched-tokens 2000 --batch-range 7 7",
		0, true, "TP=1 | PP=1 | DP=2", 7, 1504.301, 71.017, 9.307, 0.0006},
	{"3.7, prefill", "Qwen/Qwen3-0.6B", "--device ATLAS_800_A3_752T_128G_DIE --num-devices 2 --output-length 64 " +
		"--tp-sizes 1 --disagg --ttft-limit 10000 --serving-cost 3 --batch-range 12 12",
		0, true, "TP=1 | PP=1 | DP=2", 12, 112174.36, 295.846, 0, 0.006},
	{"4, prefill in waves", "Qwen/Qwen3-0.6B", "--device ATLAS_800_A3_752T_128G_DIE --num-devices 2 --input-length " +
		"4096 --output-length 64 --tp-sizes 1 --max-batched-tokens 4096 --disagg --ttft-limit 10000 --serving-cost 5 " +
		"--batch-range 6 6",
		0, false, "TP=1 | PP=1 | DP=2", 6, 126663, 228.45, 0, 0.6},
	{"4, decode", "deepseek-ai/DeepSeek-V3.1", "--device ATLAS_800_A3_752T_128G_DIE --num-devices 16 --input-length " +
		"2048 --output-length 512 --tp-sizes 4 --ep-sizes 16 --disagg --tpot-limit 1000 --batch-range 4 4",
		0, false, "TP=4 | PP=1 | DP=4 | EP=16 | MOE-TP=1 | MOE-DP=1", 4, 269.15, 0, 59.4468, 0.006},
	{"4, DCP 1", "Qwen/Qwen3-8B", decodeContext, 0, false, "TP=4 | PP=1 | DP=1", 8, 833.83, 0, 0, 0.006},
	{"4, DCP 2", "Qwen/Qwen3-8B", decodeContext, 0, false, "TP=4 | PP=1 | DP=1 | DCP=2", 8, 727.47, 0, 0, 0.006},
	{"4, DCP 4", "Qwen/Qwen3-8B", decodeContext, 0, false, "TP=4 | PP=1 | DP=1 | DCP=4", 8, 721.44, 0, 0, 0.006},
	{"6, one draft token", "deepseek-ai/DeepSeek-V3.1", "--device ATLAS_800_A3_752T_128G_DIE --num-devices 16 " +
		"--input-length 2048 --output-length 512 --tp-sizes 4 --ep-sizes 16 --num-mtp-tokens 1 --disagg --tpot-limit 1000 " +
		"--batch-range 4 4",
		0, false, "TP=4 | PP=1 | DP=4 | EP=16 | MOE-TP=1 | MOE-DP=1 | MTP=1", 4, 314.30, 0, 50.91, 0.006},
	{"6, three draft tokens", "deepseek-ai/DeepSeek-V3.1", "--device ATLAS_800_A3_752T_128G_DIE --num-devices 16 " +
		"--input-length 2048 --output-length 512 --tp-sizes 4 --ep-sizes 16 --num-mtp-tokens 3 --disagg --tpot-limit 1000 " +
		"--batch-range 4 4",
		0, false, "TP=4 | PP=1 | DP=4 | EP=16 | MOE-TP=1 | MOE-DP=1 | MTP=3", 4, 455.66, 0, 35.11, 0.006},
	{"6, no heads", "Qwen/Qwen3-0.6B", "--device TEST_DEVICE --num-devices 1 --input-length 232 --output-length 64 " +
		"--num-mtp-tokens 2 --disagg --tpot-limit 1000 --batch-range 2 2",
		0, false, "TP=1 | PP=1 | DP=1 | MTP=2", 2, 821.49, 0, 0, 0.006},
	{"flagship", "Qwen/Qwen3-32B", flagship, 0, false, "TP=8 | PP=1 | DP=1", 22, 1643.49, 1964.26, 13.39, 0.006},
	{"flagship, TP 4", "Qwen/Qwen3-32B", flagship, 0, false, "TP=4 | PP=1 | DP=2", 14, 1581.41, 1934.21, 17.71, 0.006},
	{"flagship, TP 2", "Qwen/Qwen3-32B", flagship, 0, false, "TP=2 | PP=1 | DP=4", 7, 1123.67, 1833.22, 24.92, 0.006},
	{"flagship, TP 1", "Qwen/Qwen3-32B", flagship, 0, false, "TP=1 | PP=1 | DP=8", 3, 623.88, 1848.70, 38.47, 0.006},
	{"11, 144 strategies", "deepseek-ai/DeepSeek-V3.1", experts, 0, false,
		"TP=4 | PP=1 | DP=8 | EP=32 | MOE-TP=1 | MOE-DP=1 | MTP=3", 9, 3461.08, 0, 0, 0.006},
	{"flagship, budget 3500", "Qwen/Qwen3-32B", flagship + " --max-batched-tokens 3500", 0, false, "TP=4 | PP=1 | DP=2",
		17, 1823.29, 0, 0, 0.006},
	{"flagship, budget 7000", "Qwen/Qwen3-32B", flagship + " --max-batched-tokens 7000", 0, false, "TP=8 | PP=1 | DP=1",
		24, 1747.41, 0, 0, 0.006},
}

func TestWorkedRuns(t *testing.T) {
	text, err := os.ReadFile("../serve/testdata/lengths.yaml")
	if err != nil {
		t.Fatal(err)
	}
	bins, err := serve.ParseLengths(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range worked {
		t.Run(w.name, func(t *testing.T) {
			req := request(t, w.model, w.args)
			req.PrefixCacheHitRate = w.hit
			if w.lengths {
				req.Distribution = bins
			}
			rep, err := Embedded{}.Run(context.Background(), req, nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range rep.Devices[0].Points {
				if r.Label == w.label && r.Batch == w.batch && r.Status == report.OK {
					stated(t, "throughput", &r.Throughput, w.rate, w.within)
					stated(t, "TTFT", r.TTFT, w.ttft, w.within)
					stated(t, "TPOT", r.TPOT, w.tpot, w.within)
					return
				}
			}
			t.Errorf("no feasible point of %s at batch %d", w.label, w.batch)
		})
	}
}

func stated(t *testing.T, what string, got *float64, want, within float64) {
	t.Helper()
	if want != 0 && (got == nil || math.Abs(*got-want) > within) {
		t.Errorf("%s %v, want %v", what, *got, want)
	}
}
