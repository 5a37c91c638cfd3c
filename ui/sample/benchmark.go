package sample

import (
	"math"

	"fathom/sim/plan"
	"fathom/sim/report"
)

func stat(mean float64) report.Stat {
	return report.Stat{Mean: mean, P50: 0.9 * mean, P90: 1.4 * mean, P95: 1.7 * mean, P99: 2.2 * mean}
}

// Benchmark is a closed loop and a load curve that saturates at 2 requests per second, of a mix where the request is
// one.
func Benchmark(q *plan.Request) (*report.Traffic, []report.LoadPoint) {
	capacity, within := 2.0, 0.964
	t := &report.Traffic{Kind: plan.TrafficClosed, TTFT: stat(480), TPOT: stat(14), E2E: stat(21_400), FirstWave: 2100,
		Steady: 300, Throughput: 1610, QPS: 1.19, KVPeak: 0.62, Bind: "decode", Capacity: &capacity, Goodput: &within}
	if q != nil && q.Workload != nil {
		t.Classes = classes(q.Workload)
	}
	for i := range 96 {
		x := float64(i) / 95
		t.Timeline = append(t.Timeline, report.Moment{At: 400 * x, Running: 22 - int(20*x*x*x*x),
			Waiting: int(8 * math.Exp(-20*x)), KV: 0.62 * (1 - x*x*x*x) * (1 - math.Exp(-30*x))})
	}
	var curve []report.LoadPoint
	for i := range 11 {
		share := 0.1 * float64(i+1)
		within := 1 / (1 + math.Exp(20*(share-0.95)))
		p := report.LoadPoint{Traffic: report.Traffic{Kind: plan.TrafficPoisson, Rate: share * capacity,
			TTFT: stat(200 / max(0.05, 1.05-share)), Goodput: &within,
			TPOT: stat(9 + 8*share), QPS: min(share, 1) * capacity, Bind: "load"}, Saturated: share >= 1}
		curve = append(curve, p)
	}
	return t, curve
}

func classes(w *plan.Workload) (list []report.Met) {
	for i := range w.Classes {
		x := float64(i + 1)
		list = append(list, report.Met{Name: w.Classes[i].Name, Requests: 400 / (i + 1), Throughput: 1610 / x / 2,
			TTFT: stat(200 * x), TPOT: stat(10 + x), E2E: stat(4000 * x), Goodput: 1 - 0.02*float64(i)})
	}
	return list
}

// held is what a row shows against the limits of a request that has to be played; nil for any other.
func held(q *plan.Request, row *report.Row) *report.Held {
	if !q.Played() {
		return nil
	}
	h := &report.Held{QPS: *row.QPS, Throughput: row.Throughput, Concurrency: row.Concurrency, TTFT: stat(*row.TTFT / 2.5),
		TPOT: stat(*row.TPOT), E2E: stat(21_400), Goodput: 0.964}
	h.Promises = []report.Promise{{Metric: report.MetricTTFT, At: q.TTFTAt, Value: h.TTFT.P99, Limit: q.TTFTLimit},
		{Metric: report.MetricTPOT, At: q.TPOTAt, Value: h.TPOT.Mean, Limit: q.TPOTLimit},
		{Metric: report.MetricGoodput, Value: h.Goodput, Limit: q.Goodput}}
	if q.Workload != nil {
		h.Classes = classes(q.Workload)
		for i := range h.Classes {
			h.Promises = append(h.Promises, report.Promise{Metric: report.MetricTTFT, At: plan.P99, Class: h.Classes[i].Name,
				Value: h.Classes[i].TTFT.P99, Limit: 2000})
		}
	}
	return h
}
