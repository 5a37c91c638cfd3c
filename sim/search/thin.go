package search

import (
	"cmp"
	"slices"

	"fathom/sim/plan"
	"fathom/sim/report"
)

// keepPoints is how many points of a run are kept whole.
const keepPoints = 100_000

// latency is the figure that throughput is traded against: TPOT, in a prefill phase TTFT.
func latency(r *report.Row) *float64 {
	if r.Phase == plan.PhasePrefill {
		return r.TTFT
	}
	return r.TPOT
}

// Front gives the places of the rows that no other feasible row beats in both throughput per device and latency, by rising
// latency.
func Front(rows []report.Row) []int {
	var places []int
	for i := range rows {
		if rows[i].Status == report.OK && latency(&rows[i]) != nil {
			places = append(places, i)
		}
	}
	slices.SortFunc(places, func(a, b int) int {
		return cmp.Or(cmp.Compare(*latency(&rows[a]), *latency(&rows[b])), cmp.Compare(rows[b].PerDevice, rows[a].PerDevice), cmp.Compare(a, b))
	})
	front := places[:0]
	for _, i := range places {
		if n := len(front); n > 0 {
			last := &rows[front[n-1]]
			same := rows[i].PerDevice == last.PerDevice && *latency(&rows[i]) == *latency(last)
			if rows[i].PerDevice <= last.PerDevice && !same {
				continue
			}
		}
		front = append(front, i)
	}
	return front
}

// thin keeps of one strategy its best rows, its first failing point per reason, and the points that could be on a Pareto
// front. Thinning twice is thinning once.
func thin(rows []report.Row) []report.Row {
	keep := make([]bool, len(rows))
	for _, i := range Front(rows) {
		keep[i] = true
	}
	best, listed, rate := -1, -1, -1
	failing := map[report.Status]int{}
	for i := range rows {
		r := &rows[i]
		switch {
		case r.Status == report.Invalid:
			keep[i] = true
		case r.Status != report.OK:
			if k, ok := failing[r.Status]; !ok || r.Batch < rows[k].Batch {
				failing[r.Status] = i
			}
		default:
			if best < 0 || better(r, &rows[best]) < 0 {
				best = i
			}
			if r.Listed && (listed < 0 || better(r, &rows[listed]) < 0) {
				listed = i
			}
			// A PD ratio joins the rows with most requests per second, which need not be those with most tokens.
			if r.Listed && r.QPS != nil && (rate < 0 || *r.QPS > *rows[rate].QPS) {
				rate = i
			}
		}
	}
	for _, i := range []int{best, listed, rate} {
		if i >= 0 {
			keep[i] = true
		}
	}
	for _, i := range failing {
		keep[i] = true
	}
	out := make([]report.Row, 0, 16)
	for i := range rows {
		if keep[i] {
			out = append(out, rows[i])
		}
	}
	return out
}
