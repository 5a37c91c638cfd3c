package calibrate

import (
	"cmp"
	"math"
	"slices"

	"fathom/hw"
)

// EngineBars are the bars of an engine.
type EngineBars struct {
	Engine     string  `json:"engine"`
	TTFT       Covered `json:"ttft"`
	TPOT       Covered `json:"tpot"`
	Throughput Covered `json:"throughput"`

	Errors []hw.ClassError `json:"errors"`
	Seen   hw.Knowledge    `json:"seen"` // the runs behind them
}

// Covered is the bar that holds eight of ten runs that were left out, widened to the prediction itself where they all
// err to one side, and the share of them that a bar made without their own group holds. Zero where there are too few
// runs, and nil where there are too few groups to leave one out.
type Covered struct {
	hw.Bar
	Held *float64 `json:"held,omitempty"`

	beside float64 // by how much the bar missed the prediction, as a logarithm
}

// bars are the tenth and ninetieth percentile of measured / predicted over runs of an engine that were left out, and
// that keep accepts (nil: all). Groups weigh nearly the same, whatever their number of runs: a new run belongs to a
// group that is not among them.
func (p *problem) bars(engine string, left []residuals, groups []string, keep func(row int) bool) EngineBars {
	out := EngineBars{Engine: engine}
	for t, to := range []*Covered{&out.TTFT, &out.TPOT, &out.Throughput} {
		var points []point
		for row := range left {
			v := p.off(left, row, t)
			if engineOf(&p.rows[row]) == engine && !math.IsNaN(v) && (keep == nil || keep(row)) {
				points = append(points, point{v, groups[row], group(&p.rows[row])})
			}
		}
		*to = covered(points)
	}
	return out
}

// off is the logarithm of measured / predicted of a row. A throughput that was derived from the latencies has their
// information, the other way round.
func (p *problem) off(left []residuals, row, t int) float64 {
	if t == throughput && p.rows[row].Derived {
		return left[row][tpot]
	}
	return -left[row][t]
}

// beyond is, of each figure, the widest of the bars of all engines.
func beyond(bars []EngineBars) (out [terms]hw.Bar) {
	for i := range bars {
		for t, b := range bars[i].of() {
			switch {
			case b.High == 0:
			case out[t].High == 0:
				out[t] = *b
			default:
				out[t] = hw.Bar{Low: min(out[t].Low, b.Low), High: max(out[t].High, b.High)}
			}
		}
	}
	return out
}

// of lists the bars by figure.
func (b *EngineBars) of() [terms]*hw.Bar {
	return [terms]*hw.Bar{&b.TTFT.Bar, &b.TPOT.Bar, &b.Throughput.Bar}
}

// few is how many points a bar needs, and fewGroups of how many groups.
const few, fewGroups = 5, 3

// covered makes a bar of points, and says how much of each group the bar of the others holds.
func covered(points []point) Covered {
	var out Covered
	low, high, ok := interval(points)
	if !ok {
		return out
	}
	out.beside = math.Max(0, math.Max(low, -high))
	low, high = math.Min(low, 0), math.Max(high, 0)
	out.Bar = hw.Bar{Low: math.Max(0.01, math.Floor(exp(low)*1e3)/1e3), High: math.Min(100, math.Ceil(exp(high)*1e3)/1e3)}
	held, groups := 0.0, 0.0
	for group, size := range sizes(points) {
		var inside float64
		low, high, ok := interval(slices.DeleteFunc(slices.Clone(points), func(q point) bool { return q.group == group }))
		if !ok {
			continue
		}
		for _, q := range points {
			if q.group == group && q.x >= math.Min(low, 0) && q.x <= math.Max(high, 0) {
				inside++
			}
		}
		held += weigh(size) * inside / size
		groups += weigh(size)
	}
	if groups > 0 {
		share := held / groups
		out.Held = &share
	}
	return out
}

func sizes(points []point) map[string]float64 {
	out := map[string]float64{}
	for _, q := range points {
		out[q.group]++
	}
	return out
}

// weigh is what a group of so many runs counts: a whole group where there are many, much less where one run stands for
// it, whose own noise says as much as the deployment.
func weigh(runs float64) float64 { return runs / (runs + 3) }

// point is the logarithm of measured / predicted of a row of a group, which is a deployment or a part of one.
type point struct {
	x                 float64
	group, deployment string
}

// interval leaves a tenth of the weight on either side.
func interval(points []point) (lower, upper float64, ok bool) {
	if len(points) < few {
		return 0, 0, false
	}
	points = slices.Clone(points)
	if len(sizes(points)) < fewGroups {
		return 0, 0, false
	}
	slices.SortFunc(points, func(a, b point) int { return cmp.Compare(a.x, b.x) })
	count := sizes(points)
	var whole float64
	for _, n := range count {
		whole += weigh(n)
	}
	at := func(share float64) float64 {
		var sum float64
		for _, q := range points {
			if sum += weigh(count[q.group]) / count[q.group] / whole; sum >= share-1e-12 {
				return q.x
			}
		}
		return points[len(points)-1].x
	}
	const tail = 0.1
	low, middle, high := at(tail), at(0.5), at(1-tail)
	// Few deployments say little of the next one, however many parts they are left out in: the bar is wider the fewer
	// there are.
	deployments := map[string]bool{}
	for _, q := range points {
		deployments[q.deployment] = true
	}
	wider := 1 + widen/float64(len(deployments))
	return middle + wider*(low-middle), middle + wider*(high-middle), true
}

// widen is by how much a bar from one deployment is widened; it makes bars of the measured runs hold as many of groups
// that they have not seen as they claim.
const widen = 2
