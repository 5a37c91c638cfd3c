package calibrate

import (
	"math"
	"slices"

	"fathom/hw"
)

// distance is a kind of distance.
type distance uint8

const (
	none distance = iota
	lengthwise
	loadwise
	otherwise
)

// of is the part of a reach that is of the kind.
func (d distance) of(r *hw.Reach) float64 {
	return [...]float64{0, r.Lengths, r.Load, r.Other}[d]
}

// growth is one of that kind alone.
func (d distance) growth(by float64) hw.Growth {
	v := [4]float64{}
	v[d] = by
	return hw.Growth{Lengths: v[lengthwise], Load: v[loadwise], Other: v[otherwise]}
}

// caution is the least growth: regions that are left out hold as many as claimed without any, mostly, but no region
// was as far away as plans may be. It is chosen and not measured.
const caution = 0.02

// claimed is the share of runs that intervals claim to hold; fewRegions is how many regions tell how bars grow.
const claimed, fewRegions = 0.8, 2

// grown is the least growth with a kind of distance at which the regions that are far in it hold on average as many of
// their runs as intervals claim; zero where there are too few to say. A region weighs as groups do in bars.
func grown(parts []*part, kind distance, t int) float64 {
	var all [][]seen
	needs := []float64{0}
	for _, at := range parts {
		if at.kind != kind {
			continue
		}
		var far []seen
		for _, s := range at.runs[t] {
			if d := kind.of(&s.reach); d > 0 {
				far = append(far, s)
				needs = append(needs, max(0, s.excess/d))
			}
		}
		if len(far) >= few {
			all = append(all, far)
		}
	}
	if len(all) < fewRegions {
		return 0
	}
	slices.Sort(needs)
	holds := func(by float64) bool {
		var held, whole float64
		for _, runs := range all {
			w := weigh(float64(len(runs)))
			held += w * *share(runs, func(s *seen) bool { return s.inside(kind.growth(by)) })
			whole += w
		}
		return held >= claimed*whole
	}
	i, _ := slices.BinarySearchFunc(needs, true, func(by float64, _ bool) int {
		if holds(by) {
			return 1
		}
		return -1
	})
	return math.Ceil(1e3*needs[min(i, len(needs)-1)]) / 1e3 // as a profile writes it
}

// distant is the distance from which runs tell what those of unknown making need: half an octave. Of nearly all
// deployments, of which there have to be so many, claimed of the runs are to be held.
const distant, nearlyAll, fewNeeds = math.Ln2 / 2, 0.95, 20

// unsaid is the growth for runs of which nobody says how they were made: that with which nineteen of twenty deployments
// in left-out regions are held where a plan is first called unlike all runs; zero where there are too few to say. Needs
// hardly depend on the distance itself (those of 0.3 to 0.8 are as large as those beyond 1.5): what is off is off by
// deployment, a few of them by much. That it may be more the further away one is, is caution.
func unsaid(parts []*part, t int) float64 {
	var needs []float64
	for _, at := range parts {
		by := map[string][]seen{}
		for _, s := range at.runs[t] {
			if s.reach.Distance > 0 {
				by[s.group] = append(by[s.group], s)
			}
		}
		for _, runs := range by {
			var reaches, excesses []float64
			for _, s := range runs {
				reaches, excesses = append(reaches, s.reach.Distance), append(excesses, max(0, s.bare))
			}
			if _, middle := meanMedian(reaches); len(runs) >= few && middle >= distant {
				slices.Sort(excesses)
				needs = append(needs, excesses[quantile(len(excesses), claimed)])
			}
		}
	}
	if len(needs) < fewNeeds {
		return 0
	}
	slices.Sort(needs)
	return math.Ceil(1e3*needs[quantile(len(needs), nearlyAll)]/hw.Far) / 1e3
}

// quantile is the place of the value that so much of n sorted ones does not exceed.
func quantile(n int, share float64) int {
	return min(n, max(1, int(math.Ceil(share*float64(n)-1e-9)))) - 1
}
