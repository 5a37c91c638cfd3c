package search

import (
	"fathom/sim/report"
)

// keepPoints is how many points of a run are kept whole.
const keepPoints = 100_000

// thin keeps of one strategy its best rows, its first failing point per reason, and the points that could be on a
// Pareto front. Thinning twice is thinning once.
func thin(rows []report.Row) []report.Row {
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
	out := make([]report.Row, 0, 16)
	for i := range rows {
		if keep[i] {
			out = append(out, rows[i])
		}
	}
	return detached(out)
}

// detached copies the figures that rows point to, which share their memory with the rows that are dropped.
func detached(rows []report.Row) []report.Row {
	for i := range rows {
		r := &rows[i]
		for _, p := range []**float64{&r.TTFT, &r.TPOT, &r.QPS, &r.CostPerMTok, &r.CostPerMonth} {
			if *p != nil {
				v := **p
				*p = &v
			}
		}
		if r.Power != nil {
			v := *r.Power
			r.Power = &v
		}
		for _, p := range []**report.Shares{&r.Prefill, &r.Decode} {
			if *p != nil {
				v := **p
				*p = &v
			}
		}
	}
	return rows
}
