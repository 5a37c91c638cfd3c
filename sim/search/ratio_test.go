package search

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/sim/serve"
)

// The splits of search-and-serving 5.3: ratio, devices in all, per prefill and per decode instance.
func TestSplitOfTheReference(t *testing.T) {
	for _, c := range []struct {
		ratio                          float64
		total, p, d, prefills, decodes int
	}{
		{0.2316, 12, 2, 2, 1, 4}, {1.5, 16, 4, 2, 3, 2}, {3.2, 32, 4, 4, 3, 1},
		{1.0, 64, 8, 8, 1, 1}, {0.5003, 64, 2, 2, 1, 2}, {5.0, 8, 4, 4, 0, 0},
	} {
		if np, nd := splitByRounding(1, c.ratio, c.total, c.p, c.d); np != c.prefills || nd != c.decodes {
			t.Errorf("ratio %v on %d: %dP + %dD, want %d + %d", c.ratio, c.total, np, nd, c.prefills, c.decodes)
		}
	}
}

// The examples of corrected.md.
func TestSwitchSplitByRate(t *testing.T) {
	for _, c := range []struct {
		pQPS, dQPS                     float64
		total, p, d, prefills, decodes int
	}{{1, 1, 64, 8, 8, 4, 4}, {502.39, 116.34, 12, 2, 2, 1, 5}, {1, 5, 8, 4, 4, 1, 1}, {1, 1, 7, 4, 4, 0, 0}} {
		if np, nd := splitByRate(c.pQPS, c.dQPS, c.total, c.p, c.d); np != c.prefills || nd != c.decodes {
			t.Errorf("%v and %v req/s on %d: %dP + %dD, want %d + %d", c.pQPS, c.dQPS, c.total, np, nd, c.prefills, c.decodes)
		}
	}
}

func TestSplitByRateEqualsBruteForce(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 2000 {
		p, d, total := 1+random.IntN(4), 1+random.IntN(4), 1+random.IntN(40)
		pq, dq := float64(1+random.IntN(9)), float64(1+random.IntN(9))
		best, fewest := 0.0, math.MaxInt
		for np := 1; np*p < total; np++ {
			for nd := 1; np*p+nd*d <= total; nd++ {
				rate, used := min(float64(np)*pq, float64(nd)*dq), np*p+nd*d
				if rate > best || rate == best && used < fewest {
					best, fewest = rate, used
				}
			}
		}
		np, nd := splitByRate(pq, dq, total, p, d)
		if best == 0 {
			if np != 0 || nd != 0 {
				t.Fatalf("%d devices hold %dP + %dD?", total, np, nd)
			}
			continue
		}
		if got := min(float64(np)*pq, float64(nd)*dq); got != best || np*p+nd*d != fewest {
			t.Fatalf("%v/%v req/s, %d+%d of %d: %dP + %dD give %v on %d, want %v on %d", pq, dq, p, d, total, np, nd, got,
				np*p+nd*d, best, fewest)
		}
	}
}

func prefillRow(ttft float64, c int, label string) report.Row {
	q := 1000 * float64(c) / ttft
	return report.Row{Phase: plan.PhasePrefill, Label: label, TTFT: &ttft, QPS: &q, Concurrency: c, Batch: c,
		Status: report.OK, Listed: true}
}

func decodeRow(tpot float64, c int, label string) report.Row {
	return report.Row{Phase: plan.PhaseDecode, Label: label, TPOT: &tpot, Concurrency: c, Batch: c, Status: report.OK,
		Listed: true}
}

func ratioRequest() *plan.Request {
	return &plan.Request{Mode: plan.PDRatio, OutputLength: 51, Devices: 16, PrefillDevices: 2, DecodeDevices: 2,
		TTFTLimit: 1000, TPOTLimit: 100}
}

// The unit example of search-and-serving 5.2.
func TestPairsOfTheReference(t *testing.T) {
	prefill := []report.Row{prefillRow(100, 4, "P1"), prefillRow(180, 8, "P1"), prefillRow(300, 8, "P2")}
	decode := []report.Row{decodeRow(20, 30, "D1"), decodeRow(40, 64, "D1")}
	s := ratios(prefill, decode, ratioRequest(), "A", serve.Switches{}, true)
	var got []string
	for _, r := range s.Candidates {
		got = append(got, fmt.Sprintf("%s/%s %.2f %.2f %.2f %.2f", r.Prefill.Label, r.Decode.Label, r.PDRatio, r.PrefillQPS,
			r.DecodeQPS, r.Balanced))
	}
	want := []string{"P1/D1 0.72 44.44 32.00 32.00", "P2/D1 1.20 26.67 32.00 26.67"}
	if fmt.Sprint(got) != fmt.Sprint(want) || s.Best != &s.Candidates[0] {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Pairs whose balanced rates print alike are one row of the reference's table; corrected keeps both.
func TestPairsThatPrintAlike(t *testing.T) {
	prefill := []report.Row{prefillRow(100, 4, "P1"), prefillRow(100.001, 4, "P2")}
	decode := []report.Row{decodeRow(20, 300, "D1")}
	if s := ratios(prefill, decode, ratioRequest(), "A", serve.Switches{}, true); len(s.Candidates) != 1 {
		t.Errorf("reference: %d pairs", len(s.Candidates))
	}
	if s := ratios(prefill, decode, ratioRequest(), "A", serve.Corrected(), true); len(s.Candidates) != 2 {
		t.Errorf("corrected: %d pairs", len(s.Candidates))
	}
}

func TestLatenciesEnterRatesRounded(t *testing.T) {
	// C=8, TTFT 1654.0914: 4.836493 req/s from the rounded 1654.091, as the reference tool prints it (search-and-serving
	// 5.2).
	p := &point{Point: serve.Point{Concurrency: 8, TTFT: 1.6540906, Makespan: 1.6540906, Throughput: 1}}
	if got := fmt.Sprintf("%.6f", qps(p, &serve.Load{Phase: plan.PhasePrefill})); got != "4.836493" {
		t.Errorf("got %s", got)
	}
}

// Joining the best row of each strategy gives what joining all rows gives.
func TestPairsEqualTheFullJoin(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	req := ratioRequest()
	for range 200 {
		var prefill, decode []report.Row
		for range 1 + random.IntN(12) {
			prefill = append(prefill, prefillRow(float64(100+random.IntN(50)), 1+random.IntN(20),
				fmt.Sprint("P", random.IntN(3))))
		}
		for range 1 + random.IntN(12) {
			decode = append(decode, decodeRow(float64(10+random.IntN(5)), 1+random.IntN(60), fmt.Sprint("D", random.IntN(3))))
		}
		got := ratios(prefill, decode, req, "A", serve.Switches{SplitByRate: false}, true).Candidates
		best := map[string]report.Ratio{}
		for i := range prefill {
			for k := range decode {
				dq := 1000 * float64(decode[k].Concurrency) / (*decode[k].TPOT * 50)
				r := pair(side{&prefill[i], *prefill[i].QPS}, side{&decode[k], dq}, req, "A", false)
				key := r.Prefill.Label + r.Decode.Label
				if old, ok := best[key]; !ok || compareRatios(&r, &old, false) < 0 {
					best[key] = r
				}
			}
		}
		for _, g := range got {
			w := best[g.Prefill.Label+g.Decode.Label]
			if g.Balanced != w.Balanced || g.Prefill.Batch != w.Prefill.Batch || g.Decode.Batch != w.Decode.Batch {
				t.Fatalf("got %+v, want %+v", g, w)
			}
		}
	}
}

func TestInstancesAndMoney(t *testing.T) {
	req := ratioRequest()
	req.Prices = []plan.Price{{Device: "A", PerHour: 2}}
	r := pair(side{ptr(prefillRow(100, 4, "P1")), 40}, side{ptr(decodeRow(20, 30, "D1")), 10}, req, "A", false)
	if *r.PrefillInstances != 1 || *r.DecodeInstances != 4 || *r.TotalDevices != 10 || *r.SystemQPS != 40 ||
		r.Bottleneck != "balanced" {
		t.Errorf("got %d + %d = %d devices, %v req/s, %s", *r.PrefillInstances, *r.DecodeInstances, *r.TotalDevices,
			*r.SystemQPS, r.Bottleneck)
	}
	// 10 devices at 2 an hour give 40*51 tokens a second.
	if want := 20.0 / (40 * 51 * 3600) * 1e6; math.Abs(*r.CostPerMTok-want) > 1e-9 || *r.CostPerMonth != 20*730 {
		t.Errorf("%v a million tokens, want %v; %v a month", *r.CostPerMTok, want, *r.CostPerMonth)
	}
	SetInstances(&r, 1, 2, req, "A")
	if *r.TotalDevices != 6 || *r.SystemQPS != 20 || r.Bottleneck != "decode" {
		t.Errorf("after a change: %d devices, %v req/s, %s", *r.TotalDevices, *r.SystemQPS, r.Bottleneck)
	}
}

func ptr(r report.Row) *report.Row { return &r }
