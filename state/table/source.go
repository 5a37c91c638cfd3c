package table

import (
	"fathom/sim/report"
)

// source is what a table shows: rows of a report, shared with it and never changed. picked, where set, are the
// positions that belong to the table at all (the points of one phase).
type source struct {
	points []report.Row
	picked []int32
	ratios []report.Ratio
	cross  []report.Cross
	words  []string // what the filter looks through, by position, in lower case

	others map[besideKey]*report.Difference // rows of another engine; nil where none was asked
	whole  bool                             // the points are all points, not candidates

	measured map[Layout]*MeasuredRun // runs of the plan; nil: none
}

// size is the number of rows before filtering.
func (s *source) size() int {
	if s.picked != nil {
		return len(s.picked)
	}
	return len(s.points) + len(s.ratios) + len(s.cross)
}

// all lists the positions of every row.
func (s *source) all() []int32 {
	if s.picked != nil {
		return s.picked
	}
	out := make([]int32, s.size())
	for i := range out {
		out[i] = int32(i)
	}
	return out
}

// at gives the row at a position.
func (s *source) at(i int32) Item {
	switch {
	case s.ratios != nil:
		item := Item{Ratio: &s.ratios[i]}
		item.Beside = s.beside(item)
		return item
	case s.cross != nil:
		c := &s.cross[i]
		return Item{Cross: c, Row: c.Row, Ratio: c.Ratio}
	}
	item := Item{Row: &s.points[i]}
	item.Measured = MeasuredAt(s.measured, item.Row)
	item.Beside = s.beside(item)
	return item
}

// beside finds what another engine says about a row or a pair.
func (s *source) beside(i Item) *report.Difference {
	switch {
	case s.others == nil:
		return nil
	case i.Ratio != nil:
		return s.others[besideKey{label: i.Ratio.Prefill.Label + " / " + i.Ratio.Decode.Label}]
	case s.whole:
		return s.others[besideKey{i.Row.Phase, i.Row.Label, i.Row.Batch}]
	}
	return s.others[besideKey{phase: i.Row.Phase, label: i.Row.Label}]
}
