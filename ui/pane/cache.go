package pane

import (
	"iter"
	"slices"

	"fathom/sim/chart"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/state"
	"fathom/state/table"
	"fathom/ui/cell"
	"fathom/ui/plot"
)

// Cache keeps between frames what goes through every row of a run. One session has one; it is not shared.
type Cache struct {
	curves [state.NumPlots][]drawnCurve // the latest first: one flips between a few profiles and strategies

	strategy     strategyKey
	strategyRows []*report.Row
	cloud        cloudKey
	cloudPoints  [3][]plot.Point
	frontier     [chart.NumFigures]frontierKey
	frontiers    [chart.NumFigures]*chart.Frontier

	tally  tally
	widths []tableWidths // of the tables seen last, the latest first: one flips between a few of them
}

// drawnCurve is a plot with everything that it depends on.
type drawnCurve struct {
	key   curveKey
	lines []string
}

// mostCurves is how many pictures of each plot are kept.
const mostCurves = 6

// tableWidths are the widths of a table's text columns; 0: not measured yet.
type tableWidths struct {
	key    widthKey
	column [table.NumColumns]int
}

// mostWidths is how many tables' widths are kept.
const mostWidths = 16

// strategyKey tells the points of one strategy from those of another; a report's rows never change, so the first one's
// address names it.
type strategyKey struct {
	label  string
	phase  plan.Phase
	budget int
	rows   int
	first  *report.Row
}

// cloudKey tells the points of one run and phase from those of another.
type cloudKey struct {
	phase plan.Phase
	rows  int
	first *report.Row
	sign  rune
}

// widthKey is everything that the widths of text columns depend on.
type widthKey struct {
	report *report.Report
	device int
	part   table.Part
	all    bool
	cross  bool
	rows   int
}

// mostMeasured bounds the rows that are measured where nothing can be kept.
const mostMeasured = 100

// textWidth is the width that a text column needs for every row of the table, those that the filter hides too, so that
// no two strategies look alike and nothing jumps while one scrolls or filters.
func (p *Painter) textWidth(id table.ColumnID, t *table.Table) int {
	r := &p.M.Results
	key := widthKey{p.report(), r.Device, r.Part, r.All, r.Cross, t.Size()}
	c := p.Cache
	if c == nil || p.M.Pane == state.Running {
		return p.measure(id, first(t, mostMeasured))
	}
	at := slices.IndexFunc(c.widths, func(w tableWidths) bool { return w.key == key })
	if at < 0 {
		at = 0
		c.widths = slices.Insert(c.widths[:min(len(c.widths), mostWidths-1)], 0, tableWidths{key: key})
	}
	w := &c.widths[at].column[id]
	if *w == 0 {
		*w = p.measure(id, t.Unfiltered())
	}
	return *w
}

// first are the first rows of a table as it is sorted and filtered.
func first(t *table.Table, most int) iter.Seq[table.Item] {
	return func(yield func(table.Item) bool) {
		for i := range min(t.Len(), most) {
			if item, ok := t.At(i); ok && !yield(item) {
				return
			}
		}
	}
}

func (p *Painter) measure(id table.ColumnID, rows iter.Seq[table.Item]) int {
	w, last := 1, ""
	named := map[table.Named]bool{} // strategies that were measured: ten thousand rows are of a few
	for item := range rows {
		if id == table.ColStrategy && item.Row != nil {
			name := table.NameOf(item.Row)
			if named[name] {
				continue
			}
			named[name] = true
		}
		if text := p.cell(id, table.Shown{Item: item}); text != last { // neighbours are often of one strategy
			w, last = max(w, cell.Width(text)), text
		}
	}
	return w
}
