package table

import (
	"slices"

	"fathom/sim/plan"
	"fathom/sim/report"
)

// Of makes the table of one part of a profile: its candidates, every point of its phase, or its pairs of shapes.
func Of(r *report.Report, d *report.Device, p Part, all bool, runs map[Layout]*MeasuredRun) Table {
	var t Table
	t.source.measured = runs
	t.source.others = besideOf(r, d.Device, all && p != PartRatio)
	switch {
	case p == PartRatio:
		t.Kind = Ratios
		if d.PDRatio != nil {
			t.source.ratios = d.PDRatio.Candidates
		}
	case all && len(d.Points) > 0:
		t.source.points, t.source.whole = d.Points, true
		t.source.picked = OfPhase(d.Points, p.Phase())
	default:
		if s := d.Section(p.Phase()); s != nil {
			t.source.points = s.Candidates
		}
	}
	t.Order = t.source.all()
	t.Columns = tellingColumns(&t, p, all)
	return t
}

// OfProfiles makes the hardware comparison. A profile without an answer has a line too, one without figures: that it is
// out is an answer.
func OfProfiles(r *report.Report) Table {
	t := Table{Kind: Crosses, source: source{cross: crossLines(r)}}
	t.Order = t.source.all()
	t.Columns = tellingColumns(&t, PartAggregation, false)
	return t
}

// crossLines are the report's lines, and behind them the profiles that have none.
func crossLines(r *report.Report) []report.Cross {
	out := slices.Clone(r.Cross)
	for i := range r.Devices {
		name := r.Devices[i].Device
		if !slices.ContainsFunc(r.Cross, func(c report.Cross) bool { return c.Device == name }) {
			out = append(out, report.Cross{Device: name})
		}
	}
	return out
}

// OfPhase picks the points of a phase; nil where all are of it.
func OfPhase(points []report.Row, phase plan.Phase) []int32 {
	picked := make([]int32, 0, len(points))
	for i := range points {
		if points[i].Phase == phase {
			picked = append(picked, int32(i))
		}
	}
	if len(picked) == len(points) {
		return nil
	}
	return picked
}

// tellingColumns lists the columns that say something about these rows: the main ones, and of the others those whose
// values differ.
func tellingColumns(t *Table, p Part, all bool) []ColumnID {
	var doubts []doubt
	var out []ColumnID
	var open [NumColumns]int // doubts of a column
	for id := range NumColumns {
		c := &Columns[id]
		if !c.Kinds[t.Kind] || id == ColDelta || id == ColTTFT && p == PartDecode || id == ColTPOT && p == PartPrefill {
			continue
		}
		out = append(out, id)
		if t.Kind == Crosses || c.IfKnown {
			doubts = append(doubts, doubt{c, says})
		}
		if id == ColStatus && !all || !c.IfKnown && c.Priority >= optional {
			doubts = append(doubts, doubt{c, varies})
		}
	}
	for _, d := range t.unsettled(doubts) {
		open[d.column.ID]++
	}
	out = slices.DeleteFunc(out, func(id ColumnID) bool { return open[id] > 0 })
	if t.Kind == Crosses { // the profile's name comes first there
		at := slices.Index(out, ColDevice)
		out = slices.Insert(slices.Delete(out, at, at+1), 0, ColDevice)
		if at := slices.Index(out, ColPhase); at > 0 {
			out = slices.Insert(slices.Delete(out, at, at+1), 1, ColPhase)
		}
	}
	return out
}

// doubt is whether a column says something; one row may settle it.
type doubt struct {
	column  *Column
	settled func(c *Column, first, i Item) bool
}

// unsettled are the doubts that no row settles. The rows, of which there may be very many and each of them large, are
// gone through once.
func (t *Table) unsettled(doubts []doubt) []doubt {
	var first Item
	for k, at := range t.Order {
		if len(doubts) == 0 {
			break
		}
		item := t.source.at(at)
		if k == 0 {
			first = item
		}
		for i := 0; i < len(doubts); {
			if d := &doubts[i]; d.settled(d.column, first, item) {
				doubts = slices.Delete(doubts, i, i+1)
			} else {
				i++
			}
		}
	}
	return doubts
}

// optional is the priority from which a column has to earn its place.
const optional = 8

// says reports whether a row has a value or a word in a column.
func says(c *Column, _, i Item) bool {
	if c.Number == nil {
		return c.Text(i) != ""
	}
	_, ok := c.Number(i)
	return ok
}

// varies reports whether a row has another value than the first one.
func varies(c *Column, first, i Item) bool {
	if c.Number == nil {
		return c.Text(i) != c.Text(first)
	}
	v, has := c.Number(i)
	w, had := c.Number(first)
	return v != w || has != had
}
