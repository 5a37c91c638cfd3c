package search

import (
	"fathom/sim/report"
)

// Points of a run that are kept whole, and those that a report of a run at work repeats.
const (
	keepPoints  = 100_000
	briefPoints = keepPoints / 4
)

// thin keeps the telling rows of one strategy, and nothing of the others. Thinning twice is thinning once.
func thin(rows []report.Row) []report.Row {
	kept := telling(rows)
	for i := range kept {
		kept[i].Detach()
	}
	return kept
}

// telling are of one strategy its best rows, its first failing point per reason, and the points that could be on a
// Pareto front.
func telling(rows []report.Row) []report.Row {
	keep := make([]bool, len(rows))
	for _, i := range report.Front(rows) {
		keep[i] = true
	}
	best, listed, rate := -1, -1, -1 // best of all, best that may win under the reference search, most requests per second
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
	n := 0
	for _, k := range keep {
		if k {
			n++
		}
	}
	out := make([]report.Row, 0, n)
	for i := range rows {
		if keep[i] {
			out = append(out, rows[i])
		}
	}
	return out
}
