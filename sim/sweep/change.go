package sweep

import (
	"cmp"
	"slices"
)

// Change is a step of the first knob over which the winner becomes another. Between both values it is not known where.
type Change struct {
	Device   string
	Phase    string
	Along    string    // the knob that moves
	Beside   []float64 // values of the other knob, if there is one
	From, To float64
	Was, Now string // labels; "" where nothing meets limits and memory
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
