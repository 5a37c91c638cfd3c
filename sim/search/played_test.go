package search

import (
	"context"
	"math"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"fathom/hw"
	"fathom/hw/unraced"
	"fathom/sim/model"
	"fathom/sim/pass"
	"fathom/sim/plan"
	"fathom/sim/price"
	"fathom/sim/report"
	"fathom/sim/serve"
)

// measured prices with the kernels that were measured on a device, where that is asked for.
func measured(s pass.Setup) (serve.Forward, error) {
	return price.New(price.Setup{Setup: s})
}

// chat is a question to two devices of a vendor whose profiles have a fit.
func chat(t testing.TB) *plan.Request {
	t.Helper()
	p, err := hw.Find("H100_SXM")
	if err != nil {
		t.Fatal(err)
	}
	m, err := model.Find("Qwen/Qwen3-8B")
	if err != nil {
		t.Fatal(err)
	}
	return &plan.Request{Model: m, Profiles: []*hw.Profile{p}, Devices: 2, InputLength: 1024, OutputLength: 128,
		TTFTLimit: 1000, TPOTLimit: 12,
		Quant: plan.Quant{Linear: plan.W8A8Dynamic}}
}

// The search of an edge finds what trying every batch finds.
func TestPlayedSearchAgainstEveryBatch(t *testing.T) {
	unraced.Skip(t)
	req := chat(t)
	rep := answer(t, req, measured)
	for _, c := range rep.Devices[0].Aggregation.Candidates {
		best := 0
		for b := max(1, c.Batch-12); b <= c.Batch+12; b++ {
			one := *req
			one.TP, one.PP, one.BatchMin, one.BatchMax = sizes(c.Strategy.TP), sizes(c.Strategy.PP), b, b
			if s := answer(t, &one, measured).Devices[0].Aggregation; s.Best != nil && s.Best.Throughput > 0 {
				best = b
			}
		}
		if best != c.Batch {
			t.Errorf("%s: batch %d, but %d passes too", c.Label, c.Batch, best)
		}
	}
}

// A calibrated row says where measurements of it fall, and what a benchmark shows.
func TestCalibratedRows(t *testing.T) {
	rep := answer(t, chat(t), measured)
	d := rep.Devices[0]
	if d.Fidelity != plan.Calibrated || d.Search != plan.SearchExhaustive {
		t.Fatalf("%v %v", d.Fidelity, d.Search)
	}
	for i := range d.Points {
		r := &d.Points[i]
		if r.Status == report.OOM {
			continue
		}
		b := r.ThroughputRange
		if b == nil || b.Low >= r.Throughput || b.High <= r.Throughput || r.TTFTRange == nil || r.TPOTRange == nil {
			t.Fatalf("batch %d: ranges %+v %+v %+v", r.Batch, b, r.TTFTRange, r.TPOTRange)
		}
		if r.Traffic == nil || r.Traffic.TTFT.Mean != *r.TTFT || r.Traffic.Throughput != r.Throughput || r.Prefill == nil ||
			r.Decode == nil {
			t.Fatalf("batch %d: %+v", r.Batch, r.Traffic)
		}
	}
	if !slices.ContainsFunc(d.Aggregation.Candidates, func(c report.Row) bool { return c.Strategy.PP > 1 }) {
		t.Error("the exhaustive search tries pipeline stages")
	}
	one := chat(t)
	one.PP = sizes(1)
	if len(answer(t, one, measured).Devices[0].Aggregation.Ties()) == 0 {
		t.Error("TP 1 and TP 2 lie within each other's ranges on this question")
	}
}

func TestPlayedAnswersDoNotDependOnProcessors(t *testing.T) {
	req := chat(t)
	req.KeepAll, req.Traffic, req.QPS = true, plan.TrafficPoisson, 4
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	one := answer(t, req, measured)
	runtime.GOMAXPROCS(4)
	if four := answer(t, req, measured); !reflect.DeepEqual(one.Devices, four.Devices) {
		t.Error("one processor and four answer differently")
	}
}

// Looser limits never lower the best throughput; a serving engine has its own.
func TestPlayedProperties(t *testing.T) {
	unraced.Skip(t)
	best := func(change func(*plan.Request)) float64 {
		req := chat(t)
		change(req)
		b := answer(t, req, measured).Devices[0].Aggregation.Best
		if b == nil {
			return 0
		}
		return b.Throughput
	}
	last := 0.0
	for _, limit := range []float64{3, 6, 9, 12, 20} {
		now := best(func(r *plan.Request) { r.TPOTLimit = limit })
		if now < last {
			t.Errorf("TPOT limit %g: %g after %g", limit, now, last)
		}
		last = now
	}
	if best(func(r *plan.Request) { r.Serving = "trtllm" }) == best(func(*plan.Request) {}) {
		t.Error("TensorRT-LLM and vLLM cannot be the same")
	}
	if best(func(r *plan.Request) { r.TPOTLimit = 0.1 }) != 0 {
		t.Error("0.1 ms is not to be had")
	}
}

// --traffic plays every candidate, with the scheduler's places set to the row's concurrency.
func TestTrafficOfCandidates(t *testing.T) {
	req := chat(t)
	req.Traffic, req.QPS = plan.TrafficPoisson, 0.5
	for _, c := range answer(t, req, measured).Devices[0].Aggregation.Candidates {
		x := c.Traffic
		if x == nil || !x.Asked || x.Kind != plan.TrafficPoisson || x.Rate != 0.5 || x.Capacity == nil || *x.Capacity <= 0 ||
			x.TTFT.P99 < x.TTFT.P50 {
			t.Fatalf("%s: %+v", c.Label, x)
		}
	}
}

func TestLoadCurve(t *testing.T) {
	unraced.Skip(t)
	req := chat(t)
	req.PP = sizes(1)
	row := *answer(t, req, measured).Devices[0].Aggregation.Best
	mine, points, err := LoadCurve(context.Background(), req, req.Profiles[0], row, measured)
	if err != nil {
		t.Fatal(err)
	}
	if mine.Kind != plan.TrafficClosed || mine.Capacity == nil || len(points) == 0 || !points[len(points)-1].Saturated ||
		points[0].Saturated {
		t.Errorf("%+v, %d points", mine, len(points))
	}
	row.Phase = plan.PhaseDecode
	if _, _, err := LoadCurve(context.Background(), req, req.Profiles[0], row, measured); err == nil ||
		!strings.Contains(err.Error(), "a phase alone serves nobody") {
		t.Errorf("%v", err)
	}
}

// No vision kernels were measured, so images are refused instead of forgotten.
func TestCalibratedRefusesImages(t *testing.T) {
	req := chat(t)
	req.ImageHeight, req.ImageWidth = 512, 512
	_, err := Run(context.Background(), req, measured, 0, nil)
	if err == nil || !strings.Contains(err.Error(), "image height 512") {
		t.Errorf("%v", err)
	}
}

// A plan of the flagship question on measured kernels.
func BenchmarkPlanCalibrated(b *testing.B) {
	req := chat(b)
	req.InputLength, req.OutputLength, req.TTFTLimit, req.TPOTLimit, req.Devices = 3500, 1500, 2000, 50, 8
	for b.Loop() {
		answer(b, req, measured)
	}
}

// More devices with the same layout per replica serve more requests, none of them slower: replicas of a dense model
// share nothing. Ranks that share experts wait for each other.
func TestReplicasAreAsQuickAsOne(t *testing.T) {
	at := func(dp int) map[int]report.Row {
		req := chat(t)
		req.Devices, req.TP, req.PP = 2*dp, sizes(2), sizes(1)
		req.BatchMin, req.BatchMax = 1, 24
		req.TTFTLimit, req.TPOTLimit = 0, 0
		rows := map[int]report.Row{}
		for _, r := range answer(t, req, measured).Devices[0].Points {
			if r.Status == report.OK {
				rows[r.Batch] = r
			}
		}
		return rows
	}
	one := at(1)
	for _, dp := range []int{2, 8} {
		seen := 0
		for batch, r := range at(dp) {
			want, ok := one[batch]
			if !ok {
				continue
			}
			seen++
			if *r.TPOT != *want.TPOT || *r.TTFT != *want.TTFT || math.Abs(r.Throughput/want.Throughput/float64(dp)-1) > 1e-9 {
				t.Errorf("DP %d, batch %d: TTFT %v TPOT %v, %v tok/s; one replica %v %v, %v", dp, batch, *r.TTFT, *r.TPOT,
					r.Throughput, *want.TTFT, *want.TPOT, want.Throughput)
			}
		}
		if seen < 3 {
			t.Errorf("DP %d: only %d batches", dp, seen)
		}
	}
}

// Calibrated figures have an answer under the reference tool's search, too: a switch of the search loses none.
func TestPlayedUnderReferenceSearch(t *testing.T) {
	req := chat(t)
	req.PP = sizes(1)
	want := answer(t, req, measured).Devices[0].Aggregation.Best
	req.Search = plan.SearchReference
	got := answer(t, req, measured).Devices[0].Aggregation.Best
	if want == nil || got == nil || got.Throughput != want.Throughput {
		t.Errorf("reference search %+v, exhaustive %+v", got, want)
	}
}

// Llama-3.1-405B in BF16 on 16 x H100, 2000 tokens in, 500 out, TPOT 100 ms: 1,209 tok/s with TP=8 PP=2, where TP=16
// over two servers gives 278. The issue that asked for stages names 1,281: that is the closed form of the day it was
// written, the 128 requests that hold the limit divided by the time between two decode steps (128/0.0999 s). A step of
// a deployed engine also carries prompts, a request waits for its own, and a stage waits for a longer step in the one
// before it: with the engine's own 8192 tokens a step 767 tok/s are left, with 512 the stages stay even.
func TestStagesArePlayed(t *testing.T) {
	unraced.Skip(t)
	req := chat(t)
	m, err := model.Find("meta-llama/Meta-Llama-3.1-405B")
	if err != nil {
		t.Fatal(err)
	}
	req.Model, req.Devices, req.InputLength, req.OutputLength = m, 16, 2000, 500
	req.TTFTLimit, req.TPOTLimit, req.Quant = 5000, 100, plan.Quant{}
	req.Fidelity, req.Search, req.TP = plan.Calibrated, plan.SearchExhaustive, sizes(8, 16)
	d := &answer(t, req, measured).Devices[0]
	best := d.Aggregation.Best
	if best.Strategy.TP != 8 || best.Strategy.PP != 2 || best.Throughput < 1150 || best.Throughput > 1250 {
		t.Errorf("%s: %.0f tok/s", best.Label, best.Throughput)
	}
	if best.MaxBatched != 512 {
		t.Errorf("steps of %d tokens", best.MaxBatched)
	}
	if steady := float64(best.Concurrency) / (*best.TPOT / 1000); best.Throughput > steady {
		t.Errorf("%.0f tok/s of %d requests, more than decode steps alone would make (%.0f)", best.Throughput,
			best.Concurrency, steady)
	}
	for _, c := range d.Aggregation.Candidates {
		if c.Strategy.TP == 16 && c.Throughput > 300 {
			t.Errorf("%s: %.0f tok/s", c.Label, c.Throughput)
		}
	}
}
