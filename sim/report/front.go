package report

import (
	"cmp"
	"slices"

	"fathom/sim/plan"
)

// Latency is the figure that throughput is traded against: TPOT, in a prefill phase TTFT; nil where there is none.
func (r *Row) Latency() *float64 {
	if r.Phase == plan.PhasePrefill {
		return r.TTFT
	}
	return r.TPOT
}

// Front gives the places of the rows that no other feasible row beats in both throughput per device and latency, by
// rising latency.
func Front(rows []Row) []int {
	var places []int
	for i := range rows {
		if r := &rows[i]; r.Status == OK && r.Latency() != nil {
			places = append(places, i)
		}
	}
	slices.SortFunc(places, func(a, b int) int {
		return cmp.Or(cmp.Compare(*rows[a].Latency(), *rows[b].Latency()), cmp.Compare(rows[b].PerDevice, rows[a].PerDevice),
			cmp.Compare(a, b))
	})
	kept := places[:0]
	for _, i := range places {
		if n := len(kept); n > 0 {
			last := &rows[kept[n-1]]
			same := rows[i].PerDevice == last.PerDevice && *rows[i].Latency() == *last.Latency()
			if rows[i].PerDevice <= last.PerDevice && !same {
				continue
			}
		}
		kept = append(kept, i)
	}
	return kept
}
