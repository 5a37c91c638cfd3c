package search

import (
	"cmp"
	"slices"

	"fathom/sim/report"
)

// doubt is by how much a played run may serve more than the closed form of its strategy says: over all layouts of
// DeepSeek-V3 on 8 to 64 H200 it was a quarter at most.
const doubt = 1.5

// likely searches a job of which only the best row is wanted. Where points are played, strategies of which the closed
// forms promise less than a played one serves, however much they err, are dropped unplayed.
func (r *run) likely(device, k int, j *job) {
	if !j.plays() || j.judge != nil || len(j.tuples) < 3 {
		r.search(device, k, j)
		return
	}
	scout := *j
	scout.scout = true
	promised := make([]float64, len(j.tuples))
	r.each(&scout, func(i int, f found) { promised[i] = f.promised })
	order := make([]int, 0, len(j.tuples))
	for i, p := range promised {
		if p > 0 {
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(cmp.Compare(promised[b], promised[a]), a-b) })
	// Which ones are played must not depend on who is done first: the two of most promise alone, then whoever is left.
	all := j.tuples
	var list []found
	most := 0.0
	for len(order) > 0 && !r.stopped.Load() {
		n := len(order)
		if most == 0 {
			n = min(n, 2)
		}
		j.tuples = j.tuples[:0:0]
		for _, i := range order[:n] {
			if promised[i]*doubt >= most {
				j.tuples = append(j.tuples, all[i])
			}
		}
		order = order[n:]
		r.search(device, k, j)
		for t := range r.found[device][k] {
			f := &r.found[device][k][t]
			for x := range f.rows {
				if f.rows[x].Status == report.OK {
					most = max(most, f.rows[x].Throughput)
				}
			}
		}
		list = append(list, r.found[device][k]...)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.found[device][k], j.tuples = list, j.tuples[:0:0]
	for i := range list { // labels of the outcomes stand beside the tuples
		j.tuples = append(j.tuples, tuple{label: list[i].outcome.Label})
	}
}

// promise is what the closed forms let a played strategy serve within the limits, tokens per second; 0: nothing.
func (w *worker) promise() float64 {
	p, l := w.played, &w.load
	if p.bench == nil {
		return 0
	}
	n := p.guess(firstBatch, p.largest(), w.job.limits) * l.Replicas()
	e, err := p.bench.Estimate(n)
	if err != nil {
		return 0
	}
	return float64(n) * float64(l.Output) / (e.TTFT + float64(l.Output-1)*e.TPOT)
}
