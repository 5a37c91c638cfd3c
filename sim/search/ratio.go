package search

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/sim/serve"
)

// balancedWithin is the relative difference of two rates below which neither side is called the bottleneck.
const balancedWithin = 0.01

// side is the row of one strategy with most requests per second.
type side struct {
	row *report.Row
	qps float64
}

// joinable picks, by strategy, the row that any pair of it would use. The reference tool joins every row with every row
// and then keeps the best pair of two labels; since its order looks at the rates first, that is the pair of these rows
// (search-and-serving 5.2).
func joinable(rows []report.Row, limits serve.Limits, listedOnly bool, qps func(*report.Row) float64) []side {
	best := map[string]side{}
	for i := range rows {
		r := &rows[i]
		if r.Status != report.OK || listedOnly && !r.Listed || !passes(r, limits) {
			continue
		}
		s := side{r, qps(r)}
		if !(s.qps > 0) || math.IsInf(s.qps, 0) {
			continue
		}
		if old, ok := best[r.Label]; !ok || compareSides(s, old) < 0 {
			best[r.Label] = s
		}
	}
	list := make([]side, 0, len(best))
	for _, s := range best {
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b side) int { return cmp.Compare(a.row.Label, b.row.Label) })
	return list
}

// compareSides is the part of the order of pairs that concerns one side.
func compareSides(a, b side) int {
	return cmp.Or(
		cmp.Compare(b.qps, a.qps),
		cmp.Compare(round3(*a.row.Latency()), round3(*b.row.Latency())),
		cmp.Compare(b.row.Batch, a.row.Batch),
		cmp.Compare(b.row.Concurrency, a.row.Concurrency),
		cmp.Compare(a.row.MaxBatched, b.row.MaxBatched),
	)
}

// ratios pairs prefill and decode strategies and splits the devices between them.
func ratios(prefill, decode []report.Row, req *plan.Request, device string, sw serve.Switches,
	listedOnly bool) *report.RatioSection {
	ph := phases(req)
	answers := float64(max(req.OutputLength-1, 1))
	// Prefill rows carry their rate already, from the rounded TTFT or, corrected, the makespan. The decode rate is not
	// that of the decode table: here the first token comes from prefill, so an answer has one step less.
	ps := joinable(prefill, ph[0].limits, listedOnly, func(r *report.Row) float64 {
		if r.QPS == nil || round3(*r.TTFT) <= 0 {
			return 0
		}
		return *r.QPS
	})
	ds := joinable(decode, ph[1].limits, listedOnly, func(r *report.Row) float64 {
		return 1000 * float64(r.Concurrency) / (round3(*r.TPOT) * answers)
	})
	var list []report.Ratio
	for _, p := range ps {
		for _, d := range ds {
			if x := pair(p, d, req, device, sw.SplitByRate); thrifty(&x, req) {
				list = append(list, x)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b report.Ratio) int { return compareRatios(&a, &b, sw.SplitByRate) })
	if !sw.SplitByRate {
		list = distinct(list)
	}
	s := &report.RatioSection{Candidates: list}
	if len(list) > 0 {
		s.Best = &list[0]
	}
	return s
}

// compareRatios is the reference tool's order. With a split that is made for throughput, the rate of all devices comes
// first.
func compareRatios(a, b *report.Ratio, bySystem bool) int {
	system := 0
	if bySystem {
		system = cmp.Compare(value(b.SystemQPS), value(a.SystemQPS))
	}
	return cmp.Or(system,
		cmp.Compare(b.Balanced, a.Balanced),
		cmp.Compare(b.DecodeQPS, a.DecodeQPS),
		cmp.Compare(b.PrefillQPS, a.PrefillQPS),
		compareLatency(a.Prefill.TTFT, b.Prefill.TTFT),
		compareLatency(a.Decode.TPOT, b.Decode.TPOT),
		cmp.Compare(b.Decode.Batch, a.Decode.Batch),
		cmp.Compare(b.Prefill.Batch, a.Prefill.Batch),
		cmp.Compare(b.Decode.Concurrency, a.Decode.Concurrency),
		cmp.Compare(b.Prefill.Concurrency, a.Prefill.Concurrency),
		cmp.Compare(a.Prefill.Label, b.Prefill.Label),
		cmp.Compare(a.Decode.Label, b.Decode.Label),
	)
}

// value is 0 where there is none.
func value(v *float64) float64 {
	if v == nil {
		return 0
	}
	return *v
}

// distinct keeps the first of all pairs whose balanced rates round to the same two decimals, as the reference tool's
// table.
func distinct(list []report.Ratio) []report.Ratio {
	seen := map[string]bool{}
	return slices.DeleteFunc(list, func(r report.Ratio) bool {
		k := strconv.FormatFloat(r.Balanced, 'f', 2, 64)
		old := seen[k]
		seen[k] = true
		return old
	})
}

// pair joins two sides and splits the devices between their instances.
func pair(p, d side, req *plan.Request, device string, byRate bool) report.Ratio {
	r := report.Ratio{Prefill: *p.row, Decode: *d.row, PrefillQPS: p.qps, DecodeQPS: d.qps,
		Balanced: min(p.qps, d.qps), PDRatio: d.qps / p.qps}
	// Instances are printed only where a pair of whole numbers fits the devices.
	split := splitByRounding
	if byRate {
		split = splitByRate
	}
	np, nd := split(p.qps, d.qps, req.Devices, req.PrefillDevices, req.DecodeDevices)
	if np == 0 {
		r.Bottleneck = bottleneck(p.qps, d.qps)
		return r
	}
	SetInstances(&r, np, nd, req, device)
	return r
}

// SetInstances fills in what follows from a number of prefill and decode instances. A PD-ratio view calls it when its
// user changes them.
func SetInstances(r *report.Ratio, prefills, decodes int, req *plan.Request, device string) {
	pDevices, dDevices := prefills*cmp.Or(req.PrefillDevices, r.Prefill.Strategy.World()),
		decodes*cmp.Or(req.DecodeDevices, r.Decode.Strategy.World())
	p, d := r.Rates()
	pRate, dRate := float64(prefills)*p, float64(decodes)*d
	total, system := pDevices+dDevices, min(pRate, dRate)
	r.PrefillInstances, r.DecodeInstances, r.TotalDevices, r.SystemQPS = &prefills, &decodes, &total, &system
	r.Bottleneck = bottleneck(pRate, dRate)
	if r.Bottleneck != "decode" && p < r.PrefillQPS || r.Bottleneck != "prefill" && d < r.DecodeQPS {
		r.Bottleneck = "link"
	}
	r.Power = power(r, req, device)
	r.CostPerMonth, r.CostPerMTok = nil, nil
	pPrice, dPrice := req.PriceOf(cmp.Or(r.PrefillDevice, device)), req.PriceOf(cmp.Or(r.DecodeDevice, device))
	if pPrice > 0 && dPrice > 0 && system > 0 {
		hour := pPrice*float64(pDevices) + dPrice*float64(dDevices)
		if pPrice == dPrice {
			hour = pPrice * float64(total)
		}
		month := hour * hoursPerMonth
		tokens := hour / (system * float64(req.OutputLength) * 3600) * 1e6
		r.CostPerMonth, r.CostPerMTok = &month, &tokens
	}
}

// bottleneck names the side that limits the whole.
func bottleneck(prefill, decode float64) string {
	switch {
	case math.Abs(prefill-decode) <= balancedWithin*max(prefill, decode):
		return "balanced"
	case prefill < decode:
		return "prefill"
	}
	return "decode"
}

// splitByRounding is the reference tool's split: the numbers of instances whose rounding error is least, the smallest
// of them where several are equal. It leaves devices idle (search-and-serving 5.3, 5.4). 0, 0: none fits.
func splitByRounding(pQPS, dQPS float64, total, p, d int) (prefills, decodes int) {
	ratio, least := dQPS/pQPS, math.Inf(1)
	for n := 1; n <= total/d; n++ {
		ideal := float64(n) * ratio
		k := max(1, math.RoundToEven(ideal)) // half to even, as Python rounds
		if k*float64(p)+float64(n*d) > float64(total) {
			continue
		}
		if e := math.Abs(k - ideal); e < least {
			prefills, decodes, least = int(k), n, e
		}
	}
	return prefills, decodes
}

// splitByRate maximises the requests per second of all devices; of equal splits it takes the one with fewest devices
// (corrected.md, "PD split").
func splitByRate(pQPS, dQPS float64, total, p, d int) (prefills, decodes int) {
	best, devices := 0.0, math.MaxInt
	for k := 1; k*p+d <= total; k++ {
		room := (total - k*p) / d
		// More decode instances than the prefill side can feed are idle.
		n := room
		if need := math.Ceil(float64(k) * pQPS / dQPS); need < float64(room) {
			n = max(1, int(need))
		}
		rate, used := min(float64(k)*pQPS, float64(n)*dQPS), k*p+n*d
		if rate > best || rate == best && used < devices {
			prefills, decodes, best, devices = k, n, rate, used
		}
	}
	return prefills, decodes
}
