package search

import (
	"cmp"
	"slices"

	"fathom/sim/report"
	"fathom/sim/serve"
)

// section picks the best row of each strategy, best throughput first (search-and-serving 8.2). Under the reference
// search only rows that its own tables would list can win. Rows are compared as it stores them, with three decimals.
func section(rows []report.Row, limits serve.Limits, listedOnly bool) *report.Section {
	best := map[string]int{} // place of the best row, by label
	for i := range rows {
		r := &rows[i]
		if r.Status != report.OK || listedOnly && !r.Listed || !passes(r, limits) {
			continue
		}
		if k, ok := best[r.Label]; !ok || better(r, &rows[k]) < 0 {
			best[r.Label] = i
		}
	}
	s := &report.Section{Candidates: make([]report.Row, 0, len(best))}
	for _, i := range best {
		s.Candidates = append(s.Candidates, rows[i])
	}
	slices.SortFunc(s.Candidates, func(a, b report.Row) int { return better(&a, &b) })
	if len(s.Candidates) > 0 {
		s.Best = &s.Candidates[0]
	}
	return s
}

// passes tests a row as it would be printed: a limit with more than three decimals can refuse what the search let pass.
func passes(r *report.Row, limits serve.Limits) bool {
	within := func(v *float64, limit float64) bool { return limit <= 0 || v == nil || round3(*v) <= 1000*limit }
	if !within(r.TPOT, limits.TPOT) || !within(r.TTFT, limits.TTFT) {
		return false
	}
	return limits.E2E <= 0 || r.TTFT == nil || r.TPOT == nil ||
		round3(limits.Total(*r.TTFT, *r.TPOT)) <= 1000*limits.E2E
}

// better orders rows: throughput, then TTFT, TPOT and label; then budget and batch, so that the order is total.
func better(a, b *report.Row) int {
	return cmp.Or(
		cmp.Compare(round3(b.Throughput), round3(a.Throughput)),
		compareLatency(a.TTFT, b.TTFT),
		compareLatency(a.TPOT, b.TPOT),
		cmp.Compare(a.Label, b.Label),
		cmp.Compare(a.MaxBatched, b.MaxBatched),
		cmp.Compare(a.Batch, b.Batch),
	)
}

// compareLatency puts a row without the figure last.
func compareLatency(a, b *float64) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return 1
	case b == nil:
		return -1
	}
	return cmp.Compare(round3(*a), round3(*b))
}
