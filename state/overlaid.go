package state

import (
	"cmp"
	"slices"
	"strconv"

	"fathom/sim/decision"
	"fathom/sim/report"
)

// Overlaid is a run whose frontiers are laid over those on screen.
type Overlaid struct {
	Name   string // of its scenario, else its number
	Report *report.Report
}

// Overlaid are the pinned run and those of the marked rows, without the one on screen.
func (m *Model) Overlaid() (list []Overlaid) {
	r := &m.Results
	runs := []int{r.Run}
	for _, run := range append([]int{r.Pinned}, marked(r.Marks)...) {
		e := m.Entry(run)
		if e == nil || slices.Contains(runs, run) {
			continue
		}
		runs = append(runs, run)
		rep := e.Reports[r.Variant]
		if rep == nil {
			rep = e.Reports[Asked]
		}
		if rep != nil {
			list = append(list, Overlaid{cmp.Or(e.Name, "#"+strconv.Itoa(e.Run)), rep})
		}
	}
	return list
}

func marked(list []Marked) (runs []int) {
	for i := range list {
		runs = append(runs, list[i].Key.Run)
	}
	return runs
}

// decidedHere is what the decision of the run on screen hangs on; nil where that was not found out.
func (m *Model) decidedHere() *decision.Result {
	if v := &m.Results.Decision; v.Run == 0 && v.of == m.Results.Run && v.variant == m.Results.Variant {
		return v.Result
	}
	return nil
}
