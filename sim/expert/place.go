package expert

import (
	"cmp"
	"slices"
)

// Placement is where the copies of experts lie.
type Placement struct {
	Ranks [][]int   // numbers of the experts of each rank, heaviest first
	Loads []float64 // of each rank; an expert's load is dealt evenly to its copies
}

// Balance copies the experts whose copies are the heaviest, one after the other, then packs all copies, heaviest first,
// onto the least loaded rank that has room. Ranks have the same number of copies, the last ones fewer where they do not
// divide. It is the greedy way of DeepSeek's load balancer (github.com/deepseek-ai/EPLB) without its groups of nodes.
func Balance(loads []float64, ranks, redundant int) Placement {
	type replica struct {
		expert int
		load   float64
	}
	copies := make([]int, len(loads))
	for i := range copies {
		copies[i] = 1
	}
	for range redundant {
		heaviest := 0
		for i := range loads {
			if loads[i]*float64(copies[heaviest]) > loads[heaviest]*float64(copies[i]) {
				heaviest = i
			}
		}
		copies[heaviest]++
	}
	var all []replica
	for i, n := range copies {
		for range n {
			all = append(all, replica{i, loads[i] / float64(n)})
		}
	}
	slices.SortStableFunc(all, func(a, b replica) int { return cmp.Compare(b.load, a.load) })
	p := Placement{Ranks: make([][]int, ranks), Loads: make([]float64, ranks)}
	room := (len(all) + ranks - 1) / ranks
	for _, r := range all {
		least := -1
		for i := range ranks {
			if len(p.Ranks[i]) < room && (least < 0 || p.Loads[i] < p.Loads[least]) {
				least = i
			}
		}
		p.Ranks[least] = append(p.Ranks[least], r.expert)
		p.Loads[least] += r.load
	}
	return p
}

// Fills lists the numbers of copies, up to most of them, with which ranks hold equally many: what engines ask for.
func Fills(experts, ranks, most int) (list []int) {
	for n := (ranks - experts%ranks) % ranks; n <= most; n += ranks {
		if n > 0 {
			list = append(list, n)
		}
	}
	return list
}
