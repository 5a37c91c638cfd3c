package search

import (
	"fathom/hw/message"
	"fathom/sim/bench"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/sim/serve"
	"fathom/sim/traffic"
)

// judge holds played requests against limits that closed forms know nothing of: percentiles, time to the last token,
// goodput, and the limits of classes. It is read-only.
type judge struct {
	bounds []bound
	single traffic.Limits // of one request, for goodput
}

// on is a deployment whose runs the judge can hold against its limits, with requests from a seed. Means alone come from
// one run.
func (j *judge) on(b *bench.Bench, seed uint64) *bench.Bench {
	b = b.Judged(j.single).Seeded(seed)
	for _, x := range j.bounds {
		if x.at != plan.Mean || x.metric == report.MetricGoodput {
			return b.Sampled()
		}
	}
	return b
}

// bound is one limit; class is the place of the class that it is for, -1 for all requests. Latencies are in seconds.
type bound struct {
	metric report.Metric
	at     plan.Percentile
	class  int
	limit  float64
}

// judgeOf is the judge of a request; nil where closed forms answer it. Calibrated figures come from simulations anyway,
// so that the time to the last token is read there.
func judgeOf(req *plan.Request, f plan.Fidelity) *judge {
	if !req.Played() && (req.E2ELimit <= 0 || f != plan.Calibrated) {
		return nil
	}
	j := &judge{single: limitsOf(req)}
	j.of(req)
	return j
}

// of takes the limits of a plan and of its classes.
func (j *judge) of(req *plan.Request) {
	j.add(-1, plan.Limit{At: req.TPOTAt, MS: req.TPOTLimit}, plan.Limit{At: req.TTFTAt, MS: req.TTFTLimit},
		plan.Limit{At: req.E2EAt, MS: req.E2ELimit}, req.Goodput)
	if w := req.Workload; w != nil {
		for i := range w.Classes {
			c := &w.Classes[i]
			j.add(i, c.TPOT, c.TTFT, c.E2E, c.Goodput)
		}
	}
}

func (j *judge) add(class int, tpot, ttft, e2e plan.Limit, goodput float64) {
	for _, l := range []struct {
		metric report.Metric
		plan.Limit
	}{{report.MetricTPOT, tpot}, {report.MetricTTFT, ttft}, {report.MetricE2E, e2e}} {
		if l.MS > 0 {
			j.bounds = append(j.bounds, bound{l.metric, l.At, class, l.MS / 1000})
		}
	}
	if goodput > 0 {
		j.bounds = append(j.bounds, bound{report.MetricGoodput, plan.Mean, class, goodput})
	}
}

// classesOf are the classes that a request's traffic is drawn from; nil: requests of one length. A class without limits
// of its own is held against those of the plan.
func classesOf(req *plan.Request) []traffic.Class {
	all := limitsOf(req)
	if w := req.Workload; w != nil {
		list := make([]traffic.Class, len(w.Classes))
		for i := range w.Classes {
			c := &w.Classes[i]
			list[i] = c.Class
			list[i].Limits = all
			for _, l := range []struct {
				own  plan.Limit
				into *float64
			}{{c.TTFT, &list[i].Limits.TTFT}, {c.TPOT, &list[i].Limits.TPOT}, {c.E2E, &list[i].Limits.E2E}} {
				if l.own.MS > 0 {
					*l.into = l.own.MS / 1000
				}
			}
		}
		return list
	}
	if len(req.Distribution) > 0 {
		return []traffic.Class{{Name: req.InputFile, Share: 1, Input: req.Distribution,
			Output: []traffic.Bin{{Min: req.OutputLength, Max: req.OutputLength + 1, Weight: 1}}, Limits: all}}
	}
	return nil
}

// held puts what requests met beside every bound. rate is what open arrivals send per second, 0 in a closed loop.
func (j *judge) held(r *traffic.Result, rate float64) *report.Held {
	h := &report.Held{Rate: rate, QPS: r.Rate, Throughput: r.Output, TTFT: statOf(r.TTFT), TPOT: statOf(r.TPOT),
		E2E: statOf(r.E2E), Goodput: r.Goodput}
	h.Classes = metOf(r)
	if rate > 0 && r.FellBehind(rate) {
		h.Promises = append(h.Promises, report.Promise{Metric: report.MetricRate, Value: r.Rate, Limit: rate})
	}
	for _, b := range j.bounds {
		x := report.Promise{Metric: b.metric, At: b.at, Limit: 1000 * b.limit}
		of := [...]report.Stat{h.TPOT, h.TTFT, h.E2E}
		goodput, noise := h.Goodput, &r.Noise
		if b.class >= 0 {
			c := &h.Classes[b.class]
			of, goodput, x.Class = [...]report.Stat{c.TPOT, c.TTFT, c.E2E}, c.Goodput, c.Name
			noise = &r.Classes[b.class].Noise
			if c.Requests == 0 {
				continue // too rare for the run: nothing is known of it
			}
		}
		if b.metric == report.MetricGoodput {
			x.Value, x.Limit, x.Noise = goodput, b.limit, noise.Goodput
		} else {
			x.Value = at(of[b.metric], b.at)
			x.Noise = at(statOf([...]traffic.Stat{noise.TPOT, noise.TTFT, noise.E2E}[b.metric]), b.at)
		}
		h.Promises = append(h.Promises, x)
	}
	return h
}

// metOf is what the classes of a run met.
func metOf(r *traffic.Result) (list []report.Met) {
	for i := range r.Classes {
		c := &r.Classes[i]
		list = append(list, report.Met{Name: c.Name, Requests: c.Requests, Throughput: c.Output, TTFT: statOf(c.TTFT),
			TPOT: statOf(c.TPOT), E2E: statOf(c.E2E), Goodput: c.Goodput})
	}
	return list
}

// limitsOf are those that one request of a plan is held against.
func limitsOf(req *plan.Request) traffic.Limits {
	return traffic.Limits{TTFT: req.TTFTLimit / 1000, TPOT: req.TPOTLimit / 1000, E2E: req.E2ELimit / 1000}
}

// at is a statistic of a distribution.
func at(s report.Stat, p plan.Percentile) float64 {
	return [plan.NumPercentiles]float64{s.Mean, s.P50, s.P90, s.P95, s.P99}[p]
}

func statOf(s traffic.Stat) report.Stat {
	return report.Stat{Mean: 1000 * s.Mean, P50: 1000 * s.P50, P90: 1000 * s.P90, P95: 1000 * s.P95, P99: 1000 * s.P99}
}

// status is that of the first bound that is broken.
func statusOf(h *report.Held) report.Status {
	for i := range h.Promises {
		if b := &h.Promises[i]; b.Broken() {
			return b.Status()
		}
	}
	return report.OK
}

// meant is the request as a judged simulation has it: a distribution of prompts is a class of requests, and its mean
// stands for them where one length is asked for.
func meant(req *plan.Request) *plan.Request {
	if !req.Played() || len(req.Distribution) == 0 {
		return req
	}
	own := *req
	own.InputLength = serve.NewLengths(req.Distribution, 0).Full
	return &own
}

// judged gives a job of aggregation its judge, where the request needs one; limits are the judge's then.
func (j *job) judged(req *plan.Request) {
	if j.phase != plan.PhaseAggregation {
		return
	}
	if j.judge = judgeOf(req, j.fidelity); j.judge != nil {
		j.req, j.limits, j.lengths = req, serve.Limits{}, nil
	}
}

// broken says every bound that a row breaks.
func broken(h *report.Held) message.Message {
	var all []message.Message
	for _, b := range h.Broken() {
		all = append(all, b.Missed())
	}
	return message.Join(all)
}
