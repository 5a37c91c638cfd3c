package pane

import (
	"cmp"
	"math"
	"slices"

	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/ui/plot"
)

// cloud is the points of a phase: those that lost, those within the limits, and the front of these, kept while the run
// stays the same.
func (p *Painter) cloud(rows []report.Row, phase plan.Phase, signs []rune, x func(*report.Row) (float64, bool)) (lost,
	ok, front []plot.Point) {
	key := cloudKey{phase, len(rows), nil, signs[0]}
	if len(rows) > 0 {
		key.first = &rows[0]
	}
	if p.Cache != nil && p.Cache.cloud == key {
		kept := p.Cache.cloudPoints
		return kept[0], kept[1], kept[2]
	}
	lost, ok = make([]plot.Point, 0, len(rows)), make([]plot.Point, 0, len(rows))
	for i := range rows {
		row := &rows[i]
		v, has := x(row)
		switch {
		case row.Phase != phase || !has || row.Status == report.OOM || row.Status == report.Invalid:
		case row.Status == report.OK:
			ok = append(ok, plot.Point{X: v, Y: row.PerDevice, Sign: signs[1]})
		default:
			lost = append(lost, plot.Point{X: v, Y: row.PerDevice, Sign: signs[0]})
		}
	}
	lost = near(lost, ok)
	front = p.front(phase, signs[2])
	if p.Cache != nil {
		p.Cache.cloud, p.Cache.cloudPoints = key, [3][]plot.Point{lost, ok, front}
	}
	return lost, ok, front
}

// near drops points that lost and lie so far out that the others would shrink into a corner.
func near(lost, ok []plot.Point) []plot.Point {
	if len(ok) == 0 {
		return lost
	}
	x, y := 0.0, 0.0
	for _, pt := range ok {
		x, y = max(x, pt.X), max(y, pt.Y)
	}
	out := lost[:0:0]
	for _, pt := range lost {
		if pt.X <= 1.5*x && pt.Y <= 1.5*y {
			out = append(out, pt)
		}
	}
	return out
}

// tracks is one figure of the row's strategy against concurrency: the whole line dim, the part that meets the limits in
// front of it, and the row itself.
func (p *Painter) tracks(rows []*report.Row, r *report.Row, name string, ink int,
	y func(*report.Row) (float64, bool)) []plot.Series {
	last := farthest(rows, r)
	drawn, inside := 0, 0
	for _, row := range rows {
		if _, has := y(row); has && row.Concurrency <= last {
			drawn++
			if row.Status == report.OK {
				inside++
			}
		}
	}
	all, ok := make([]plot.Point, 0, drawn), make([]plot.Point, 0, inside)
	for _, row := range rows {
		if v, has := y(row); has && row.Concurrency <= last {
			all = append(all, plot.Point{X: float64(row.Concurrency), Y: v})
			if row.Status == report.OK {
				ok = append(ok, all[len(all)-1])
			}
		}
	}
	for _, pts := range [][]plot.Point{all, ok} {
		slices.SortStableFunc(pts, func(a, b plot.Point) int { return cmp.Compare(a.X, b.X) })
	}
	here := []rune("◆●")[ink%2] // two lines must differ without colour
	if p.T.ASCII {
		here = []rune("#@")[ink%2]
	}
	sign := []rune(".:")[ink%2]
	out := []plot.Series{{Points: all, Line: true, Ink: p.T.Muted, Sign: '.'},
		{Points: ok, Line: true, Ink: p.T.Plot[ink%len(p.T.Plot)], Sign: sign}}
	if v, has := y(r); has {
		out = append(out, plot.Series{Name: name, Points: []plot.Point{{X: float64(r.Concurrency), Y: v, Sign: here}},
			Ink: p.T.Plot[ink%len(p.T.Plot)], Sign: here})
	}
	return out
}

// firstBeyond is the concurrency from which a strategy breaks a limit, as a line that names it.
func (p *Painter) firstBeyond(rows []*report.Row) []plot.Limit {
	var first *report.Row
	for _, row := range rows {
		if row.Status != report.OK && (first == nil || row.Concurrency < first.Concurrency) {
			first = row
		}
	}
	if first == nil {
		return nil
	}
	name := "TTFT"
	if first.Status == report.OverTPOT {
		name = "TPOT"
	}
	return []plot.Limit{{At: float64(first.Concurrency), Vertical: true, Label: name + " " + p.t("plot.limit")}}
}

// strategyRows are the points of a row's strategy that can be drawn, kept while the strategy stays the same.
func (p *Painter) strategyRows(rows []report.Row, r *report.Row) []*report.Row {
	key := strategyKey{r.Label, r.Phase, r.MaxBatched, len(rows), nil}
	if len(rows) > 0 {
		key.first = &rows[0]
	}
	if p.Cache != nil && p.Cache.strategy == key {
		return p.Cache.strategyRows
	}
	var out []*report.Row
	for i := range rows {
		row := &rows[i]
		if row.MaxBatched == r.MaxBatched && row.Phase == r.Phase && row.Status != report.OOM &&
			row.Status != report.Invalid && row.Label == r.Label {
			out = append(out, row)
		}
	}
	if p.Cache != nil {
		p.Cache.strategy, p.Cache.strategyRows = key, out
	}
	return out
}

// farthest is the concurrency beyond which a curve shows nothing that matters: well past the last point within the
// limits and the row itself, and never before the next point.
func farthest(rows []*report.Row, r *report.Row) int {
	inside := r.Concurrency
	for _, row := range rows {
		if row.Status == report.OK {
			inside = max(inside, row.Concurrency)
		}
	}
	next := math.MaxInt
	for _, row := range rows {
		if row.Concurrency > inside {
			next = min(next, row.Concurrency)
		}
	}
	if next == math.MaxInt {
		return inside
	}
	return max(next, 3*inside)
}

func candidates(d *report.Device, ph plan.Phase) []report.Row {
	if s := d.Section(ph); s != nil {
		return s.Candidates
	}
	return nil
}

func deref(v *float64) (float64, bool) {
	if v == nil {
		return 0, false
	}
	return *v, true
}
