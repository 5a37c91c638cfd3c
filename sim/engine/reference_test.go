package engine

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"fathom/hw"
	"fathom/sim/model"
	"fathom/sim/plan"
	"fathom/sim/report"
)

// reference is one whole run of msmodeling 84fec85's throughput_optimizer: its flags and the rows that it printed.
type reference struct {
	Name, Model, Args string
	Rows              [][]any
}

func references(t testing.TB) []reference {
	t.Helper()
	f, err := os.Open("testdata/plans.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var list []reference
	for s := bufio.NewScanner(f); s.Scan(); {
		var r reference
		if err := json.Unmarshal(s.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		list = append(list, r)
	}
	return list
}

// unstable are tuples whose memory figures the reference tool does not reproduce itself (search-and-serving 3.9): what
// it prints there cannot be matched.
var unstable = map[string][]string{
	"agg_qwen3_32b_a3x8":        {"TP=8 | PP=1 | DP=1"},
	"agg_qwen3_32b_cost":        {"TP=4 | PP=1 | DP=1"},
	"agg_qwen3_14b_pciex8_long": {"TP=4 | PP=1 | DP=2", "TP=8 | PP=1 | DP=1"},
	"agg_qwen3_8b_a2x4_noslo":   {"TP=2 | PP=1 | DP=2", "TP=4 | PP=1 | DP=1"},
}

// request reads the flags of a reference run; only those that occur in the file are known.
func request(t testing.TB, name, args string) *plan.Request {
	t.Helper()
	m, err := model.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	r := &plan.Request{Model: m, ReservedGB: 10, Acceptance: []float64{0.9, 0.6, 0.4, 0.2},
		Quant: plan.Quant{Linear: plan.W8A8Dynamic}, KeepAll: true}
	words := strings.Fields(args)
	for len(words) > 0 {
		flag := strings.TrimPrefix(words[0], "--")
		n := 1
		for n < len(words) && !strings.HasPrefix(words[n], "--") {
			n++
		}
		setFlag(t, r, flag, words[1:n])
		words = words[n:]
	}
	return r
}

func setFlag(t testing.TB, r *plan.Request, flag string, values []string) {
	t.Helper()
	ints := make([]int, 0)
	floats := make([]float64, 0)
	for _, v := range values {
		n, _ := strconv.Atoi(v)
		ints = append(ints, n)
		f, _ := strconv.ParseFloat(v, 64)
		floats = append(floats, f)
	}
	size := plan.Sizes{Searched: true}
	if len(ints) > 0 {
		size.Values = ints
	}
	switch flag {
	case "device":
		for _, name := range values {
			p, err := hw.Find(name)
			if err != nil {
				t.Fatal(err)
			}
			r.Profiles = append(r.Profiles, p)
		}
	case "num-devices":
		r.Devices = ints[0]
	case "input-length":
		r.InputLength = ints[0]
	case "output-length":
		r.OutputLength = ints[0]
	case "ttft-limit":
		r.TTFTLimit = floats[0]
	case "tpot-limit":
		r.TPOTLimit = floats[0]
	case "tp-sizes":
		r.TP = size
	case "ep-sizes":
		r.EP = size
	case "dcp-sizes":
		r.DCP = size
	case "batch-range":
		r.BatchMin, r.BatchMax = 1, ints[len(ints)-1]
		if len(ints) == 2 {
			r.BatchMin = ints[0]
		}
	case "max-batched-tokens":
		r.MaxBatchedTokens = ints[0]
	case "prefix-cache-hit-rate":
		r.PrefixCacheHitRate = floats[0]
	case "serving-cost":
		r.ServingCostMS = floats[0]
	case "num-mtp-tokens":
		r.MTP = ints
	case "mtp-acceptance-rate":
		r.Acceptance = floats
	case "compile":
		r.Options.Compile = true
	case "disagg":
		r.Mode = plan.Disaggregation
	case "enable-optimize-prefill-decode-ratio":
		r.Mode = plan.PDRatio
	case "prefill-devices-per-instance":
		r.PrefillDevices = ints[0]
	case "decode-devices-per-instance":
		r.DecodeDevices = ints[0]
	case "mxfp4-group-size":
		r.Quant.MXFP4Group = ints[0]
	case "concurrency-search-strategy":
		r.Strategy = plan.LinearExponential
	case "quantize-linear-action":
		for a := range plan.NumLinearActions {
			if a.String() == values[0] {
				r.Quant.Linear = a
			}
		}
	case "quantize-attention-action":
		for a := range plan.NumAttentionActions {
			if a.String() == values[0] {
				r.Quant.Attention = a
			}
		}
	default:
		t.Fatalf("flag %s is not known here", flag)
	}
}

// Every row that the reference tool printed is found: the same batch, with throughput, TTFT and TPOT within 0.1 %, and
// no other row; the best of every label is the same.
func TestReferenceRuns(t *testing.T) {
	for _, ref := range references(t) {
		t.Run(ref.Name, func(t *testing.T) {
			req := request(t, ref.Model, ref.Args)
			rep, err := Embedded{}.Run(context.Background(), req, nil)
			if err != nil {
				t.Fatal(err)
			}
			for i := range rep.Devices {
				d := &rep.Devices[i]
				var rows [][]any
				for _, row := range ref.Rows {
					if row[0] == d.Device {
						rows = append(rows, row)
					}
				}
				if req.Mode == plan.PDRatio {
					compareRatios(t, d, rows)
				} else {
					compareRows(t, ref.Name, d, rows)
				}
			}
		})
	}
}

func compareRows(t *testing.T, name string, d *report.Device, want [][]any) {
	t.Helper()
	listed := map[string]*report.Row{}
	for i := range d.Points {
		if r := &d.Points[i]; r.Listed {
			listed[fmt.Sprintf("%s %s b%d", r.Phase, r.Label, r.Batch)] = r
		}
	}
	skip := func(label string) bool { return slices.Contains(unstable[name], label) }
	best := map[string]string{}
	rate := map[string]float64{}
	for _, w := range want {
		phase, label := w[1].(string), w[2].(string)
		if skip(label) {
			continue
		}
		key := fmt.Sprintf("%s %s b%v", phase, label, w[3])
		r, ok := listed[key]
		if !ok {
			t.Errorf("%s: %s is missing", d.Device, key)
			continue
		}
		delete(listed, key)
		near(t, key+" throughput", r.Throughput, w[7])
		nearOrAbsent(t, key+" TTFT", r.TTFT, w[8])
		nearOrAbsent(t, key+" TPOT", r.TPOT, w[9])
		if r.MaxBatched != int(w[5].(float64)) || float64(r.Chunks) != w[6] {
			t.Errorf("%s: budget %d in %d chunks, want %v in %v", key, r.MaxBatched, r.Chunks, w[5], w[6])
		}
		if diff := math.Abs(r.WeightGB - w[10].(float64)); diff > 0.001 {
			t.Errorf("%s: weights %.4f GiB, want %v", key, r.WeightGB, w[10])
		}
		if v := w[7].(float64); v > rate[phase] {
			rate[phase], best[phase] = v, key
		}
	}
	for key, r := range listed {
		if !skip(r.Label) {
			t.Errorf("%s: %s is listed, the reference tool has no such row", d.Device, key)
		}
	}
	for _, s := range []*report.Section{d.Aggregation, d.Prefill, d.Decode} {
		if s == nil || s.Best == nil || skip(s.Best.Label) {
			continue
		}
		b := s.Best
		if key := fmt.Sprintf("%s %s b%d", b.Phase, b.Label, b.Batch); key != best[b.Phase.String()] {
			t.Errorf("%s: best is %s, want %s", d.Device, key, best[b.Phase.String()])
		}
	}
}

func compareRatios(t *testing.T, d *report.Device, want [][]any) {
	t.Helper()
	got := d.PDRatio.Candidates
	if len(got) != len(want) {
		t.Errorf("%d pairs, want %d", len(got), len(want))
	}
	for i := range min(len(got), len(want)) {
		g, w := got[i], want[i]
		if g.Prefill.Label != w[1] || g.Decode.Label != w[2] || float64(g.Prefill.Concurrency) != w[3] ||
			float64(g.Decode.Concurrency) != w[4] {
			t.Errorf("pair %d: %s C%d with %s C%d, want %v", i, g.Prefill.Label, g.Prefill.Concurrency, g.Decode.Label,
				g.Decode.Concurrency, w)
			continue
		}
		for k, v := range []float64{g.PrefillQPS, g.DecodeQPS, g.PDRatio, g.Balanced, *g.Prefill.TTFT, *g.Decode.TPOT} {
			near(t, fmt.Sprintf("pair %d, figure %d", i, k), v, w[5+k])
		}
	}
}

func near(t *testing.T, what string, got float64, want any) {
	t.Helper()
	w := want.(float64)
	if math.Abs(got-w) > 0.00051+2e-7*w {
		t.Errorf("%s: %.4f, want %.4f (%+.3f%%)", what, got, w, 100*(got/w-1))
	}
}

func nearOrAbsent(t *testing.T, what string, got *float64, want any) {
	t.Helper()
	switch {
	case got == nil && want == nil:
	case got == nil || want == nil:
		t.Errorf("%s: %v, want %v", what, got, want)
	default:
		near(t, what, *got, want)
	}
}
