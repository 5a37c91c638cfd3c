package search

import (
	"math"
	"sync/atomic"
	"testing"

	"fathom/hw/unraced"
	"fathom/sim/afd"
	"fathom/sim/plan"
)

// Numbers of ranks, TP, micro-batches and requests are those that trying every one finds, on a budget where all can be
// tried; as many requests as fit under the limit and no more.
func TestApartIsBruteForce(t *testing.T) {
	unraced.Skip(t)
	req := spread(t)
	req.Devices, req.InputLength, req.AFD.Asked = 22, 16000, true
	req.TP, req.EP = sizes(1, 2), sizes(22)
	r := newRun(req, measured, new(atomic.Bool))
	if err := r.prepare(); err != nil {
		t.Fatal(err)
	}
	j := r.jobs[0][0]
	load := j.load(&tuple{})
	limits := []float64{60, 80, 400}             // memory ends the last
	best := make([]map[int]float64, len(limits)) // of each number of expert ranks
	for i := range best {
		best[i] = map[int]float64{}
	}
	for experts := 1; experts < req.Devices; experts++ {
		for _, tp := range []int{1, 2} {
			for way := range 16 {
				micro, domains := 1+way%4, 1+way/4
				each := tp * domains // ranks of one replica in every domain
				at := afd.Layout{Attention: (req.Devices - experts) / each * each, TP: tp, Experts: experts, Micro: micro,
					Domains: domains, Copies: (experts - 256%experts) % experts}
				if at.Attention == 0 || domains == 1 && micro == 1 || domains > 1 && micro > 2 {
					continue
				}
				p, err := afd.New(j.setup(&tuple{}), at, &req.Experts, r.price)
				if err != nil {
					t.Fatal(err)
				}
				for each := 1; each <= 80; each++ {
					m := p.Memory(each, 1, load.Input+load.Output)
					if min(m[0].Available, m[1].Available) < 0 {
						continue
					}
					step := p.Step(each, 1, load.Input+load.Output/2+1)
					for i, limit := range limits {
						if 1000*step.Seconds <= limit {
							best[i][experts] = max(best[i][experts], float64(each*micro*p.Replicas())/step.Seconds)
						}
					}
				}
			}
		}
	}
	for i, limit := range limits {
		req.TPOTLimit = limit
		got := answer(t, req, measured).Devices[0].AFD.Points
		if want := min(len(best[i]), shownAFD); len(got) != want || want == 0 {
			t.Errorf("limit %g: %d divisions, want %d of %v", limit, len(got), want, best[i])
			continue
		}
		most := 0.0
		for _, x := range best[i] {
			most = max(most, x)
		}
		for k, p := range got {
			want := best[i][p.Experts]
			if k == 0 {
				want = most
			}
			if math.Abs(p.Throughput/want-1) > 1e-9 || p.Attention+p.Experts > req.Devices {
				t.Errorf("limit %g, %s: %g tok/s, every one %g", limit, p.Label(), p.Throughput, want)
			}
		}
	}
}

// A PD ratio has copies of both phases and attention and experts apart on the devices of its decode instance; given
// ranks are those, and what misses says the nearest.
func TestApartInPairs(t *testing.T) {
	req := spread(t)
	req.Mode, req.Devices, req.PrefillDevices, req.DecodeDevices = plan.PDRatio, 48, 16, 32
	req.TTFTLimit, req.TP, req.EP = 5000, sizes(2), plan.Sizes{}
	req.Experts.Skew, req.Redundant.Searched, req.AFD.Asked = 0.5, true, true
	d := answer(t, req, measured).Devices[0]
	if len(d.Experts) != 2 || d.PDRatio == nil || d.PDRatio.Best == nil || d.AFD == nil || d.AFD.Devices != 32 {
		t.Fatalf("%d phases with experts, apart %+v", len(d.Experts), d.AFD)
	}
	if d.AFD.Ordinary.Label != d.PDRatio.Best.Decode.Label || d.AFD.Lead() == nil {
		t.Errorf("beside %s, the pair has %s", d.AFD.Ordinary.Label, d.PDRatio.Best.Decode.Label)
	}
	req.AFD.Attention, req.AFD.Experts = 16, 16
	d = answer(t, req, measured).Devices[0]
	for _, p := range d.AFD.Points {
		if p.Attention != 16 || p.Experts != 16 {
			t.Errorf("16:16 given, %s", p.Label())
		}
	}
	req.AFD.Attention, req.AFD.Experts, req.TPOTLimit = 2, 2, 1
	if d = answer(t, req, measured).Devices[0]; len(d.AFD.Points) > 0 || d.AFD.Reason.Key != "afd.misses" {
		t.Errorf("1 ms: %+v", d.AFD)
	}
}
