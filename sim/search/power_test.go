package search

import (
	"math"
	"sync/atomic"
	"testing"

	"fathom/hw"
	"fathom/sim/pass"
	"fathom/sim/plan"
	"fathom/sim/report"
)

// H200 of 700 W, 74 W idle, capped at 387 W: half of what is above the idle draw, and so half of the pace at least.
func TestPowerCap(t *testing.T) {
	h := &hw.Profile{Name: "H", PowerWatts: 700, IdleWatts: 74}
	for _, c := range []struct {
		req         plan.Request
		watts, pace float64
	}{
		{plan.Request{}, 700, 1},
		{plan.Request{PowerCap: 387}, 387, 0.5},
		{plan.Request{PowerCap: 900}, 700, 1},
		{plan.Request{PowerLimit: 8 * 387, Devices: 8}, 387, 0.5},
		{plan.Request{PowerLimit: 8 * 500, PowerCap: 387, Devices: 8}, 387, 0.5},
	} {
		if w, p := c.req.Watts(h), c.req.Pace(h); w != c.watts || math.Abs(p-c.pace) > 1e-12 {
			t.Errorf("%+v: %g W at %g of the pace, want %g at %g", c.req, w, p, c.watts, c.pace)
		}
	}
}

// 8 devices of 700 W at 2,000 tokens per second: 0.357 tokens per joule, 778 kWh for a thousand million; idle the
// least.
func TestDraw(t *testing.T) {
	p := report.Draw(700, 70, 8, 2000, 1)
	if math.Abs(p.PerW-2000.0/5600) > 1e-12 || math.Abs(p.Energy-5600.0/2000/3.6) > 1e-12 || *p.Least != p.Energy/10 {
		t.Errorf("%+v, at least %g", p, *p.Least)
	}
	// A cap that halves the pace at most spares energy only in the worst case: the least is that of the whole pace.
	if q := report.Draw(387, 70, 8, 1000, 0.5); *q.Least != *p.Least {
		t.Errorf("at least %g, want %g", *q.Least, *p.Least)
	}
	if report.Draw(0, 0, 8, 2000, 1) != nil {
		t.Error("no watts, no figures")
	}
}

// The times of a capped plan are those of half the pace: a row of the same batch has half the throughput, its interval
// reaches to the whole pace, and its latencies hold the limits all the same.
func TestCappedPlan(t *testing.T) {
	req := question()
	req.KeepAll, req.Devices = true, 2
	h := *req.Profiles[0]
	h.PowerWatts, h.IdleWatts = 700, 74
	req.Profiles = []*hw.Profile{&h}
	free := &answer(t, req, pricer(64)).Devices[0]
	with := *req
	with.PowerCap = 387
	held := &answer(t, &with, pricer(64)).Devices[0]
	find := func(d *report.Device, batch int, label string) *report.Row {
		for i := range d.Points {
			if r := &d.Points[i]; r.Batch == batch && r.Label == label {
				return r
			}
		}
		return nil
	}
	compared := 0
	for i := range free.Points {
		a := &free.Points[i]
		b := find(held, a.Batch, a.Label)
		if b == nil || a.Throughput == 0 {
			continue
		}
		compared++
		if math.Abs(b.Throughput/a.Throughput-0.5) > 1e-9 || b.ThroughputRange == nil ||
			math.Abs(b.ThroughputRange.High/a.Throughput-1) > 1e-9 || a.ThroughputRange != nil {
			t.Fatalf("batch %d: %g of %g, %v", a.Batch, b.Throughput, a.Throughput, b.ThroughputRange)
		}
		if a.TPOT != nil && math.Abs(*b.TPOT / *a.TPOT - 2) > 1e-9 {
			t.Fatalf("TPOT %g of %g", *b.TPOT, *a.TPOT)
		}
		if b.Power.Device != 387 || a.Power.Device != 700 {
			t.Fatalf("%g and %g W", a.Power.Device, b.Power.Device)
		}
	}
	if compared == 0 {
		t.Fatal("no points compared")
	}
}

// A pair on two kinds of hardware draws what each of its devices does: 3 × 2 of 1,000 W and 2 × 4 of 700 W.
func TestDrawOfTwoKinds(t *testing.T) {
	fast, slow := &hw.Profile{Name: "fast", PowerWatts: 1000}, &hw.Profile{Name: "slow", PowerWatts: 700, IdleWatts: 70}
	req := &plan.Request{Mode: plan.PDRatio, Devices: 16, OutputLength: 500, Profiles: []*hw.Profile{fast, slow}}
	side := func(tp int) report.Row { return report.Row{Strategy: plan.Strategy{TP: tp, PP: 1, DP: 1}} }
	x := report.Ratio{Prefill: side(2), Decode: side(4), PrefillQPS: 4, DecodeQPS: 6,
		PrefillDevice: "fast", DecodeDevice: "slow"}
	SetInstances(&x, 3, 2, req, "fast")
	if p := x.Power; p == nil || p.Total != 11600 || math.Abs(p.PerW-12*500/11600.0) > 1e-12 || p.Least != nil {
		t.Errorf("%+v, want 11600 W for 6,000 tokens a second and no least", p)
	}
}

// A search within a search is capped once: devices at half of their pace take twice the time in either.
func TestCapsOnceBeneathASearch(t *testing.T) {
	req := splitQuestion(8)
	req.PowerCap = 387
	req.Profiles[0].PowerWatts, req.Profiles[0].IdleWatts = 700, 74
	r := newRun(req, pricer(64), new(atomic.Bool))
	setup := pass.Setup{Profile: req.Profiles[0], Model: req.Model}
	shape := pass.Shape{Requests: 1, Query: 100, Total: 100}
	bare, err := pricer(64)(setup)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []*run{r, r.again(req)} {
		f, err := x.price(setup)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := f.Uniform(shape).Seconds, 2*bare.Uniform(shape).Seconds; math.Abs(got-want) > 1e-12*want {
			t.Errorf("%v s, want %v", got, want)
		}
	}
}

// A row that brings fewer tokens per second and watt than asked for is no answer; with none left the thriftiest is
// near, and of a P:D plan pairs are held against it, not their sides.
func TestTokensPerWatt(t *testing.T) {
	req := question()
	req.Profiles[0].PowerWatts = 500
	best := answer(t, req, pricer(64)).Devices[0].Aggregation.Best.Power.PerW
	for _, c := range []struct {
		least float64
		ok    bool
	}{{best / 2, true}, {best * 2, false}} {
		req.PerWatt = c.least
		d := answer(t, req, pricer(64)).Devices[0]
		if got := d.Aggregation.Best != nil; got != c.ok {
			t.Fatalf("%v of at most %v: answered %v", c.least, best, got)
		}
		for _, r := range d.Aggregation.Candidates {
			if r.Power.PerW < c.least {
				t.Errorf("%s brings %v", r.Label, r.Power.PerW)
			}
		}
		if !c.ok && (d.Counts.Watts == 0 || len(d.Nearest) == 0 || d.Nearest[0].Row.Status != report.Wasteful) {
			t.Errorf("%+v, nearest %+v", d.Counts, d.Nearest)
		}
	}
	pair := splitQuestion(6)
	pair.Profiles[0].PowerWatts = 500
	d := answer(t, pair, pricer(64)).Devices[0]
	pair.PerWatt = d.PDRatio.Best.Power.PerW * 1.5
	d = answer(t, pair, pricer(64)).Devices[0]
	for _, x := range d.PDRatio.Candidates {
		if x.Power.PerW < pair.PerWatt {
			t.Errorf("%v tokens per second and watt", x.Power.PerW)
		}
	}
	pair.PerWatt *= 1000
	if d = answer(t, pair, pricer(64)).Devices[0]; d.PDRatio.Best != nil || len(d.Notes) == 0 {
		t.Errorf("%+v %v", d.PDRatio.Best, d.Notes)
	}
}
