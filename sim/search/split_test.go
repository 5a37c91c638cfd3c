package search

import (
	"math"
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/hw/unraced"
	"fathom/sim/handover"
	"fathom/sim/plan"
	"fathom/sim/report"
)

// linked is a profile whose devices have a link and a network of so many GB/s.
func linked(name string, link, network float64) *hw.Profile {
	p := device(name)
	p.Grid = hw.Grid{Shape: []int{64, 4}, Node: 4, Levels: []hw.Level{
		{Name: "network", Start: 0, Bandwidth: network * 1e9, Latency: 1e-5, Efficiency: 1, Path: hw.RDMA},
		{Name: "link", Start: 1, Bandwidth: link * 1e9, Latency: 1e-6, Efficiency: 1}}}
	return p
}

// splitQuestion is a small question whose split is left to the search.
func splitQuestion(devices int) *plan.Request {
	req := question()
	req.Mode, req.Devices, req.TTFTLimit, req.TPOTLimit, req.BatchMax = plan.PDRatio, devices, 900, 12, 24
	req.BatchMin, req.Search = 1, plan.SearchExhaustive
	req.Profiles = []*hw.Profile{linked("A", 50, 5)}
	for i := range req.Model.Layers {
		req.Model.Layers[i].Attention.HeadDim, req.Model.Layers[i].Attention.ValueDim = 128, 128
	}
	return req
}

// everySplit tries every size, layout, batch, budget and number of instances of a pairing, one by one.
func everySplit(t *testing.T, req *plan.Request, pair plan.Pairing) (best float64, devices int) {
	t.Helper()
	r := newRun(req, pricer(64), new(atomic.Bool))
	if err := r.prepare(); err != nil {
		t.Fatal(err)
	}
	rows := func(phase plan.Phase, p *hw.Profile) (list []report.Row) {
		for _, jobs := range r.jobs {
			for _, j := range jobs {
				if j.phase != phase || j.profile != p {
					continue
				}
				every := *j
				every.split, every.bounded = false, false // every batch, all rows kept
				var w worker
				for i := range every.tuples {
					for _, row := range w.search(&every, i).rows {
						if row.Status == report.OK && passes(&row, j.limits) {
							list = append(list, row)
						}
					}
				}
			}
		}
		return list
	}
	p, d := pair.Prefill.Profile, pair.Decode.Profile
	back := rows(plan.PhaseDecode, d)
	devices = math.MaxInt
	for _, x := range rows(plan.PhasePrefill, p) {
		for _, y := range back {
			load, err := handover.Of(req.Model, y.Strategy, req.Quant.Attention.Format(), y.MTP)
			if err != nil {
				t.Fatal(err)
			}
			way, err := handover.Between(p, d, x.Strategy.World(), y.Strategy.World(), req.KVPath)
			if err != nil {
				t.Fatal(err)
			}
			cost := handover.New(load.Bytes(req.InputLength), handover.SideOf(p, x.Strategy), handover.SideOf(d, y.Strategy),
				way)
			if round3(*x.TTFT+1000*waitOf(req, &cost, &x, 0)) > req.TTFTLimit {
				continue
			}
			pq := min(*x.QPS, cost.PrefillRate)
			dq := min(1000*float64(y.Concurrency)/(round3(*y.TPOT)*float64(req.OutputLength-1)), cost.DecodeRate)
			for np := 1; np*x.Strategy.World() < req.Devices; np++ {
				for nd := 1; np*x.Strategy.World()+nd*y.Strategy.World() <= req.Devices; nd++ {
					used := np*x.Strategy.World() + nd*y.Strategy.World()
					if pair.Prefill.Devices > 0 && np*x.Strategy.World() > pair.Prefill.Devices ||
						pair.Decode.Devices > 0 && nd*y.Strategy.World() > pair.Decode.Devices {
						continue
					}
					rate := min(float64(np)*pq, float64(nd)*dq)
					if rate > best || rate == best && used < devices {
						best, devices = rate, used
					}
				}
			}
		}
	}
	return best, devices
}

// The search equals brute force on small budgets, with and without a slow link, one or two kinds of hardware.
func TestSplitEqualsEverySplit(t *testing.T) {
	unraced.Skip(t)
	random := rand.New(rand.NewPCG(7, 8))
	answered := 0
	for range 10 {
		req := splitQuestion(2 + random.IntN(4))
		req.TTFTLimit, req.TPOTLimit = 100+float64(random.IntN(2000)), 4+float64(random.IntN(20))
		req.InputLength = 256 << random.IntN(4)
		slow := []float64{0.2, 1, 20}[random.IntN(3)]
		a, b := linked("A", 50, 5), linked("B", 50, slow)
		req.Profiles = []*hw.Profile{a}
		if random.IntN(2) == 0 {
			req.Profiles = []*hw.Profile{a, b}
			req.PrefillPools = []plan.Pool{{Profile: a, Devices: random.IntN(4)}}
			req.DecodePools = []plan.Pool{{Profile: b}}
		}
		if random.IntN(3) == 0 {
			req.PP = sizes(1)
		}
		for _, fidelity := range []plan.Fidelity{plan.Reference, plan.Corrected} {
			req.Fidelity = fidelity
			rep := answer(t, req, pricer(64))
			want, devices := everySplit(t, req, req.Pairings()[0])
			got := rep.Devices[0].PDRatio.Best
			if want == 0 {
				if got != nil {
					t.Fatalf("%d devices: found %v req/s where there is no split", req.Devices, *got.SystemQPS)
				}
				continue
			}
			answered++
			if got == nil || math.Abs(*got.SystemQPS-want) > 1e-9*want || *got.TotalDevices > devices {
				t.Fatalf("%d devices, TTFT %v, TPOT %v, %s: got %+v, want %v req/s on %d", req.Devices, req.TTFTLimit,
					req.TPOTLimit, fidelity, got, want, devices)
			}
		}
	}
	if answered < 10 {
		t.Errorf("only %d questions had an answer", answered)
	}
}

func TestSplitIsTheSameForAnyNumberOfProcessors(t *testing.T) {
	req := splitQuestion(12)
	before := runtime.GOMAXPROCS(1)
	one := answer(t, req, pricer(64))
	runtime.GOMAXPROCS(7)
	seven := answer(t, req, pricer(64))
	runtime.GOMAXPROCS(before)
	if !reflect.DeepEqual(one, seven) {
		t.Error("the report depends on GOMAXPROCS")
	}
}

// Every pairing is answered, and a pool that two pairings share is searched once.
func TestEveryPairing(t *testing.T) {
	req := splitQuestion(6)
	a, b, c := linked("A", 50, 5), linked("B", 50, 5), linked("C", 50, 5)
	req.Profiles = []*hw.Profile{a, b, c}
	req.PrefillPools = []plan.Pool{{Profile: a}, {Profile: b}}
	req.DecodePools = []plan.Pool{{Profile: b}, {Profile: c}}
	req.Prices = []plan.Price{{Device: "A", PerHour: 2}, {Device: "B", PerHour: 3}, {Device: "C", PerHour: 5}}
	rep := answer(t, req, pricer(64))
	var names []string
	for i := range rep.Devices {
		names = append(names, rep.Devices[i].Device)
		x := rep.Devices[i].PDRatio.Best
		p, d := *x.PrefillInstances*x.Prefill.Strategy.World(), *x.DecodeInstances*x.Decode.Strategy.World()
		want := 730 * (req.PriceOf(x.PrefillDevice)*float64(p) + req.PriceOf(x.DecodeDevice)*float64(d))
		if math.Abs(*x.CostPerMonth-want) > 1e-6 {
			t.Errorf("%s costs %v a month, want %v", names[i], *x.CostPerMonth, want)
		}
		said := slices.ContainsFunc(rep.Devices[i].Notes, func(m message.Message) bool { return m.Key == "note.split-network" })
		if said != (x.PrefillDevice != x.DecodeDevice) {
			t.Errorf("%s: that two networks are one is said %v", names[i], said)
		}
	}
	if got := strings.Join(names, " "); got != "A+B A+C B B+C" {
		t.Errorf("got %s", got)
	}
	if len(rep.Cross) != 4 {
		t.Errorf("%d pairings are compared", len(rep.Cross))
	}
	alone := newRun(req, pricer(64), new(atomic.Bool))
	if err := alone.prepare(); err != nil {
		t.Fatal(err)
	}
	if n := 4 * 5 * 1; alone.total >= n*20 { // 2 + 2 pools, not 4 + 4
		t.Errorf("%d strategies are searched", alone.total)
	}
}

// A link that carries fewer caches than both sides make is the bottleneck; one that takes longer than the limit leaves
// is refused with the limit that would do.
func TestSlowLink(t *testing.T) {
	req := splitQuestion(6)
	req.TTFTLimit = 1e6
	a, b := linked("A", 50, 0.05), linked("B", 50, 50)
	req.Profiles = []*hw.Profile{a, b}
	req.PrefillPools, req.DecodePools = []plan.Pool{{Profile: a}}, []plan.Pool{{Profile: b}}
	d := answer(t, req, pricer(64)).Devices[0]
	x := d.PDRatio.Best
	if x.Bottleneck != "link" || x.Transfer.Path != "rdma" || *x.SystemQPS >= min(x.PrefillQPS, x.DecodeQPS) {
		t.Errorf("%s by %s: %v of %v and %v req/s", x.Bottleneck, x.Transfer.Path, *x.SystemQPS, x.PrefillQPS, x.DecodeQPS)
	}
	req.TTFTLimit = 1000
	d = answer(t, req, pricer(64)).Devices[0]
	if d.PDRatio.Best != nil || len(d.Notes) == 0 || !strings.Contains(d.Notes[0].String(), "wait for the KV cache") {
		t.Errorf("got %v, notes %v", d.PDRatio.Best, d.Notes)
	}
}

// What cannot be split is said, with the nearest that can.
func TestBadSplits(t *testing.T) {
	for want, change := range map[string]func(*plan.Request){
		"a split needs two devices or more": func(r *plan.Request) { r.Devices = 1 },
		"the smallest is 16":                func(r *plan.Request) { r.TP = sizes(16) },
		"within the 2 devices of A that there are; the smallest that the given sizes divide is 4": func(r *plan.Request) {
			r.TP = sizes(4)
			r.PrefillPools = []plan.Pool{{Profile: r.Profiles[0], Devices: 2}}
			r.DecodePools = []plan.Pool{{Profile: r.Profiles[0]}}
		},
		"more than the 2 of A that there are": func(r *plan.Request) {
			r.PrefillDevices = 4
			r.PrefillPools = []plan.Pool{{Profile: r.Profiles[0], Devices: 2}}
			r.DecodePools = []plan.Pool{{Profile: r.Profiles[0]}}
		},
	} {
		req := splitQuestion(8)
		change(req)
		_, err := Run(t.Context(), req, pricer(64), 0, nil)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	req := splitQuestion(8) // a profile without a network: refused alone, said beside a pairing that has one
	a, b := linked("A", 50, 5), linked("B", 50, 5)
	b.Grid.Levels[0].Path = hw.Fabric
	req.Profiles = []*hw.Profile{a, b}
	req.PrefillPools, req.DecodePools = []plan.Pool{{Profile: a}}, []plan.Pool{{Profile: b}}
	if _, err := Run(t.Context(), req, pricer(64), 0, nil); err == nil ||
		!strings.Contains(err.Error(), "B states no network") {
		t.Errorf("got %v", err)
	}
	req.DecodePools = append(req.DecodePools, plan.Pool{Profile: a})
	d := answer(t, req, pricer(64)).Devices[0]
	if d.PDRatio.Best != nil || len(d.Notes) == 0 || !strings.Contains(d.Notes[0].String(), "B states no network") {
		t.Errorf("got %v, notes %v", d.PDRatio.Best, d.Notes)
	}
}

// The same devices without disaggregation stand beside a split, under both limits and no better than the best of all
// sizes that they are tried on.
func TestAggregatedBesideASplit(t *testing.T) {
	req := splitQuestion(8)
	req.TTFTLimit, req.TPOTLimit = 3000, 20
	d := answer(t, req, pricer(64)).Devices[0]
	v := d.PDRatio.Aggregated
	if v == nil || v.Devices > req.Devices || *v.Row.TTFT > req.TTFTLimit || *v.Row.TPOT > req.TPOTLimit {
		t.Fatalf("got %+v", v)
	}
	best := 0.0
	for _, n := range []int{1, 2, 4, 8} {
		own := *req
		own.Mode, own.Devices = plan.Aggregation, n
		if b := answer(t, &own, pricer(64)).Devices[0].Aggregation.Best; b != nil {
			best = max(best, float64(req.Devices/n)**b.QPS)
		}
	}
	if math.Abs(v.QPS-best) > 1e-9*best {
		t.Errorf("%v req/s, want %v", v.QPS, best)
	}
	if !slices.ContainsFunc(d.Notes, func(m message.Message) bool { return m.Key == "note.aggregated" }) {
		t.Errorf("notes %v", d.Notes)
	}
}

// Two kinds of hardware without disaggregation: replicas of one size on each, within the stock and the budget, as many
// as serve most; a plan of many answers has them only where it is asked to.
func TestAggregatedOnTwoKinds(t *testing.T) {
	req := splitQuestion(8)
	req.TTFTLimit, req.TPOTLimit = 3000, 20
	a, b := linked("A", 50, 5), linked("B", 50, 5)
	req.Profiles = []*hw.Profile{a, b}
	req.PrefillPools, req.DecodePools = []plan.Pool{{Profile: a, Devices: 3}}, []plan.Pool{{Profile: b, Devices: 4}}
	rate := func(p *hw.Profile, n int) float64 {
		own := *req
		own.Mode, own.Devices, own.Profiles, own.PrefillPools, own.DecodePools = plan.Aggregation, n, []*hw.Profile{p}, nil, nil
		if x := answer(t, &own, pricer(64)).Devices[0].Aggregation.Best; x != nil {
			return *x.QPS
		}
		return 0
	}
	best := 0.0
	for _, n := range []int{1, 2, 3} {
		for _, m := range []int{1, 2, 4} {
			best = max(best, float64(3/n)*rate(a, n)+float64(4/m)*rate(b, m))
		}
	}
	cells := NewCells(pricer(64), nil)
	rep, err := cells.Answer(t.Context(), req)
	if err != nil || rep.Devices[0].PDRatio.Aggregated != nil {
		t.Fatalf("%v; not asked for", err)
	}
	cells.Aggregated = true
	if rep, err = cells.Answer(t.Context(), req); err != nil {
		t.Fatal(err)
	}
	v := rep.Devices[0].PDRatio.Aggregated
	if v == nil || v.Device != "A" || v.Beside == nil || v.Beside.Device != "B" {
		t.Fatalf("got %+v", v)
	}
	if devices, qps := v.Total(); math.Abs(qps-best) > 1e-9*best || devices > 7 {
		t.Errorf("%v req/s on %d devices, want %v", qps, devices, best)
	}
	req.PrefillPools[0].Devices, req.Devices = 0, 4 // more than the budget has: either kind, or a part of each
	if v = answer(t, req, pricer(64)).Devices[0].PDRatio.Aggregated; v == nil {
		t.Fatal("no fleet")
	}
	if devices, _ := v.Total(); devices > 4 {
		t.Errorf("%d devices of 4", devices)
	}
}

// What a split leaves over is what there is: no more than the budget and the stock of both sides, and an instance that
// they would make no more than the stock of its side.
func TestLeftIsInStock(t *testing.T) {
	seen := 0
	for _, n := range []int{6, 9} {
		for _, stock := range []plan.Stock{{Prefill: 2, Decode: 2}, {Prefill: 1, Decode: 5}, {Prefill: 5, Decode: 1}, {Prefill: 3}} {
			req := splitQuestion(n)
			a, b := linked("A", 50, 5), linked("B", 50, 5)
			req.Profiles = []*hw.Profile{a, b}
			req.PrefillPools = []plan.Pool{{Profile: a, Devices: stock.Prefill}}
			req.DecodePools = []plan.Pool{{Profile: b, Devices: stock.Decode}}
			of := req.Pairings()[0].Stock()
			for _, x := range answer(t, req, pricer(64)).Devices[0].PDRatio.Candidates {
				used := map[plan.Phase]int{plan.PhasePrefill: *x.PrefillInstances * x.Prefill.Strategy.World(),
					plan.PhaseDecode: *x.DecodeInstances * x.Decode.Strategy.World()}
				over := min(n, of.Both) - *x.TotalDevices
				l := x.Left
				if l == nil {
					if over > 0 {
						t.Errorf("%d of %+v: %d are left over, none said", n, stock, over)
					}
					continue
				}
				if l.Devices != over {
					t.Errorf("%d of %+v: %d are left over, said %d", n, stock, over, l.Devices)
				}
				if l.Instance == 0 {
					continue
				}
				seen++
				used[l.Phase] += l.Instance
				if !of.Holds(used[plan.PhasePrefill], used[plan.PhaseDecode]) {
					t.Errorf("%d of %+v: one %v instance more of %d is %v", n, stock, l.Phase, l.Instance, used)
				}
			}
		}
	}
	if seen == 0 {
		t.Error("no instance more was named")
	}
}

// Devices of the other side are left over, those of the side that holds the rest up are used up: that is said.
func TestUsedUpStockIsSaid(t *testing.T) {
	req := splitQuestion(12)
	a, b := linked("A", 500, 500), linked("B", 500, 500)
	req.Profiles, req.PrefillDevices, req.DecodeDevices = []*hw.Profile{a, b}, 1, 1
	req.PrefillPools = []plan.Pool{{Profile: a, Devices: 1}}
	req.DecodePools = []plan.Pool{{Profile: b, Devices: 11}}
	best := answer(t, req, pricer(64)).Devices[0].PDRatio.Best
	if best == nil || best.Left == nil || !best.Left.Short || best.Left.Room != 0 {
		t.Fatalf("%+v", best)
	}
}

// Of two kinds of hardware each has its own cap and its own engine, and the notes name both.
func TestNotesOfTwoKinds(t *testing.T) {
	req := splitQuestion(6)
	a, b := linked("A", 50, 5), linked("B", 50, 5)
	a.Vendor, a.PowerWatts, a.IdleWatts = "NVIDIA", 700, 74
	b.Vendor, b.PowerWatts, b.IdleWatts = "Huawei", 600, 74
	req.Profiles, req.PowerCap, req.Fidelity, req.TP = []*hw.Profile{a, b}, 400, plan.Corrected, sizes(1, 3)
	req.PrefillPools, req.DecodePools = []plan.Pool{{Profile: a}}, []plan.Pool{{Profile: b}}
	var said []string
	for _, m := range answer(t, req, pricer(64)).Devices[0].Notes {
		said = append(said, m.String())
	}
	all := strings.Join(said, "\n")
	for _, want := range []string{"A: capped at 400 W", "B: capped at 400 W", "vLLM / vLLM-Ascend"} {
		if !strings.Contains(all, want) {
			t.Errorf("%q is missing from\n%s", want, all)
		}
	}
}
