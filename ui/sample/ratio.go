package sample

import (
	"cmp"

	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/report"
)

// Ratio answers a PD-ratio request: two prefill shapes joined with two decode shapes.
func Ratio(q *plan.Request) *report.Report {
	r := &report.Report{Engine: "embedded", Fidelity: "reference", Search: plan.SearchReference, ElapsedMS: 3.1,
		Mode: q.Mode, Request: q}
	prefills, decodes := cmp.Or(q.PrefillDevices, 4), cmp.Or(q.DecodeDevices, 8)
	for _, both := range q.Pairings() {
		p := both.Prefill.Profile
		d := report.Device{Device: both.Name(), Fidelity: plan.Reference, Prefill: &report.Section{},
			Decode:  &report.Section{},
			PDRatio: &report.RatioSection{}}
		for _, tp := range []int{1, 2} {
			d.Prefill.Candidates = append(d.Prefill.Candidates, side(q, plan.PhasePrefill, tp, prefills,
				4.84/float64(tp)))
		}
		for _, tp := range []int{4, 8} {
			d.Decode.Candidates = append(d.Decode.Candidates, side(q, plan.PhaseDecode, tp, decodes, 2.51*4/float64(tp)))
		}
		d.Prefill.Best, d.Decode.Best = &d.Prefill.Candidates[0], &d.Decode.Candidates[0]
		for _, a := range d.Prefill.Candidates {
			for _, b := range d.Decode.Candidates {
				x := pair(a, b)
				if q.SplitSearched() {
					moved(&x, p.Name, both.Decode.Profile.Name)
				}
				d.PDRatio.Candidates = append(d.PDRatio.Candidates, x)
			}
		}
		d.PDRatio.Best = &d.PDRatio.Candidates[0]
		d.Evaluated, d.Counts = 96, report.Counts{OK: 60, TTFT: 20, TPOT: 10, OOM: 6}
		r.Devices = append(r.Devices, d)
		r.Cross = append(r.Cross, report.Cross{Device: both.Name(), Throughput: d.PDRatio.Best.Balanced, RatioToFirst: 1,
			Ratio: d.PDRatio.Best})
	}
	return r
}

func side(q *plan.Request, p plan.Phase, tp, devices int, qps float64) report.Row {
	row := point(q, tp, 22, 22, 1, 4840, 1654, 49.9, 20)
	row.Phase, row.QPS = p, &qps
	row.Strategy.DP = max(1, devices/tp)
	row.Label, row.Status, row.Reason = row.Strategy.Label(0), report.OK, message.Message{}
	if p == plan.PhasePrefill {
		row.TPOT, row.Decode = nil, nil
	} else {
		row.TTFT, row.Prefill = nil, nil
	}
	return row
}

func pair(p, d report.Row) report.Ratio {
	r := report.Ratio{Prefill: p, Decode: d, PrefillQPS: *p.QPS, DecodeQPS: *d.QPS, PDRatio: *d.QPS / *p.QPS,
		Bottleneck: "decode"}
	r.Balanced = min(r.PrefillQPS, r.DecodeQPS)
	one, two := 1, 2
	total := p.Strategy.World() + 2*d.Strategy.World()
	system := min(r.PrefillQPS, 2*r.DecodeQPS)
	r.PrefillInstances, r.DecodeInstances, r.TotalDevices, r.SystemQPS = &one, &two, &total, &system
	return r
}

// moved gives a pair the way of its KV cache, over links that carry half of what prefill makes.
func moved(x *report.Ratio, prefill, decode string) {
	x.PrefillDevice, x.DecodeDevice = prefill, decode
	x.Transfer = &report.Transfer{Bytes: 917504000, MS: 52.4, Exposed: 61.2, Counted: true, Path: "rdma",
		Link: "RoCE between servers", GBs: 17.5, PrefillQPS: x.PrefillQPS / 2, DecodeQPS: 152}
	system := x.PrefillQPS / 2
	x.SystemQPS, x.Bottleneck = &system, "link"
}
