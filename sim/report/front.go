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

// Front gives the places of the rows that no other feasible row beats in both throughput per device and latency, by rising
// latency.
func Front(rows []Row) []int {
	return front(rows, func(r *Row) float64 { return r.PerDevice })
}

// CostFront is the same with money: no other feasible row is both cheaper per million tokens and faster. Rows without a
// price are left out.
func CostFront(rows []Row) []int {
	return front(rows, func(r *Row) float64 {
		if r.CostPerMTok == nil {
			return noGain
		}
		return -*r.CostPerMTok
	})
}

// noGain marks a row that takes no part.
const noGain = -1e300

func front(rows []Row, gain func(*Row) float64) []int {
	var places []int
	for i := range rows {
		if r := &rows[i]; r.Status == OK && r.Latency() != nil && gain(r) > noGain {
			places = append(places, i)
		}
	}
	slices.SortFunc(places, func(a, b int) int {
		return cmp.Or(cmp.Compare(*rows[a].Latency(), *rows[b].Latency()), cmp.Compare(gain(&rows[b]), gain(&rows[a])), cmp.Compare(a, b))
	})
	kept := places[:0]
	for _, i := range places {
		if n := len(kept); n > 0 {
			last := &rows[kept[n-1]]
			same := gain(&rows[i]) == gain(last) && *rows[i].Latency() == *last.Latency()
			if gain(&rows[i]) <= gain(last) && !same {
				continue
			}
		}
		kept = append(kept, i)
	}
	return kept
}
