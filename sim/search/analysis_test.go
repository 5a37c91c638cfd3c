package search

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"

	"fathom/hw"
	"fathom/hw/unraced"
	"fathom/sim/pass"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/sim/serve"
)

// Nothing is feasible: the report has the nearest points and what would admit them, and the relaxed question has an
// answer.
func TestNearestPoints(t *testing.T) {
	req := question()
	req.Devices, req.TTFTLimit, req.TPOTLimit = 2, 50, 30
	d := answer(t, req, pricer(64)).Devices[0]
	if d.Aggregation.Best != nil || len(d.Nearest) == 0 {
		t.Fatalf("best %v, nearest %v", d.Aggregation.Best, d.Nearest)
	}
	// One prompt with TP=2: 3 + 0.05*2048/2 + 1e-5*2048*2048/50/2 = 54.62 ms.
	if got := d.Nearest[0]; got.Relax.String() != "TTFT limit 50 → 54.620 ms" || got.Row.Label != "TP=2 | PP=1 | DP=1" ||
		got.Row.Batch != 1 {
		t.Errorf("got %q for %s b%d", got.Relax.String(), got.Row.Label, got.Row.Batch)
	}
	if fixes := d.Nearest[0].Fixes; len(fixes) != 1 || fixes[0] != (report.Fix{Field: "ttft_limit", Text: "54.620"}) {
		t.Errorf("as an answer: %+v", fixes)
	}
	req.TTFTLimit = 54.620
	if d = answer(t, req, pricer(64)).Devices[0]; d.Aggregation.Best == nil {
		t.Error("the relaxation does not help")
	}
}

func TestNearestByDevicesAndMemory(t *testing.T) {
	req := question()
	req.InputLength, req.OutputLength, req.TTFTLimit = 60_000, 1000, 9000
	d := answer(t, req, pricer(40)).Devices[0]
	var got []string
	for _, n := range d.Nearest {
		got = append(got, n.Relax.String())
	}
	all := strings.Join(got, "; ")
	// On one device the prompt's KV takes 8.4 GiB and its activations 12, which is 0.4 more than there is.
	for _, want := range []string{"devices 1 → ", "GiB more memory per device"} {
		if !strings.Contains(all, want) {
			t.Errorf("%q lacks %q", all, want)
		}
	}
}

// What an engine can keep on the host is said with what it costs: whole GiB over the link to the host in every step.
func TestNearestByOffload(t *testing.T) {
	req := question()
	req.InputLength, req.OutputLength, req.TTFTLimit = 60_000, 1000, 9000
	d := device("A")
	d.HostBandwidth = 64e9
	j := &job{req: req, profile: d, fidelity: plan.Calibrated}
	rows := []report.Row{{Status: report.OOM, AvailableGB: -3.5, WeightGB: 20}}
	for engine, want := range map[plan.Serving]string{
		"vllm":   "3.50 GiB more memory per device, or --cpu-offload-gb 4: read from the host at 64 GB/s, 67 ms more a step",
		"trtllm": "3.50 GiB more memory per device, or reserved memory 10 → 6.50 GiB",
	} {
		req.Serving, req.ReservedGB = engine, 10
		if engine == "vllm" {
			req.ReservedGB = 0
		}
		if near, ok := j.byMemory(rows, false); !ok || near.Relax.String() != want {
			t.Errorf("%s: %q, want %q", engine, near.Relax, want)
		}
	}
}

// More memory is no correction of a point that is beyond a limit too: what is offered changes the answer.
func TestMemoryAloneAdmits(t *testing.T) {
	req, ms := question(), func(v float64) *float64 { return &v }
	req.ReservedGB = 10
	j := &job{req: req, profile: device("A"), limits: serve.Limits{TTFT: 0.1, TPOT: 0.05}}
	slow := report.Row{Status: report.OOM, AvailableGB: -1, TTFT: ms(101), TPOT: ms(10)}
	jerky := report.Row{Status: report.OOM, AvailableGB: -1, TTFT: ms(10), TPOT: ms(51)}
	if near, ok := j.byMemory([]report.Row{slow, jerky}, true); ok {
		t.Errorf("offers %q", near.Relax)
	}
	near, ok := j.byMemory([]report.Row{slow, jerky}, false) // nothing else is near: all that it needs is said
	if !ok || !strings.Contains(near.Relax.String(), "TTFT limit 100 → 101") || len(near.Fixes) != 2 {
		t.Errorf("says %q, %v", near.Relax, near.Fixes)
	}
	fast := report.Row{Status: report.OOM, AvailableGB: -2, TTFT: ms(10), TPOT: ms(10)}
	want := "2.00 GiB more memory per device, or reserved memory 10 → 8"
	if near, ok := j.byMemory([]report.Row{slow, jerky, fast}, true); !ok || !strings.HasPrefix(near.Relax.String(), want) {
		t.Errorf("offers %q, want %q", near.Relax, want)
	}
}

func TestNearestByQuantizationAndBatch(t *testing.T) {
	req := question()
	req.TPOTLimit, req.BatchMin, req.BatchMax = 40, 64, 80
	wide := func(s pass.Setup) (serve.Forward, error) {
		total := 64.0
		if s.Quant.Linear == plan.LinearDisabled {
			total = 20
		}
		return synthetic{s.Strategy.TP, max(1, s.Strategy.DP), total}, nil
	}
	d := answer(t, req, wide).Devices[0]
	var relaxed []string
	for _, n := range d.Nearest {
		relaxed = append(relaxed, n.Relax.String())
	}
	if all := strings.Join(relaxed, "; "); !strings.Contains(all, "linear quantisation DISABLED → W8A8_DYNAMIC") {
		t.Errorf("got %q", all)
	}
}

// The Pareto front equals brute force.
func TestFrontEqualsBruteForce(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	for range 300 {
		rows := make([]report.Row, 1+random.IntN(40))
		for i := range rows {
			tpot := float64(1 + random.IntN(8))
			rows[i] = report.Row{Status: report.OK, TPOT: &tpot, PerDevice: float64(1 + random.IntN(8))}
			if random.IntN(5) == 0 {
				rows[i].Status = report.OverTPOT
			}
		}
		got := map[int]bool{}
		for _, i := range report.Front(rows) {
			got[i] = true
		}
		for i := range rows {
			dominated := rows[i].Status != report.OK
			for k := range rows {
				a, b := rows[k], rows[i]
				dominated = dominated || a.Status == report.OK && a.PerDevice >= b.PerDevice && *a.TPOT <= *b.TPOT &&
					(a.PerDevice > b.PerDevice || *a.TPOT < *b.TPOT)
			}
			if got[i] == dominated {
				t.Fatalf("row %d (%v tok/s, %v ms): on the front %v, dominated %v", i, rows[i].PerDevice, *rows[i].TPOT, got[i],
					dominated)
			}
		}
	}
}

func TestThinningTwiceIsThinningOnce(t *testing.T) {
	req := question()
	req.Devices, req.TTFTLimit, req.Search = 4, 3000, plan.SearchExhaustive
	d := answer(t, req, pricer(64)).Devices[0]
	once := thin(d.Points)
	if len(once) >= len(d.Points) || !reflect.DeepEqual(thin(once), once) {
		t.Errorf("%d points, thinned %d, again %d", len(d.Points), len(once), len(thin(once)))
	}
	if a, b := section(once, serve.Limits{}, false).Best, section(d.Points, serve.Limits{},
		false).Best; a.Label != b.Label || a.Batch != b.Batch {
		t.Errorf("the best changed from %s b%d to %s b%d", b.Label, b.Batch, a.Label, a.Batch)
	}
}

// The automatic budget falls to the next smaller one only when the smallest batch's prefill does not fit; every budget
// is tried under the switch of corrected.md, and the best one wins. The figures are those of search-and-serving 3.2.
func TestSwitchEveryBudget(t *testing.T) {
	req := question()
	req.InputLength, req.OutputLength, req.BatchMax = 1000, 1000, 512
	price := func(s pass.Setup) (serve.Forward, error) { return hungry{}, nil }
	best := answer(t, req, price).Devices[0].Aggregation.Best
	if best.MaxBatched != 4000 || best.Batch > 3 {
		t.Errorf("reference: batch %d with budget %d, want at most 3 with 4000", best.Batch, best.MaxBatched)
	}
	req.Fidelity, req.Search = plan.Corrected, plan.SearchReference
	if more := answer(t, req, price).Devices[0].Aggregation.Best; more.MaxBatched > 3000 ||
		more.Throughput < 5*best.Throughput {
		t.Errorf("corrected: batch %d with budget %d: %v tok/s, reference %v", more.Batch, more.MaxBatched, more.Throughput,
			best.Throughput)
	}
}

// hungry needs much memory per prompt token: three prompts of 1000 tokens together fit, four do not.
type hungry struct{}

func (hungry) Uniform(s pass.Shape) pass.Result {
	free := 30.0
	if !s.Decode {
		free -= float64(s.Requests*s.Query) * 0.009
	}
	return pass.Result{Seconds: 0.02 + 1e-5*float64(s.Requests*s.Query),
		Memory: pass.Memory{Total: 64 * gib, Available: free * gib}}
}

func (hungry) Mixed([]pass.Piece) pass.Result { return pass.Result{} }

// Exhaustive search sees everything that the reference's sees, and finds what brute force finds.
func TestExhaustiveEqualsBruteForce(t *testing.T) {
	for _, edit := range []func(*plan.Request){
		func(r *plan.Request) { r.TTFTLimit, r.TPOTLimit = 3000, 20 },
		func(r *plan.Request) { r.MTP, r.TPOTLimit = []int{0, 3}, 12 },
		func(r *plan.Request) { r.Mode, r.TTFTLimit = plan.Disaggregation, 900 },
	} {
		req := question()
		req.Devices, req.PP = 4, sizes(1)
		edit(req)
		reference := answer(t, req, pricer(64)).Devices[0]
		req.Search = plan.SearchExhaustive
		d := answer(t, req, pricer(64)).Devices[0]
		best := func(d report.Device) float64 {
			if d.Prefill != nil {
				return d.Prefill.Best.Throughput
			}
			return d.Aggregation.Best.Throughput
		}
		if best(d) < best(reference)*(1-1e-12) {
			t.Errorf("exhaustive %v, reference %v", best(d), best(reference))
		}
		if brute := bruteForce(t, req); math.Abs(best(d)/brute-1) > 1e-12 {
			t.Errorf("exhaustive %v, brute force %v", best(d), brute)
		}
	}
}

func bruteForce(t *testing.T, req *plan.Request) (best float64) {
	r := newRun(req, pricer(64), new(atomic.Bool))
	if err := r.prepare(); err != nil {
		t.Fatal(err)
	}
	j := r.jobs[0][0]
	for i := range j.tuples {
		u := &j.tuples[i]
		if !u.rule.IsZero() {
			continue
		}
		var e serve.Evaluator
		for _, budget := range j.budgets() {
			load := j.load(u)
			load.Budget = budget
			e.Prepare(load, synthetic{u.strategy.TP, u.strategy.DP, 64}, nil)
			for b := 1; b <= 3000; b++ {
				if p, _ := e.At(b); j.limits.Judge(&p) == report.OK {
					best = max(best, p.Throughput)
				}
			}
		}
	}
	return best
}

// Properties of any answer: a looser limit never lowers the best throughput, more memory never removes a feasible
// point, and more budgets never lower the best.
func TestLooserLimitsAndMoreMemoryNeverHurt(t *testing.T) {
	unraced.Skip(t)
	rate := func(ttft, tpot, memory float64, search plan.Search) float64 {
		req := question()
		req.Devices, req.TTFTLimit, req.TPOTLimit, req.Search = 4, ttft, tpot, search
		if b := answer(t, req, pricer(memory)).Devices[0].Aggregation.Best; b != nil {
			return b.Throughput
		}
		return 0
	}
	for _, s := range []plan.Search{plan.SearchReference, plan.SearchExhaustive} {
		before := 0.0
		for limit := 60.0; limit < 8000; limit *= 1.3 {
			if now := rate(limit, 0, 64, s); now < before {
				t.Errorf("%s: TTFT limit %.0f gives %v, a tighter one gave %v", s, limit, now, before)
			} else {
				before = now
			}
		}
		before = 0
		for memory := 21.0; memory < 100; memory += 5 {
			if now := rate(0, 0, memory, s); now < before {
				t.Errorf("%s: %v GiB give %v, less gave %v", s, memory, now, before)
			} else {
				before = now
			}
		}
	}
}

// Capacity equals brute force over instance sizes and replicas.
func TestCapacityEqualsBruteForce(t *testing.T) {
	random := rand.New(rand.NewPCG(9, 10))
	for range 20 {
		req := question()
		req.TTFTLimit, req.TPOTLimit, req.TargetQPS = float64(300+random.IntN(3000)), float64(6+random.IntN(30)),
			float64(1+random.IntN(100))
		p := device("A")
		p.Grid.Shape = []int{16}
		req.Profiles = []*hw.Profile{p}
		c := answer(t, req, pricer(64)).Devices[0].Capacity
		fewest := math.MaxInt
		for w := 1; w <= 16; w *= 2 {
			one := *req
			one.Devices, one.TargetQPS = w, 0
			if b := answer(t, &one, pricer(64)).Devices[0].Aggregation.Best; b != nil {
				fewest = min(fewest, w*int(math.Ceil(req.TargetQPS / *b.QPS)))
			}
		}
		switch {
		case c.Plan == nil && fewest < math.MaxInt, c.Plan != nil && c.Plan.Devices != fewest:
			t.Errorf("got %+v, want %d devices", c.Plan, fewest)
		case c.Plan != nil && (c.Plan.QPS < req.TargetQPS || c.Plan.Replicas*c.Plan.Row.Strategy.World() != c.Plan.Devices):
			t.Errorf("%+v does not reach %v req/s", c.Plan, req.TargetQPS)
		case c.Cheaper != nil && (c.Cheaper.Devices >= c.Plan.Devices || c.Cheaper.QPS >= req.TargetQPS || c.Breaks.IsZero()):
			t.Errorf("cheaper %+v breaks %q", c.Cheaper, c.Breaks)
		}
	}
}

func TestCapacityOfInstances(t *testing.T) {
	req := question()
	req.Mode, req.Devices, req.PrefillDevices, req.DecodeDevices = plan.PDRatio, 4, 1, 2
	req.TTFTLimit, req.TPOTLimit, req.TargetQPS = 2000, 20, 50
	req.Prices = []plan.Price{{Device: "A", PerHour: 3}}
	c := answer(t, req, pricer(64)).Devices[0].Capacity
	p := c.Plan
	if p == nil || p.QPS < 50 || p.Devices != p.Prefills+2*p.Decodes || *p.CostPerMonth != 3*730*float64(p.Devices) {
		t.Fatalf("got %+v", p)
	}
	if need := int(math.Ceil(50 / p.Ratio.PrefillQPS)); p.Prefills != need {
		t.Errorf("%d prefill instances, want %d", p.Prefills, need)
	}
	if c.Cheaper == nil || c.Cheaper.QPS >= 50 || !strings.Contains(c.Breaks.String(), "of 50.00 req/s") {
		t.Errorf("cheaper %+v: %q", c.Cheaper, c.Breaks)
	}
}

// Both phases of a disaggregation are sized apart: each side takes the instance size that needs fewest devices.
func TestCapacityOfBothPhases(t *testing.T) {
	req := question()
	req.Mode, req.TTFTLimit, req.TPOTLimit, req.TargetConcurrency = plan.Disaggregation, 500, 10, 300
	c := answer(t, req, pricer(64)).Devices[0].Capacity
	p := c.Plan
	if p == nil || p.Concurrency < 300 || float64(p.Prefills)*p.Ratio.PrefillQPS < float64(p.Decodes)*p.Ratio.DecodeQPS {
		t.Fatalf("prefill has to feed decode: %+v", p)
	}
	if p.Devices != p.Prefills*p.Ratio.Prefill.Strategy.World()+p.Decodes*p.Ratio.Decode.Strategy.World() {
		t.Errorf("%d devices for %d + %d instances", p.Devices, p.Prefills, p.Decodes)
	}
	if c.Cheaper == nil || c.Cheaper.Devices >= p.Devices || !strings.Contains(c.Breaks.String(),
		"of 300 requests in flight") &&
		!strings.Contains(c.Breaks.String(), "prefill feeds ") {
		t.Errorf("cheaper %+v: %q", c.Cheaper, c.Breaks)
	}
}

func TestPriceScalesCostLinearly(t *testing.T) {
	cost := func(price float64) (float64, float64) {
		req := question()
		req.Devices, req.Prices = 2, []plan.Price{{Device: "A", PerHour: price}}
		b := answer(t, req, pricer(64)).Devices[0].Aggregation.Best
		if want := price * 2 / (b.Throughput * 3600) * 1e6; math.Abs(*b.CostPerMTok/want-1) > 1e-12 {
			t.Errorf("%v a million tokens, want %v", *b.CostPerMTok, want)
		}
		return *b.CostPerMTok, *b.CostPerMonth
	}
	tokens, month := cost(2)
	tokens3, month3 := cost(6)
	if math.Abs(tokens3-3*tokens) > 1e-12*tokens3 || month3 != 3*month || month != 2*2*730 {
		t.Errorf("%v and %v a month at 2, %v and %v at 6", tokens, month, tokens3, month3)
	}
}

func TestSensitivityIsSorted(t *testing.T) {
	req := question()
	req.Devices, req.TTFTLimit = 2, 3000
	d := answer(t, req, pricer(64)).Devices[0]
	effects, err := Sensitivity(context.Background(), req, req.Profiles[0], *d.Aggregation.Best, pricer(64))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]report.Effect{}
	last := math.Inf(1)
	for _, e := range effects {
		found[e.Figure] = e
		if v := size(e); v > last {
			t.Errorf("%s (%v) after %v", e.Figure, v, last)
		} else {
			last = v
		}
	}
	if e := found["ttft_limit"]; e.Throughput != 0 || e.Best == nil || *e.Best <= 0 {
		t.Errorf("a looser TTFT limit changes nothing at the same batch and helps the search: %+v", e)
	}
	if e := found["batch_size"]; e.Throughput <= 0 || e.TTFT == nil || *e.TTFT <= 0 || e.Best != nil {
		t.Errorf("a larger batch: %+v", e)
	}
	if _, ok := found["serving_cost"]; ok {
		t.Error("the hand-off plays no part in aggregation")
	}
}

// Above the limit of points a run keeps what matters of each strategy and says so; the answer stays the same.
func TestLargeRunsAreThinned(t *testing.T) {
	unraced.Skip(t)
	req := question()
	req.Devices, req.Search, req.TTFTLimit = 4096, plan.SearchExhaustive, 3000
	req.Profiles = []*hw.Profile{device("A"), device("B"), device("C")}
	rep := answer(t, req, pricer(64))
	points := 0
	for i := range rep.Devices {
		d := &rep.Devices[i]
		points += d.Evaluated
		if len(d.Points) > 50_000 || !strings.Contains(fmt.Sprint(d.Notes), "more than 100000") {
			t.Errorf("%s: %d rows kept, notes %q", d.Device, len(d.Points), d.Notes)
		}
		if d.Counts.OK+d.Counts.TTFT+d.Counts.TPOT+d.Counts.OOM != d.Evaluated {
			t.Errorf("%s: counts %+v of %d", d.Device, d.Counts, d.Evaluated)
		}
	}
	if points <= keepPoints {
		t.Fatalf("only %d points: the test is too small", points)
	}
}

// Every departure is listed for the winner with what it alone changes there.
func TestCorrectionsOfTheWinner(t *testing.T) {
	req := question()
	req.Devices, req.TTFTLimit, req.Fidelity, req.PrefixCacheHitRate = 2, 3000, plan.Corrected, 0.5
	d := answer(t, req, pricer(64)).Devices[0]
	found := map[string]report.Correction{}
	for _, c := range d.Corrections {
		if c.Name.IsZero() || c.Reference.IsZero() || c.Corrected.IsZero() {
			t.Errorf("%+v", c)
		}
		found[c.Name.String()] = c
	}
	if len(found) != len(departures) {
		t.Errorf("%d departures, want %d", len(found), len(departures))
	}
	if c := found["prefix cache"]; c.TTFT == nil || *c.TTFT <= 0 {
		t.Errorf("attending to cached tokens makes prefill longer: %+v", c)
	}
	if c := found["memory at the end"]; *c.Throughput != 0 || *c.FreeGB >= 0 {
		t.Errorf("the end of the answer takes memory and no time: %+v", c)
	}
	if c := found["PD split"]; c.Throughput != nil {
		t.Errorf("a split is no matter of one point: %+v", c)
	}
}

func TestDisagreementAboutTheWinner(t *testing.T) {
	make := func(f plan.Fidelity, label string, rate float64) *report.Report {
		r := report.Row{Label: label, Throughput: rate}
		return &report.Report{Devices: []report.Device{{Device: "A", Fidelity: f, Aggregation: &report.Section{Best: &r}}}}
	}
	a := make(plan.Reference, "TP=1", 100)
	if n := Disagree(a, make(plan.Corrected, "TP=1", 104.9)); len(n) != 0 {
		t.Errorf("4.9%%: %v", n)
	}
	if n := Disagree(a, make(plan.Corrected, "TP=1", 94)); len(n) != 1 ||
		!strings.Contains(n[0].Message.String(), "-6.0%") {
		t.Errorf("6%% less: %v", n)
	}
	if n := Disagree(a, make(plan.Corrected, "TP=2", 100)); len(n) != 1 {
		t.Errorf("another strategy: %v", n)
	}
	pairs := func(f plan.Fidelity, p, d int, rate float64) *report.Report {
		r := report.Ratio{PrefillInstances: &p, DecodeInstances: &d, SystemQPS: &rate}
		return &report.Report{Devices: []report.Device{{Device: "A", Fidelity: f, PDRatio: &report.RatioSection{Best: &r}}}}
	}
	if n := Disagree(pairs(plan.Reference, 1, 4, 465.36), pairs(plan.Corrected, 1, 5, 502.39)); len(n) != 1 ||
		!strings.Contains(n[0].Message.String(),
			"1 prefill + 5 decode instances with 502.39 req/s (+8.0%) where reference has 1 + 4") {
		t.Errorf("pairs: %v", n)
	}
	if n := Disagree(pairs(plan.Reference, 1, 4, 100), pairs(plan.Corrected, 1, 4, 104)); len(n) != 0 {
		t.Errorf("4%%: %v", n)
	}
}
