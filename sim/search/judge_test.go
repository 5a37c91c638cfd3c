package search

import (
	"reflect"
	"runtime"
	"testing"

	"fathom/hw"
	"fathom/hw/unraced"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/sim/traffic"
)

// ascend is a question to devices that have the constants of the reference tool only.
func ascend(t testing.TB) *plan.Request {
	t.Helper()
	req := chat(t)
	p, err := hw.Find("ATLAS_800_A3_752T_128G_DIE")
	if err != nil {
		t.Fatal(err)
	}
	req.Profiles, req.PP = []*hw.Profile{p}, sizes(1)
	return req
}

// held fails unless every candidate of an answer holds all its bounds, and gives the best.
func held(t *testing.T, rep *report.Report) *report.Row {
	t.Helper()
	s := rep.Devices[0].Aggregation
	for i := range s.Candidates {
		c := &s.Candidates[i]
		if c.Held == nil || len(c.Held.Promises) == 0 || len(c.Held.Broken()) > 0 || c.Status != report.OK {
			t.Fatalf("%s: %v %+v", c.Label, c.Status, c.Held)
		}
	}
	if s.Best == nil {
		t.Fatal("no answer")
	}
	return s.Best
}

// Limits by percentile are held by what is answered, at every fidelity, and the next load that was tried breaks one.
func TestPercentileLimitsAreHeld(t *testing.T) {
	unraced.Skip(t)
	for _, f := range []plan.Fidelity{plan.Reference, plan.Corrected, plan.Calibrated} {
		req := chat(t)
		if f != plan.Calibrated {
			req = ascend(t)
		}
		req.Fidelity, req.PP = f, sizes(1)
		req.TTFTLimit, req.TTFTAt, req.TPOTLimit, req.TPOTAt = 800, plan.P99, 15, plan.P95
		rep := answer(t, req, measured)
		best := held(t, rep)
		if p := best.Held.TTFT.P99; p > 800 || best.Held.TPOT.P95 > 15 {
			t.Errorf("%v: TTFT p99 %g, TPOT p95 %g", f, p, best.Held.TPOT.P95)
		}
		above := false
		for i := range rep.Devices[0].Points {
			r := &rep.Devices[0].Points[i]
			if r.Label == best.Label && r.Batch > best.Batch {
				above = true
				if r.Status == report.OK {
					t.Errorf("%v: batch %d holds them too, %d was answered", f, r.Batch, best.Batch)
				}
			}
		}
		if !above {
			t.Errorf("%v: nothing above batch %d was tried", f, best.Batch)
		}
	}
}

// The higher the percentile, the less load; a share of requests within the limits likewise.
func TestStricterLimitsNeverServeMore(t *testing.T) {
	unraced.Skip(t)
	for _, open := range []plan.Traffic{plan.TrafficClosed, plan.TrafficPoisson} {
		best := func(change func(*plan.Request)) float64 {
			req := chat(t)
			req.PP, req.TTFTLimit, req.TPOTLimit, req.Traffic = sizes(1), 600, 10, open
			change(req)
			if b := answer(t, req, measured).Devices[0].Aggregation.Best; b != nil {
				return b.Throughput
			}
			return 0
		}
		last := best(func(r *plan.Request) { r.TTFTAt, r.TPOTAt = plan.P50, plan.P50 })
		if last == 0 {
			t.Fatal("no answer by the median")
		}
		for _, p := range []plan.Percentile{plan.P90, plan.P99} {
			now := best(func(r *plan.Request) { r.TTFTAt, r.TPOTAt = p, p })
			if now > 1.02*last || now == 0 {
				t.Errorf("%v %v: %g tok/s after %g", open, p, now, last)
			}
			last = now
		}
		half, most := best(func(r *plan.Request) { r.Goodput = 0.5 }), best(func(r *plan.Request) { r.Goodput = 0.99 })
		if most > 1.02*half || most == 0 {
			t.Errorf("%v: goodput 0.99 serves %g tok/s, 0.5 %g", open, most, half)
		}
	}
}

// Open arrivals are searched by rate: the answer says what is sent and keeps up with it; a rate that is asked for and
// is too much says so.
func TestRateIsSearched(t *testing.T) {
	unraced.Skip(t)
	req := chat(t)
	req.PP, req.TTFTLimit, req.TTFTAt, req.TPOTLimit, req.Traffic = sizes(1), 500, plan.P95, 10, plan.TrafficPoisson
	free := held(t, answer(t, req, measured))
	if h := free.Held; h.Rate <= 0 || h.QPS > 1.02*h.Rate || *free.QPS != h.QPS || free.Traffic.Rate != h.Rate {
		t.Fatalf("%+v", h)
	}
	req.QPS = free.Held.Rate / 2
	if asked := held(t, answer(t, req, measured)); asked.Held.Rate < req.QPS || asked.Held.Rate > 1.05*free.Held.Rate {
		t.Errorf("%g req/s asked, %g held; %g without", req.QPS, asked.Held.Rate, free.Held.Rate)
	}
	req.QPS = 3 * free.Held.Rate
	d := answer(t, req, measured).Devices[0]
	if d.Aggregation.Best != nil || len(d.Nearest) == 0 {
		t.Errorf("three times as much is served: %+v", d.Aggregation.Best)
	}
}

// A mean alone needs no simulation: the time to the last token is TTFT and all TPOT after it, where means are known.
func TestE2EOfMeansInClosedForm(t *testing.T) {
	req := ascend(t)
	req.Fidelity, req.TTFTLimit, req.TPOTLimit = plan.Reference, 0, 0
	req.E2ELimit = 2500
	rep := answer(t, req, measured)
	best := rep.Devices[0].Aggregation.Best
	if best == nil || best.Held != nil {
		t.Fatalf("%+v", best)
	}
	steps := float64(req.OutputLength - 1)
	for i := range rep.Devices[0].Points {
		r := &rep.Devices[0].Points[i]
		if r.TTFT == nil || r.TPOT == nil || r.Status == report.OOM {
			continue
		}
		if over := *r.TTFT+steps**r.TPOT > req.E2ELimit; over != (r.Status == report.OverE2E) {
			t.Errorf("batch %d: %g ms is %v", r.Batch, *r.TTFT+steps**r.TPOT, r.Status)
		}
	}
}

// A mix is held class by class: the answer says what each class met, and a class that misses forbids a load.
func TestClassesAreHeld(t *testing.T) {
	unraced.Skip(t)
	exactly := func(n int) []traffic.Bin { return []traffic.Bin{{Min: n, Max: n + 1, Weight: 1}} }
	req := chat(t)
	req.PP, req.TTFTLimit, req.TPOTLimit = sizes(1), 0, 0
	req.Workload = &plan.Workload{Name: "two", Classes: []plan.Class{
		{Class: traffic.Class{Name: "chat", Share: 3, Input: exactly(500), Output: exactly(100)},
			TTFT: plan.Limit{At: plan.P95, MS: 500}, Goodput: 0.9},
		{Class: traffic.Class{Name: "batch", Share: 1, Input: exactly(4000), Output: exactly(200), Priority: 1},
			E2E: plan.Limit{MS: 20_000}}}}
	req.InputLength, req.OutputLength = req.Workload.Lengths()
	if req.InputLength != 1375 || req.OutputLength != 125 {
		t.Fatalf("means %d and %d", req.InputLength, req.OutputLength)
	}
	best := held(t, answer(t, req, measured))
	if c := best.Held.Classes; len(c) != 2 || c[0].Name != "chat" || c[0].TTFT.P95 > 500 || c[0].Goodput < 0.9 ||
		c[0].Requests < 2*c[1].Requests {
		t.Fatalf("%+v", c)
	}
	strict := *req.Workload
	strict.Classes = append([]plan.Class(nil), strict.Classes...)
	strict.Classes[0].TTFT.MS = 1
	req.Workload = &strict
	d := answer(t, req, measured).Devices[0]
	if d.Aggregation.Best != nil || len(d.Nearest) == 0 {
		t.Fatal("a first token within 1 ms")
	}
	missed := d.Nearest[0].Row.Held.Broken()
	if len(missed) == 0 || missed[0].Class != "chat" {
		t.Errorf("%+v", missed)
	}
}

func TestJudgedAnswersDoNotDependOnProcessors(t *testing.T) {
	req := chat(t)
	req.TTFTAt, req.Traffic, req.Goodput = plan.P99, plan.TrafficPoisson, 0.9
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	one := answer(t, req, measured)
	runtime.GOMAXPROCS(4)
	if four := answer(t, req, measured); !reflect.DeepEqual(one.Devices, four.Devices) {
		t.Error("one processor and four answer differently")
	}
}

// A distribution of prompt lengths is played as a class of its own, where limits need it.
func TestDistributionIsPlayed(t *testing.T) {
	req := chat(t)
	req.PP, req.InputLength, req.InputFile = sizes(1), 0, "lengths.yaml"
	req.Distribution = []plan.Bin{{Min: 100, Max: 1000, Weight: 3}, {Min: 1000, Max: 4000, Weight: 1}}
	req.TTFTAt = plan.P95
	best := held(t, answer(t, req, measured))
	if len(best.Held.Classes) != 1 || best.Held.TTFT.P95 > req.TTFTLimit || len(best.Samples) != 0 {
		t.Errorf("%+v", best.Held)
	}
}

// Of prefill and decode instances the load of all together is searched; what no load holds is no answer, and says why.
func TestPairsAreHeldTogether(t *testing.T) {
	req := chat(t)
	req.Mode, req.Devices, req.PrefillDevices, req.DecodeDevices = plan.PDRatio, 8, 1, 2
	req.TTFTLimit, req.TTFTAt, req.TPOTLimit, req.TPOTAt = 600, plan.P90, 12, plan.P95
	for _, kind := range []plan.Traffic{plan.TrafficNone, plan.TrafficPoisson} {
		req.Traffic = kind
		s := answer(t, req, measured).Devices[0].PDRatio
		if s.Best == nil {
			t.Fatal("no pair")
		}
		for i := range s.Candidates {
			h := s.Candidates[i].Held
			if h == nil || len(h.Promises) == 0 || len(h.Broken()) > 0 || h.TTFT.P90 > 600 || h.TPOT.P95 > 12 ||
				(h.Rate > 0) != (kind == plan.TrafficPoisson) {
				t.Fatalf("%v: %+v", kind, h)
			}
			if i > 0 && h.QPS > s.Candidates[i-1].Held.QPS {
				t.Errorf("%v: pair %d serves more than the one before it", kind, i)
			}
		}
		strict := *req
		strict.E2ELimit, strict.E2EAt = 1, plan.P50
		d := answer(t, &strict, measured).Devices[0]
		if d.PDRatio.Best != nil || len(d.Notes) == 0 {
			t.Errorf("%v: the last token within 1 ms", kind)
		}
	}
}
