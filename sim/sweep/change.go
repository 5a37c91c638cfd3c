package sweep

import (
	"cmp"
	"slices"

	"fathom/sim/plan"
)

// Change is a step of the first knob over which the winner becomes another. Between both values it is not known where.
type Change struct {
	Device   string // "" of several devices against each other
	Phase    string
	Along    string    // the knob that moves
	Beside   []float64 // values of the other knob, if there is one
	From, To float64
	Was, Now string // labels, or devices; "" where nothing meets limits and memory
}

// Changes names the points where the winning strategy of a device and phase changes along the first knob.
func (r *Result) Changes() (list []Change) {
	for _, l := range r.Lines() {
		for i := 1; i < len(l.Cells); i++ {
			a, b := l.Cells[i-1], l.Cells[i]
			if a.Label != b.Label {
				list = append(list, Change{Device: l.Device, Phase: l.Phase, Along: r.Axes[0].Knob.Name, Beside: b.At[1:],
					From: a.At[0], To: b.At[0], Was: a.Label, Now: b.Label})
			}
		}
	}
	return list
}

// Contests names the steps along either knob over which another device wins a phase, as Cell.Wins says; of those that
// win alike it is the first.
func (r *Result) Contests() (list []Change) {
	type place struct {
		phase string
		x, y  float64
	}
	winner, answered := map[place]string{}, map[place]bool{}
	var phases []string
	for i := range r.Cells {
		c := &r.Cells[i]
		p := place{phase: c.Phase, x: c.At[0]}
		if len(c.At) > 1 {
			p.y = c.At[1]
		}
		if answered[p] = true; c.Wins && winner[p] == "" {
			winner[p] = c.Device
		}
		if !slices.Contains(phases, c.Phase) {
			phases = append(phases, c.Phase)
		}
	}
	if len(r.Request.Profiles) < 2 {
		return nil
	}
	xs, ys := slices.Sorted(slices.Values(r.Axes[0].Values)), []float64{0}
	if len(r.Axes) > 1 {
		ys = slices.Sorted(slices.Values(r.Axes[1].Values))
	}
	step := func(a, b place, axis int, from, to float64, beside []float64) {
		if was, now := winner[a], winner[b]; answered[a] && answered[b] && was != now {
			list = append(list, Change{Phase: a.phase, Along: r.Axes[axis].Knob.Name, Beside: beside, From: from, To: to,
				Was: was, Now: now})
		}
	}
	for _, phase := range phases {
		for n, y := range ys {
			for i, x := range xs {
				if i > 0 {
					step(place{phase, xs[i-1], y}, place{phase, x, y}, 0, xs[i-1], x, ys[n:n+len(r.Axes)-1])
				}
				if n > 0 {
					step(place{phase, x, ys[n-1]}, place{phase, x, y}, 1, ys[n-1], y, []float64{x})
				}
			}
		}
	}
	return list
}

// ByCost reports whether the best of the sweep is what costs least: see plan.Request.ByCost. A price that is swept is
// one.
func (r *Result) ByCost() bool { return ByCost(r.Request, r.Axes) }

// ByCost is Result.ByCost before anything was run.
func ByCost(req *plan.Request, axes []Axis) bool {
	q := *req
	for _, a := range axes {
		q = a.Knob.At(q, a.Values[len(a.Values)-1])
	}
	return q.ByCost()
}

// Line is the cells of one device and phase along the first knob, at one value of the second.
type Line struct {
	Device, Phase string
	Cells         []*Cell // at rising values of the first knob; of a partial sweep those that are there
}

// Lines takes the cells apart, by device and phase, then by rising values of the second knob.
func (r *Result) Lines() []Line {
	type key struct {
		device, phase string
		beside        float64
	}
	at := map[key]int{}
	var list []Line
	for i := range r.Cells {
		c := &r.Cells[i]
		k := key{device: c.Device, phase: c.Phase}
		if len(c.At) > 1 {
			k.beside = c.At[1]
		}
		n, ok := at[k]
		if !ok {
			n = len(list)
			at[k], list = n, append(list, Line{Device: c.Device, Phase: c.Phase})
		}
		list[n].Cells = append(list[n].Cells, c)
	}
	order := map[[2]string]int{}
	for _, l := range list {
		k := [2]string{l.Device, l.Phase}
		if _, ok := order[k]; !ok {
			order[k] = len(order)
		}
		slices.SortFunc(l.Cells, func(a, b *Cell) int { return cmp.Compare(a.At[0], b.At[0]) })
	}
	slices.SortStableFunc(list, func(a, b Line) int {
		return cmp.Or(cmp.Compare(order[[2]string{a.Device, a.Phase}], order[[2]string{b.Device, b.Phase}]),
			slices.Compare(a.Cells[0].At[1:], b.Cells[0].At[1:]))
	})
	return list
}

// Feasible reports whether any cell has an answer.
func (r *Result) Feasible() bool {
	return slices.ContainsFunc(r.Cells, func(c Cell) bool { return c.Label != "" })
}

// Phases is the number of phases that the cells are of.
func (r *Result) Phases() int {
	seen := map[string]bool{}
	for i := range r.Cells {
		seen[r.Cells[i].Phase] = true
	}
	return len(seen)
}
