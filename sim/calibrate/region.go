package calibrate

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"

	"fathom/hw"
)

// Region is a part of what was seen that was left out as a whole, and the share of its runs that the intervals held.
type Region struct {
	By       string   `json:"by"`
	Name     string   `json:"region"`
	Runs     int      `json:"runs"`
	Distance float64  `json:"distance"` // median, from the runs that were not left out
	TTFT     *float64 `json:"ttft_held"`
	TPOT     *float64 `json:"tpot_held"`
	Through  *float64 `json:"throughput_held"`
}

// regions are the ways in which whole parts of what was seen are left out: what a new plan may have that no run had.
var regions = []struct {
	by string
	of func(p *problem, row int) string
}{
	{"model", func(p *problem, row int) string { return p.rows[row].Model }},
	{"device", func(p *problem, row int) string { return p.rows[row].Device }},
	{"lengths", func(p *problem, row int) string {
		c := &p.cases[row]
		return fmt.Sprintf("%d/%d", hw.Octave(c.Input), hw.Octave(c.Output))
	}},
	{"load", func(p *problem, row int) string { return loadOf(p.cases[row].Load) }},
	{"layout", func(p *problem, row int) string { return p.cases[row].Class + " " + p.cases[row].Layout }},
	{"harness", func(p *problem, row int) string { return harness(p, row) }},
}

// loadOf is the region of requests in flight per device.
func loadOf(load float64) string {
	switch {
	case load == 0:
		return "open"
	case load <= 2:
		return "to 2"
	case load <= 16:
		return "to 16"
	}
	return "above 16"
}

// harness is how a run was made, which is what studies differ in most.
func harness(p *problem, row int) string {
	r := &p.rows[row]
	switch {
	case r.CI:
		return "public CI"
	case r.Vendor:
		return "vendor"
	case r.Burst:
		return "burst"
	case r.Rate > 0:
		return "open arrivals"
	}
	return "closed loop"
}

// seen is a run that was left out: measured / predicted as logarithms, how far it was from the others, and where its
// interval ended.
type seen struct {
	x                point
	low, high, reach float64
}

// excess is by how much the run lies beyond its interval.
func (s *seen) excess() float64 { return max(0, s.low-s.x.x, s.x.x-s.high) }

// inside reports whether the widened interval holds the run.
func (s *seen) inside(growth float64) bool {
	return s.excess() <= growth*s.reach+1e-9
}

// distant is the distance from which runs tell how intervals grow: half an octave.
const distant = math.Ln2 / 2

// held is the share of runs of a region that intervals are to hold where they are left out.
const held = 0.8

// enoughRegions is how many of the deployments in left-out regions are to be held so; fewNeeds is how many it takes to
// say.
const enoughRegions, fewNeeds = 0.95, 20

// Learnt leaves whole regions out and says how much further the ends of the bars have to go for every unit of distance
// (hw.Kind.Distance) to hold eight of ten runs of nearly all deployments there: regions differ, and a new plan belongs
// to one that nobody has seen. The growth is shared by all engines, as few regions tell it. The fits without a region
// are those of CrossValidate, which are rough where a region rules the fit. What was seen and the growth go into the
// bars.
func (f *Fit) Learnt(ctx context.Context, bars []EngineBars) (out []Region, err error) {
	p := f.problem
	var growth [terms]float64
	var needs [terms][]float64
	const steps = 4
	type part struct {
		region Region
		runs   [terms][]seen
	}
	var parts []*part
	for _, way := range regions {
		groups := make([]string, len(p.rows))
		for row := range groups {
			groups[row] = way.of(p, row)
		}
		names, solutions, err := p.frame(nil).without(ctx, f.view, groups, steps)
		if err != nil {
			return nil, err
		}
		if len(names) < 2 {
			continue
		}
		without := map[string][]float64{}
		for i, g := range names {
			without[g] = solutions[i]
		}
		left, err := p.predict(ctx, p.every(), func(row, n int) float64 { return p.sum(without[groups[row]], row, n) })
		if err != nil {
			return nil, err
		}
		for _, g := range slices.Sorted(maps.Keys(without)) {
			at := &part{region: Region{By: way.by, Name: g}}
			at.region.Distance = f.leave(bars, left, groups, g, &at.runs, &at.region.Runs)
			for t := range terms {
				by := map[string][]seen{}
				for _, s := range at.runs[t] {
					by[s.x.group] = append(by[s.x.group], s)
				}
				for _, runs := range by {
					if n, ok := need(runs); ok {
						needs[t] = append(needs[t], n)
					}
				}
			}
			parts = append(parts, at)
		}
	}
	for t := range terms {
		growth[t] = grown(needs[t])
	}
	for _, at := range parts {
		for t, to := range []**float64{&at.region.TTFT, &at.region.TPOT, &at.region.Through} {
			*to = share(at.runs[t], growth[t])
		}
		out = append(out, at.region)
	}
	for t := range growth { // as a profile writes it
		growth[t] = math.Ceil(1e3*growth[t]) / 1e3
	}
	for i := range bars {
		bars[i].Seen = p.knowledge(bars[i].Engine, nil)
		bars[i].Seen.Growth = growth
	}
	return out, nil
}

// leave collects the runs of a group that was left out; the median of their distances comes back.
func (f *Fit) leave(bars []EngineBars, left []residuals, groups []string, g string, to *[terms][]seen,
	runs *int) float64 {
	p := f.problem
	var distances []float64
	for i := range bars {
		b := &bars[i]
		rest := p.knowledge(b.Engine, func(row int) bool { return groups[row] != g })
		for row := range p.rows {
			if groups[row] != g || engineOf(&p.rows[row]) != b.Engine {
				continue
			}
			*runs++
			reach, ok := rest.Reach(p.cases[row])
			if !ok { // no run of the engine is left, so that it has no bars
				continue
			}
			distances = append(distances, reach.Distance)
			for t, bar := range [terms]hw.Bar{b.TTFT.Bar, b.TPOT.Bar, b.Throughput.Bar} {
				v := left[row][t]
				if t == throughput && p.rows[row].Derived {
					v = -left[row][tpot]
				}
				if bar.Low > 0 && !math.IsNaN(v) {
					to[t] = append(to[t], seen{point{-v, g + "|" + group(&p.rows[row]), group(&p.rows[row])}, math.Log(bar.Low),
						math.Log(bar.High), reach.Distance})
				}
			}
		}
	}
	_, middle := meanMedian(distances)
	return middle
}

// need is by how much the ends have to move for eight of ten of the runs of a deployment in a region that was left out;
// false where these are few, or too near to the others to tell.
func need(runs []seen) (by float64, ok bool) {
	var reaches, excesses []float64
	for i := range runs {
		if s := &runs[i]; s.reach > 0 {
			reaches, excesses = append(reaches, s.reach), append(excesses, s.excess())
		}
	}
	if _, middle := meanMedian(reaches); len(reaches) < few || middle < distant {
		return 0, false
	}
	slices.Sort(excesses)
	return excesses[quantile(len(excesses), held)], true
}

// grown is the growth with which intervals hold nineteen of twenty of the deployments in left-out regions where a plan
// is first called unlike all runs; zero where there are too few to say. Needs hardly depend on the distance itself (the
// shared runs: those of 0.3 to 0.8 are as large as those beyond 1.5): what is off is off by deployment, a few of them
// by much. That it may be more the further away one is, is caution.
func grown(needs []float64) float64 {
	if len(needs) < fewNeeds {
		return 0
	}
	slices.Sort(needs)
	return needs[quantile(len(needs), enoughRegions)] / hw.Far
}

// quantile is the place of the value that so much of n sorted ones does not exceed.
func quantile(n int, share float64) int {
	return min(n, max(1, int(math.Ceil(share*float64(n)-1e-9)))) - 1
}

// share of the runs that the widened intervals hold; nil where there is none.
func share(runs []seen, growth float64) *float64 {
	if len(runs) == 0 {
		return nil
	}
	var inside float64
	for i := range runs {
		if runs[i].inside(growth) {
			inside++
		}
	}
	inside /= float64(len(runs))
	return &inside
}
