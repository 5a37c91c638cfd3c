package search

import (
	"cmp"
	"iter"
	"slices"
	"sync"

	"fathom/sim/pass"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/sim/serve"
)

// shared is what a job of an earlier pairing has found or will find.
type shared struct {
	of   *job
	list *[]found
}

// searched gives the job of an earlier pairing that is the same search; nil where there is none.
func (r *run) searched(j *job) *shared {
	if !j.split {
		return nil
	}
	for i, jobs := range r.jobs {
		for k, x := range jobs {
			if x == j {
				return nil
			}
			if x.profile == j.profile && x.phase == j.phase && x.world == j.world && x.fidelity == j.fidelity &&
				x.exhaustive == j.exhaustive {
				return &shared{x, &r.found[i][k]}
			}
		}
	}
	return nil
}

// first is the place of the first job of a phase.
func (r *run) first(i int, phase plan.Phase) int {
	return max(0, slices.IndexFunc(r.jobs[i], func(j *job) bool { return j.phase == phase }))
}

// sizes are the instance sizes of all jobs of a phase, from the first job on.
func (r *run) sizes(i, k int) iter.Seq2[int, int] {
	return func(yield func(k, n int) bool) {
		for phase := r.jobs[i][k].phase; k < len(r.jobs[i]) && r.jobs[i][k].phase == phase; k++ {
			if !yield(k, r.jobs[i][k].world) {
				return
			}
		}
	}
}

// feasible reports whether a phase has a point within its limit on any instance size.
func (r *run) feasible(i int, phase plan.Phase) bool {
	for k, j := range r.jobs[i] {
		for t := range r.found[i][k] {
			if j.phase == phase && r.found[i][k][t].counts.OK > 0 {
				return true
			}
		}
	}
	return false
}

// job gives the first job of a phase on a pairing.
func (r *run) job(i int, phase plan.Phase) *job {
	for _, j := range r.jobs[i] {
		if j.phase == phase {
			return j
		}
	}
	return r.jobs[i][0]
}

// bySize keeps of a section the best row of every instance size, best per device first.
func bySize(s *report.Section) {
	best := map[int]int{} // place, by devices
	for i := range s.Candidates {
		c := &s.Candidates[i]
		if k, ok := best[c.Strategy.World()]; !ok || better(c, &s.Candidates[k]) < 0 {
			best[c.Strategy.World()] = i
		}
	}
	list := make([]report.Row, 0, len(best))
	for _, i := range best {
		list = append(list, s.Candidates[i])
	}
	slices.SortFunc(list, func(a, b report.Row) int {
		return cmp.Or(cmp.Compare(b.PerDevice, a.PerDevice), better(&a,
			&b))
	})
	s.Candidates, s.Best = list, nil
	if len(list) > 0 {
		s.Best = &list[0]
	}
}

// bySizes keeps of the outcomes of many instance sizes one of each phase and end: what became of thousands of layouts
// is told by their counts.
func bySizes(list []report.Outcome) []report.Outcome {
	type key struct {
		phase plan.Phase
		end   report.End
	}
	seen := map[key]bool{}
	return slices.DeleteFunc(list, func(o report.Outcome) bool {
		k := key{o.Phase, o.End}
		old := seen[k]
		seen[k] = true
		return old
	})
}

// mostOnce bounds the forward models that are kept.
const mostOnce = 4096

// once keeps forward models, which are immutable and know no phase: both sides of a split and the aggregated fleet
// beside it ask for the same ones.
func once(price Pricer) Pricer {
	var mu sync.Mutex
	of := map[pass.Setup]serve.Forward{}
	return func(s pass.Setup) (serve.Forward, error) {
		mu.Lock()
		f, ok := of[s]
		mu.Unlock()
		if ok {
			return f, nil
		}
		f, err := price(s)
		if err != nil {
			return nil, err
		}
		mu.Lock()
		defer mu.Unlock()
		if len(of) < mostOnce {
			of[s] = f
		}
		return f, nil
	}
}
