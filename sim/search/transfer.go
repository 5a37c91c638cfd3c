package search

import (
	"math"

	"fathom/sim/handover"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/sim/serve"
	"fathom/sim/software"
)

// overlapped is the number of layers whose caches the engine of a job sends one by one while it computes the next; 0
// where it sends a prompt's cache when the prompt is done.
func (j *job) overlapped() int {
	if j.req.Serving.On(j.profile).Engine().Handover.Overlap == software.ByLayer {
		return len(j.req.Model.Layers)
	}
	return 0
}

// waitOf is the mean time in seconds that the prompts of a prefill row wait for their caches to arrive, beyond their
// prefill. Prompts that share a forward end together; the forwards of a batch follow each other.
func waitOf(req *plan.Request, c *handover.Cost, r *report.Row, layers int) float64 {
	length := max(1, serve.Effective(req.InputLength, req.PrefixCacheHitRate))
	group := min(r.Batch, max(1, r.MaxBatched/length))
	groups := (r.Batch + group - 1) / max(1, group)
	makespan := *r.TTFT / 1000
	if r.QPS != nil && *r.QPS > 0 {
		makespan = math.Max(makespan, float64(r.Concurrency) / *r.QPS)
	}
	return c.Wait(group, groups, makespan/float64(max(1, groups)), layers)
}

// transfers tells what moving the cache takes for the pairs of two given instance sizes. The reference tool knows no
// transfer, so that nothing else of a pair changes. The error is why there is no way between them.
func (r *run) transfers(i int, list []report.Ratio) error {
	p, d := r.job(i, plan.PhasePrefill), r.job(i, plan.PhaseDecode)
	m := &match{run: r, pair: r.req.Pairings()[i], prefill: p, decode: d, bytes: map[layout]float64{},
		layers: p.overlapped()}
	for k := range list {
		x := &list[k]
		x.PrefillDevice, x.DecodeDevice = p.profile.Name, d.profile.Name
		cost, ok := m.cost(&front{layoutOf(&x.Prefill), []side{{row: &x.Prefill}}},
			&front{layoutOf(&x.Decode), []side{{row: &x.Decode}}})
		if ok && len(r.req.Model.Layers) > 0 {
			x.Transfer = m.transferOf(&cost, m.wait(&cost, &x.Prefill), false)
		}
	}
	return m.lost
}

func (m *match) transferOf(c *handover.Cost, wait float64, counted bool) *report.Transfer {
	return &report.Transfer{Counted: counted, ByLayer: m.layers > 0, Bytes: c.Bytes, MS: 1000 * c.Seconds, Exposed: wait,
		Path: c.Way.Path.String(),
		Link: c.Way.Name, GBs: c.Way.Link.Bandwidth / 1e9, PrefillQPS: c.PrefillRate, DecodeQPS: c.DecodeRate}
}
