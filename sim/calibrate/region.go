package calibrate

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"

	"fathom/hw"
)

// Region is a part of what was seen that was left out as a whole, and the share of its runs that intervals hold: those
// that the other runs earned, as they are (bars) and widened by distance (held).
type Region struct {
	By       string   `json:"by"`
	Name     string   `json:"region"`
	Runs     int      `json:"runs"`
	Distance float64  `json:"distance"` // median, from the runs that were not left out
	TTFTBars *float64 `json:"ttft_bars"`
	TTFT     *float64 `json:"ttft_held"`
	TPOTBars *float64 `json:"tpot_bars"`
	TPOT     *float64 `json:"tpot_held"`
	RateBars *float64 `json:"throughput_bars"`
	Through  *float64 `json:"throughput_held"`
}

// Shares are those of the figures: by the bars, and widened.
func (r *Region) Shares() [terms][2]*float64 {
	return [terms][2]*float64{{r.TTFTBars, r.TTFT}, {r.TPOTBars, r.TPOT}, {r.RateBars, r.Through}}
}

// regions are the ways in which whole parts of what was seen are left out: what a new plan may have that no run had.
// Those that differ in one kind of distance tell how bars grow with it.
var regions = []struct {
	by   string
	kind distance
	of   func(p *problem, row int) string
}{
	{"model", none, func(p *problem, row int) string { return p.rows[row].Model }},
	{"device", none, func(p *problem, row int) string { return p.rows[row].Device }},
	{"lengths", lengthwise, func(p *problem, row int) string {
		c := &p.cases[row]
		return fmt.Sprintf("%d/%d", hw.Octave(c.Input), hw.Octave(c.Output))
	}},
	{"load", loadwise, func(p *problem, row int) string { return loadOf(p.cases[row].Load) }},
	{"layout", otherwise, func(p *problem, row int) string { return p.cases[row].Class + " " + p.cases[row].Layout }},
	{"harness", none, func(p *problem, row int) string { return harness(p, row) }},
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

// seen is a run that was left out: how far it was from the others, and by how much it lies beyond the bar of the others
// (bare) and beyond the bar at its place before that grows with distance, as logarithms.
type seen struct {
	reach        hw.Reach
	group        string // deployment
	bare, excess float64
}

// inside reports whether the widened interval holds the run.
func (s *seen) inside(g hw.Growth) bool { return s.excess <= g.At(&s.reach)+1e-9 }

// part is a region with its runs.
type part struct {
	region Region
	kind   distance
	runs   [terms][]seen
}

// Learnt leaves whole regions out, with the bars that the other runs earn, and says how much further the ends have to
// go for a unit of each kind of distance to hold eight of ten runs of such a region on average: a new plan belongs to a
// region that nobody has seen. Growths are shared by all engines, as few regions tell them. The fits without a region
// are those of CrossValidate, which are rough where a region rules the fit. What was seen and the growths go into the
// bars.
func (f *Fit) Learnt(ctx context.Context, bars []EngineBars) (out []Region, err error) {
	p := f.problem
	const steps = 4
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
			at := &part{region: Region{By: way.by, Name: g}, kind: way.kind}
			f.leave(at, left, func(row int) bool { return groups[row] == g })
			parts = append(parts, at)
		}
	}
	var growth [terms]hw.Growth
	for t := range terms {
		at := func(kind distance) float64 { return max(caution, grown(parts, kind, t)) }
		growth[t] = hw.Growth{Lengths: at(lengthwise), Load: at(loadwise), Other: at(otherwise),
			Unsaid: unsaid(parts, t)}
	}
	for _, at := range parts {
		at.count(growth)
		out = append(out, at.region)
	}
	for i := range bars {
		bars[i].Seen = p.knowledge(bars[i].Engine, nil)
		bars[i].Seen.Growth, bars[i].Seen.Beyond = growth, beyond(bars)
	}
	return out, nil
}

// leave collects the runs of a region beside what the other runs earn and know.
func (f *Fit) leave(at *part, left []residuals, member func(row int) bool) {
	p := f.problem
	other := func(row int) bool { return !member(row) }
	deployments := p.groups()
	var earned []EngineBars
	for _, e := range f.engines() {
		earned = append(earned, p.bars(e, f.out, deployments, other))
	}
	var distances []float64
	for i := range earned {
		b := &earned[i]
		rest := hw.EngineCosts{TTFT: b.TTFT.Bar, TPOT: b.TPOT.Bar, Throughput: b.Throughput.Bar,
			Seen: p.knowledge(b.Engine, other)}
		rest.Seen.Beyond = beyond(earned)
		var sight hw.Sight
		sight.From(&rest)
		for row := range p.rows {
			if !member(row) || engineOf(&p.rows[row]) != b.Engine {
				continue
			}
			at.region.Runs++
			there, reach := sight.At(p.cases[row])
			if reach == nil { // no run of the engine is left, so that it has no bars
				continue
			}
			distances = append(distances, reach.Distance)
			for t, bar := range [terms]hw.Bar{there.TTFT, there.TPOT, there.Throughput} {
				if v := p.off(left, row, t); bar.Low > 0 && !math.IsNaN(v) {
					at.runs[t] = append(at.runs[t], seen{*reach, group(&p.rows[row]), outside(*b.of()[t], v),
						outside(bar, v)})
				}
			}
		}
	}
	_, at.region.Distance = meanMedian(distances)
}

// outside is by how much a logarithm of measured / predicted lies beyond a bar; negative inside.
func outside(b hw.Bar, v float64) float64 { return max(math.Log(b.Low)-v, v-math.Log(b.High)) }

// count says how many runs of a part intervals hold.
func (at *part) count(growth [terms]hw.Growth) {
	r := &at.region
	for t, to := range [terms][2]**float64{{&r.TTFTBars, &r.TTFT}, {&r.TPOTBars, &r.TPOT}, {&r.RateBars, &r.Through}} {
		*to[0] = share(at.runs[t], func(s *seen) bool { return s.bare <= 0 })
		*to[1] = share(at.runs[t], func(s *seen) bool { return s.inside(growth[t]) })
	}
}

// share of the runs that are so; nil where there is none.
func share(runs []seen, so func(*seen) bool) *float64 {
	if len(runs) == 0 {
		return nil
	}
	var n float64
	for i := range runs {
		if so(&runs[i]) {
			n++
		}
	}
	n /= float64(len(runs))
	return &n
}
