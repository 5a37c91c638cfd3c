package engine

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"testing"

	"fathom/hw"
	"fathom/hw/unraced"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/sim/sweep"

	"pgregory.net/rapid"
)

// alike holds every cell against the report of a plan of its own.
func alike(t rapid.TB, req *plan.Request, axes []sweep.Axis, out *sweep.Result) {
	t.Helper()
	plans := map[string]*report.Report{}
	for i := range out.Cells {
		c := &out.Cells[i]
		own := *req
		key := ""
		for k, a := range axes {
			own = a.Knob.At(own, c.At[k])
			key += a.Knob.Print(c.At[k]) + " "
		}
		rep, known := plans[key]
		if !known {
			var err error
			rep, err = Embedded{}.Run(context.Background(), &own, nil)
			var f *report.Failure
			if err != nil && (!errors.As(err, &f) || c.Status != report.Invalid || c.Reason.String() != f.Message.String()) {
				t.Fatalf("%s: cell %+v, plan fails with %v", key, c, err)
			}
			plans[key] = rep
		}
		if rep == nil {
			continue
		}
		var d *report.Device
		for n := range rep.Devices {
			if rep.Devices[n].Device == c.Device {
				d = &rep.Devices[n]
			}
		}
		if c.Phase == plan.PDRatio.String() {
			if b := d.PDRatio.Best; b == nil && c.Label != "" || b != nil &&
				(c.Label != b.Prefill.Label+" / "+b.Decode.Label || c.Throughput != b.Serves()*float64(own.OutputLength)) {
				t.Fatalf("%s: cell %+v, plan has %+v", key, c, b)
			}
			continue
		}
		s := map[string]*report.Section{"aggregation": d.Aggregation, "prefill": d.Prefill, "decode": d.Decode}[c.Phase]
		switch b := s.Best; {
		case b == nil:
			if c.Label != "" || c.Status == report.OK || c.Reason.IsZero() || c.Throughput != 0 {
				t.Fatalf("%s: the plan has no answer, the cell %+v", key, c)
			}
			for _, near := range d.Nearest {
				if near.Row.Status != report.OK {
					if near.Row.Phase.String() == c.Phase && (near.Row.Status != c.Status ||
						near.Row.Reason.String() != c.Reason.String()) {
						t.Fatalf("%s: missed by %s %s, the cell says %s %s", key, near.Row.Status, near.Row.Reason, c.Status, c.Reason)
					}
					break
				}
			}
		case c.Label != b.Label || c.Throughput != b.Throughput ||
			c.PerDevice != b.PerDevice || c.InFlight != b.Concurrency ||
			c.Status != report.OK || (c.Cost == nil) != (b.CostPerMTok == nil) || c.Cost != nil && *c.Cost != *b.CostPerMTok ||
			(c.Interval == nil) != (b.ThroughputRange == nil) || c.Interval != nil && *c.Interval != *b.ThroughputRange:
			t.Fatalf("%s: cell %+v, plan has %+v", key, c, b)
		}
	}
}

// swept runs a sweep of the main job with changed flags.
func swept(t testing.TB, args string, texts ...string) (*plan.Request, []sweep.Axis, *sweep.Result) {
	t.Helper()
	req := request(t, "Qwen/Qwen3-32B", flagship+" "+args)
	axes, err := sweep.Parse(texts, req)
	if err != nil {
		t.Fatal(err)
	}
	out, err := Sweep(context.Background(), req, axes, nil)
	if err != nil {
		t.Fatal(err)
	}
	return req, axes, out
}

// onH200 asks for hardware whose figures are calibrated, so that benchmarks are played.
func onH200(r *plan.Request) {
	p, err := hw.Find("H200_SXM")
	if err != nil {
		panic(err)
	}
	r.Profiles = []*hw.Profile{p}
}

// A sweep says what plan after plan would say, cell by cell, over every mode, knob and search.
func TestSweepsEqualSinglePlans(t *testing.T) {
	unraced.Skip(t)
	for _, c := range []struct {
		args   string
		change func(*plan.Request)
		sweeps []string
	}{
		{"", nil, []string{"input-length=512..32k:log:9", "tpot-limit=10..100:5"}},
		{"--device ATLAS_800_A2_313T_64G", nil, []string{"input-length=512..32k:log:5"}},
		{"", nil, []string{"devices=1..64:log:7", "hit-rate=0..90%:4"}},
		{"", nil, []string{"concurrency=1,7,64,4096"}},
		{"", nil, []string{"batch=1..4k:log:6"}},
		{"--num-mtp-tokens 0 1 2", nil, []string{"acceptance=0..1:5", "output-length=1,100,4k"}},
		{"", nil, []string{"price=0.5..8:4", "ttft=100..4s:4"}},
		{"--device ATLAS_800_A2_313T_64G", func(r *plan.Request) {
			r.Prices = []plan.Price{{Device: r.Profiles[0].Name, PerHour: 2}, {Device: r.Profiles[1].Name, PerHour: 1}}
		}, []string{"price:ATLAS_800_A2_313T_64G=0.5..8:4", "hit-rate=0,0.5"}},
		{"", func(r *plan.Request) { r.TTFTAt, r.TPOTAt = plan.P90, plan.P95 }, []string{"ttft=2s,6s"}},
		{"", nil, []string{"e2e=30s,80s", "goodput=0.9"}},
		{"", onH200, []string{"power-cap=300,600", "power-limit=3000..9000:3"}},
		{"", onH200, []string{"devices=2,4,8", "tpot=8,20,60"}}, // replicas and limits share what is played
		{"", onH200, []string{"input-length=512..16k:log:3", "output-length=64,2k"}},
		{"", onH200, []string{"ttft=300..6s:log:5"}},
		{"", func(r *plan.Request) {
			onH200(r)
			r.Speculation = plan.Speculation{Draft: "eagle", Tokens: 3, Length: 2, Share: 0.1}
		}, []string{"draft-share=0,0.3", "ttft=500,2s"}},
		{"", func(r *plan.Request) { onH200(r); r.Devices = 2 }, []string{"goodput=0.5,0.9", "e2e=30s"}},
		{"--num-mtp-tokens 2", nil, []string{"acceptance-length=1..3:3"}},
		{"", func(r *plan.Request) {
			r.Speculation = plan.Speculation{Draft: "eagle", Tokens: 3, Length: 2, Share: 0.1}
		}, []string{"acceptance-length=1..4:4", "draft-share=0..0.5:3"}},
		{"", nil, []string{"reserved=0..120:7"}},
		{"", nil, []string{"max-batched-tokens=1k..64k:log:7"}},
		{"", func(r *plan.Request) { r.Mode = plan.Disaggregation }, []string{"ttft=100..4s:4", "serving-cost=0,20"}},
		{"", func(r *plan.Request) {
			r.Mode, r.Devices, r.PrefillDevices, r.DecodeDevices = plan.PDRatio, 32, 4, 8
		}, []string{"decode-devices=1..8:8", "input=512..32k:log:4"}},
		{"", func(r *plan.Request) { r.Search, r.BatchMax = plan.SearchExhaustive, 64 }, []string{"tpot=5..50:4"}},
		{"", func(r *plan.Request) { r.Fidelity = plan.Corrected }, []string{"input=1k..8k:4"}},
	} {
		t.Run(strings.Join(c.sweeps, " ")+c.args, func(t *testing.T) {
			req := request(t, "Qwen/Qwen3-32B", flagship+" "+c.args)
			if c.change != nil {
				c.change(req)
			}
			axes, err := sweep.Parse(c.sweeps, req)
			if err != nil {
				t.Fatal(err)
			}
			out, err := Sweep(context.Background(), req, axes, nil)
			if err != nil || out.Partial || len(out.Cells) == 0 {
				t.Fatalf("%d cells, %v", len(out.Cells), err)
			}
			alike(t, req, axes, out)
			if !out.Feasible() {
				t.Error("no cell has an answer: the row tests nothing")
			}
		})
	}
}

// The same with intervals: a profile that has calibrated figures.
func TestCalibratedSweepsHaveIntervals(t *testing.T) {
	for _, e := range hw.Builtin() {
		p := e.Profile()
		if p.Reference || p.Calibrated == nil {
			continue
		}
		req := request(t, "Qwen/Qwen3-32B", flagship)
		req.Profiles, req.TTFTLimit, req.TPOTLimit = []*hw.Profile{p}, 0, 100
		axes, err := sweep.Parse([]string{"input=1k,2k"}, req)
		if err != nil {
			t.Fatal(err)
		}
		out, err := Sweep(context.Background(), req, axes, nil)
		if err != nil {
			t.Fatal(err)
		}
		alike(t, req, axes, out)
		if out.Cells[0].Interval != nil {
			return
		}
	}
	t.Error("no profile gives an interval")
}

// The request that is swept stays as it was, however its cells change it.
func TestSweepsLeaveTheRequestAlone(t *testing.T) {
	req, _, _ := swept(t, "--num-mtp-tokens 0 1", "acceptance=0..1:5", "concurrency=8,16")
	want := request(t, "Qwen/Qwen3-32B", flagship+" --num-mtp-tokens 0 1")
	if req.InFlight != 0 || len(req.Acceptance) != len(want.Acceptance) || req.Acceptance[0] != want.Acceptance[0] {
		t.Errorf("acceptance %v, in flight %d", req.Acceptance, req.InFlight)
	}
}

// What is asked to hold so many requests holds just these, whether its replicas share them evenly or not.
func TestConcurrencyIsThatOfAllReplicas(t *testing.T) {
	_, _, out := swept(t, "", "concurrency=1..300:40")
	for _, c := range out.Cells {
		if c.Label != "" && c.InFlight != int(c.At[0]) {
			t.Errorf("%v requests asked for, %s holds %d", c.At[0], c.Label, c.InFlight)
		}
	}
}

// Cancelled, a sweep gives the cells that it has, each as the whole sweep would have it.
func TestCancelledSweepsKeepTheirCells(t *testing.T) {
	req := request(t, "Qwen/Qwen3-32B", flagship)
	axes, err := sweep.Parse([]string{"input=512..32k:log:20", "tpot=10..100:20"}, req)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var seen atomic.Int64
	out, err := Sweep(ctx, req, axes, func(p sweep.Progress) {
		if seen.Store(int64(len(p.Partial()))); p.Done == 30 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || out == nil || !out.Partial || len(out.Cells) < 30 || len(out.Cells) >= 400 ||
		int(seen.Load()) != len(out.Cells) {
		t.Fatalf("%v, watcher saw %d", err, seen.Load())
	}
	alike(t, req, axes, out)
}

// Any two knobs, at any values in their ranges, alone or together: as plan after plan.
func TestRandomKnobsEqualSinglePlans(t *testing.T) {
	req := request(t, "Qwen/Qwen3-8B", flagship+" --num-mtp-tokens 0 1")
	rapid.Check(t, func(t *rapid.T) {
		var texts []string
		at := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		for _, n := range at.Perm(len(randomRanges))[:1+at.IntN(2)] {
			texts = append(texts, randomRanges[n]+":"+[]string{"2", "3"}[at.IntN(2)])
		}
		req := *req
		if at.IntN(4) == 0 {
			req.Search = plan.SearchExhaustive
		}
		axes, err := sweep.Parse(texts, &req)
		if err != nil {
			t.Fatalf("%v: %v", texts, err)
		}
		out, err := Sweep(context.Background(), &req, axes, nil)
		if err != nil {
			t.Fatalf("%v: %v", texts, err)
		}
		alike(t, &req, axes, out)
	})
}

// The same where latencies go up and down with the batch: experts that are padded are multiplied one by one, so that a
// decode of 31 requests a rank takes 11 times as long as one of 32, whose rows are whole multiples. The best batch comes
// after many that are far over the limit.
func TestJaggedLatenciesEqualSinglePlans(t *testing.T) {
	req := request(t, "Qwen/Qwen3-30B-A3B", flagship+" --tp-sizes 4 --ep-sizes 1")
	req.Mode, req.Search, req.Devices, req.OutputLength = plan.Disaggregation, plan.SearchExhaustive, 12, 116
	req.MoEDP, req.TTFTLimit = plan.Sizes{Searched: true, Values: []int{2}}, 0
	axes, err := sweep.Parse([]string{"tpot=18,20"}, req)
	if err != nil {
		t.Fatal(err)
	}
	out, err := Sweep(context.Background(), req, axes, nil)
	if err != nil {
		t.Fatal(err)
	}
	alike(t, req, axes, out)
	for _, c := range out.Cells {
		if c.InFlight < 3*32 {
			t.Errorf("the best is %+v, want 32 requests or more on each of three ranks", c)
		}
	}
}

var randomRanges = []string{"input=1..32k:log", "output=1..4k:log", "ttft=1..20s:log", "tpot=1..2s:log",
	"devices=1..64:log", "concurrency=1..2k:log", "max-batched-tokens=512..1M:log", "hit-rate=0..99%", "acceptance=0..1",
	"price=0.01..100:log", "reserved=0..200"}
