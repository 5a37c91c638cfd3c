package pane

import (
	"sort"

	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/state"
	"fathom/ui/number"
	"fathom/ui/plot"
)

// Cache keeps what is dear to draw between frames: a plot goes through every point of a run.
type Cache struct {
	key   curveKey
	lines []string
}

// curveKey is everything that a plot depends on.
type curveKey struct {
	device *report.Device
	phase  plan.Phase
	label  string
	batch  int
	plot   state.Plot
	w, h   int
	ascii  bool
	theme  string
	lang   string
}

// curves draws the chosen plot, from the cache where nothing that it depends on has changed.
func (p *Painter) curves(r *report.Row, w, h int) []string {
	d := p.onDevice()
	if d == nil {
		return nil
	}
	key := curveKey{d, r.Phase, r.Label, r.Batch, p.M.Results.Plot, w, h, p.T.ASCII, p.M.Settings.Theme + p.T.Accent.Paint("x"), p.C.Lang}
	if p.Cache != nil && p.Cache.key == key {
		return p.Cache.lines
	}
	c, title := p.chart(d, r)
	lines := c.Lines(w, h-1, p.T)
	if lines == nil {
		lines = []string{" " + p.T.Muted.Paint(p.t("plot.none"))}
	}
	lines = append([]string{" " + p.T.Title.Paint(p.cut(title, w-2))}, lines...)
	if p.Cache != nil {
		p.Cache.key, p.Cache.lines = key, lines
	}
	return lines
}

// chart chooses points and axes. Prefill rows have no TPOT, so that their first plot is throughput against TTFT.
func (p *Painter) chart(d *report.Device, r *report.Row) (plot.Chart, string) {
	rows := d.Points
	if len(rows) == 0 {
		rows = candidates(d, r.Phase)
	}
	q := p.request()
	switch p.M.Results.Plot {
	case state.ThroughputPlot:
		line := curve(rows, r, func(x *report.Row) (float64, bool) { return x.Throughput, true })
		return plot.Chart{Series: p.withSelected(line, r, r.Throughput), XLabel: p.t("plot.concurrency"), YLabel: p.t("plot.throughput")},
			p.t("plot.title.throughput", "label", state.ShortLabel(r))
	case state.LatencyPlot:
		name, limit, of := "TPOT", q.TPOTLimit, func(x *report.Row) *float64 { return x.TPOT }
		if r.Phase == plan.PhasePrefill {
			name, limit, of = "TTFT", q.TTFTLimit, func(x *report.Row) *float64 { return x.TTFT }
		}
		line := curve(rows, r, func(x *report.Row) (float64, bool) { return deref(of(x)) })
		v, _ := deref(of(r))
		c := plot.Chart{Series: p.withSelected(line, r, v), XLabel: p.t("plot.concurrency"), YLabel: p.t("plot.ms", "name", name)}
		if limit > 0 {
			c.Limits = []plot.Limit{{At: limit, Label: number.Digits(limit, 4) + " ms"}}
		}
		return c, p.t("plot.title.latency", "name", name, "label", state.ShortLabel(r))
	}
	return p.pareto(rows, r, q)
}

// pareto plots throughput per device against what one user gets, the front marked: nothing lies above and to the right of it.
func (p *Painter) pareto(rows []report.Row, r *report.Row, q *plan.Request) (plot.Chart, string) {
	x := func(x *report.Row) (float64, bool) {
		v, ok := deref(x.TPOT)
		return 1000 / v, ok && v > 0
	}
	c := plot.Chart{XLabel: p.t("plot.user"), YLabel: p.t("plot.per_device")}
	limit, title := q.TPOTLimit, p.t("plot.title.pareto")
	at := 1000 / max(limit, 1e-9)
	if r.Phase == plan.PhasePrefill {
		x = func(x *report.Row) (float64, bool) { return deref(x.TTFT) }
		c.XLabel, limit, title = p.t("plot.ms", "name", "TTFT"), q.TTFTLimit, p.t("plot.title.prefill")
		at = limit
	}
	var all []plot.Point
	for i := range rows {
		if row := &rows[i]; row.Phase == r.Phase && row.Status != report.OOM && row.Status != report.Invalid {
			if v, ok := x(row); ok {
				all = append(all, plot.Point{X: v, Y: row.PerDevice})
			}
		}
	}
	front := frontier(all, r.Phase != plan.PhasePrefill)
	sign := '○'
	here := '●'
	if p.T.ASCII {
		sign, here = 'o', '@'
	}
	for i := range front {
		front[i].Sign = sign
	}
	c.Series = []plot.Series{{Points: all, Ink: p.T.Plot[0], Sign: '.'}, {Points: front, Ink: p.T.Plot[2], Sign: sign}}
	if v, ok := x(r); ok {
		c.Series = append(c.Series, plot.Series{Points: []plot.Point{{X: v, Y: r.PerDevice, Sign: here}}, Ink: p.T.Strong, Sign: here})
	}
	if limit > 0 {
		c.Limits = []plot.Limit{{At: at, Vertical: true, Label: number.Digits(limit, 4) + " ms"}}
	}
	return c, title
}

// frontier keeps the points that no other beats on both axes; larger x is better, or smaller where x is a latency.
func frontier(all []plot.Point, larger bool) []plot.Point {
	pts := append([]plot.Point(nil), all...)
	sort.Slice(pts, func(i, j int) bool {
		if pts[i].X != pts[j].X {
			return (pts[i].X > pts[j].X) == larger
		}
		return pts[i].Y > pts[j].Y
	})
	var out []plot.Point
	for _, pt := range pts {
		if len(out) == 0 || pt.Y > out[len(out)-1].Y {
			out = append(out, pt)
		}
	}
	return out
}

// curve is one figure of the row's strategy against concurrency.
func curve(rows []report.Row, r *report.Row, y func(*report.Row) (float64, bool)) []plot.Point {
	var out []plot.Point
	for i := range rows {
		row := &rows[i]
		if row.Label != r.Label || row.Phase != r.Phase || row.MaxBatched != r.MaxBatched || row.Status == report.OOM || row.Status == report.Invalid {
			continue
		}
		if v, ok := y(row); ok {
			out = append(out, plot.Point{X: float64(row.Concurrency), Y: v})
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].X < out[j].X })
	return out
}

func (p *Painter) withSelected(line []plot.Point, r *report.Row, y float64) []plot.Series {
	here := '●'
	if p.T.ASCII {
		here = '@'
	}
	return []plot.Series{{Points: line, Line: true, Ink: p.T.Plot[0], Sign: '.'},
		{Points: []plot.Point{{X: float64(r.Concurrency), Y: y, Sign: here}}, Ink: p.T.Strong, Sign: here}}
}

func candidates(d *report.Device, ph plan.Phase) []report.Row {
	s := d.Aggregation
	switch ph {
	case plan.PhasePrefill:
		s = d.Prefill
	case plan.PhaseDecode:
		s = d.Decode
	}
	if s == nil {
		return nil
	}
	return s.Candidates
}

func deref(v *float64) (float64, bool) {
	if v == nil {
		return 0, false
	}
	return *v, true
}
