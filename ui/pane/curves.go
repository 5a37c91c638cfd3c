package pane

import (
	"math"
	"slices"

	"fathom/sim/chart"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/state"
	"fathom/state/table"
	"fathom/ui/cell"
	"fathom/ui/layout"
	"fathom/ui/number"
	"fathom/ui/plot"
)

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
	over   overKey // runs laid over it
	sparse string
	lang   string

	measured *table.MeasuredRun // the first of those on screen; another set has another address
	runs     int
}

// curves draws the chosen plot.
func (p *Painter) curves(r *report.Row, w, h int) []string { return p.curve(p.M.PlotAfter(0), r, w, h) }

// otherCurves draws the plots that are not chosen side by side.
func (p *Painter) otherCurves(r layout.Rect) []string {
	row := p.selected()
	if row == nil {
		return nil
	}
	w := (r.W - 2) / 2
	a := p.curve(p.M.PlotAfter(1), row, w, r.H)
	b := p.curve(p.M.PlotAfter(2), row, r.W-w-2, r.H)
	lines := make([]string, max(len(a), len(b)))
	for i := range lines {
		x, y := "", ""
		if i < len(a) {
			x = a[i]
		}
		if i < len(b) {
			y = b[i]
		}
		lines[i] = cell.Left(x, w, "") + "  " + y
	}
	return lines
}

// curve draws a plot, from the cache where nothing that it depends on has changed.
func (p *Painter) curve(kind state.Plot, r *report.Row, w, h int) []string {
	d := p.onDevice()
	if d == nil {
		return nil
	}
	_, over := p.over()
	sparse := p.sparse(kind, d)
	key := curveKey{over: over, sparse: sparse, device: d, phase: r.Phase, label: r.Label, batch: r.Batch, plot: kind,
		w: w, h: h,
		ascii: p.T.ASCII,
		theme: p.M.Settings.Theme + p.T.Accent.Paint("x"), lang: p.C.Lang}
	if list := p.M.Results.Measured.Runs; len(list) > 0 {
		key.measured, key.runs = &list[0], len(list)
	}
	if p.Cache != nil {
		for _, c := range p.Cache.curves[kind] {
			if c.key == key {
				return c.lines
			}
		}
	}
	c, title := p.chart(kind, d, r)
	if title == p.t("plot.title.pareto") && cell.Width(title)+2+cell.Width(sparse) > w-2 {
		title = p.t("plot.title.pareto_short")
	}
	lines := c.Lines(w, h-1, p.T)
	if lines == nil {
		lines = []string{" " + p.T.Muted.Paint(p.t("plot.none"))}
	}
	head := " " + p.T.Title.Paint(p.cut(title, w-2))
	if sparse != "" {
		head = p.ends(head, p.T.Muted.Paint(sparse), w-1)
	}
	lines = append([]string{head}, lines...)
	if p.Cache != nil {
		kept := p.Cache.curves[kind]
		p.Cache.curves[kind] = slices.Insert(kept[:min(len(kept), mostCurves-1)], 0, drawnCurve{key, lines})
	}
	return lines
}

// sparse says that a frontier has few points, and which key has all of them tried; "" where all were.
func (p *Painter) sparse(kind state.Plot, d *report.Device) string {
	if d.Search != plan.SearchReference || kind == state.ThroughputPlot || kind == state.LatencyPlot {
		return ""
	}
	if key := p.keyOf(state.Exhaustive); key != "" && !p.C.Mute() {
		return p.t("plot.sparse_key", "key", key)
	}
	return p.t("plot.sparse")
}

// chart chooses points and axes. Prefill rows have no TPOT, so that their first plot is throughput against TTFT.
func (p *Painter) chart(kind state.Plot, d *report.Device, r *report.Row) (plot.Chart, string) {
	rows := d.Points
	if len(rows) == 0 {
		rows = candidates(d, r.Phase)
	}
	q := p.request()
	switch kind {
	case state.ThroughputPlot:
		own := p.strategyRows(rows, r)
		y := func(x *report.Row) (float64, bool) { return x.Throughput, true }
		return plot.Chart{Series: append([]plot.Series{p.whisker(float64(r.Concurrency), r.ThroughputRange, 1)},
				append(p.tracks(own, r, "", 0, y), p.measuredTrack(r, "", false,
					func(m *table.MeasuredRun) float64 { return m.Throughput }))...),
				Limits: p.firstBeyond(own), XLabel: p.t("plot.concurrency"), YLabel: p.t("plot.throughput")},
			p.t("plot.title.throughput", "label", table.ShortLabel(r))
	case state.CostPlot:
		return p.traded(r, chart.Cost)
	case state.PowerPlot:
		return p.traded(r, chart.PerWatt)
	case state.DraftPlot:
		return p.breakeven(d.Breakeven, r)
	case state.LatencyPlot:
		return p.latencies(p.strategyRows(rows, r), r, q)
	}
	return p.pareto(rows, r, q)
}

// latency is one of the two figures that a limit can stand for.
type latency struct {
	name     string
	limit    float64
	measured func(*table.MeasuredRun) float64
	of       func(*report.Row) *float64
	reach    func(*report.Row) *report.Interval
}

// whisker is the interval of a calibrated figure as an upright line; nothing where the figure has none.
func (p *Painter) whisker(x float64, b *report.Interval, scale float64) plot.Series {
	s := plot.Series{Name: p.t("plot.legend.range"), Line: true, Ink: p.T.Strong, Sign: '|'}
	if b != nil {
		s.Points = []plot.Point{{X: x, Y: scale * b.Low}, {X: x, Y: scale * b.High}}
	}
	return s
}

// apartBars is the share of a plot's width from which two upright lines beside each other can be told apart.
const apartBars = 0.07

// frontReach are the intervals of the front's points, which share the bar of their device and engine. Where points
// crowd, only some of them carry theirs.
func (p *Painter) frontReach(front []plot.Point, r *report.Row, here float64) (out []plot.Series) {
	b := r.ThroughputRange
	if b == nil || r.Throughput <= 0 {
		return nil
	}
	drawn, most := []float64{here}, here
	for _, pt := range front {
		most = max(most, pt.X)
	}
	for _, pt := range front {
		if slices.ContainsFunc(drawn, func(at float64) bool { return math.Abs(at-pt.X) < apartBars*most }) {
			continue
		}
		drawn = append(drawn, pt.X)
		out = append(out, plot.Series{Line: true, Ink: p.T.Muted, Sign: '|', Points: []plot.Point{
			{X: pt.X, Y: pt.Y * b.Low / r.Throughput}, {X: pt.X, Y: pt.Y * b.High / r.Throughput}}})
	}
	return out
}

func measuredTTFT(m *table.MeasuredRun) float64 { return m.TTFT }

func measuredTPOT(m *table.MeasuredRun) float64 { return m.TPOT }

func throughputReach(r *report.Row) *report.Interval { return r.ThroughputRange }

func ttftReach(r *report.Row) *report.Interval { return r.TTFTRange }

func tpotReach(r *report.Row) *report.Interval { return r.TPOTRange }

// latencies plots TTFT and TPOT against concurrency, with the limit as a line. Where both have a limit they are drawn
// as shares of it, so that one sees which one ends the strategy.
func (p *Painter) latencies(rows []*report.Row, r *report.Row, q *plan.Request) (plot.Chart, string) {
	var list []latency
	for _, l := range []latency{
		{"TTFT", q.TTFTLimit, measuredTTFT, func(x *report.Row) *float64 { return x.TTFT }, ttftReach},
		{"TPOT", q.TPOTLimit, measuredTPOT, func(x *report.Row) *float64 { return x.TPOT }, tpotReach}} {
		if l.of(r) != nil && l.limit > 0 {
			list = append(list, l)
		}
	}
	if len(list) == 0 {
		list = []latency{{"TPOT", 0, measuredTPOT, func(x *report.Row) *float64 { return x.TPOT }, tpotReach}}
		if r.TPOT == nil {
			list = []latency{{"TTFT", 0, measuredTTFT, func(x *report.Row) *float64 { return x.TTFT }, ttftReach}}
		}
	}
	c := plot.Chart{XLabel: p.t("plot.concurrency"), YLabel: p.t("plot.ms", "name", list[0].name)}
	names := list[0].name
	both := len(list) == 2
	if both {
		c.YLabel, names = p.t("plot.share"), list[0].name+" "+p.T.Marks.Dot+" "+list[1].name
		c.Limits = []plot.Limit{{At: 100, Label: p.t("plot.limit")}}
	} else if list[0].limit > 0 {
		c.Limits = []plot.Limit{{At: list[0].limit, Label: list[0].name + " " + number.Short(list[0].limit, 4) + " ms"}}
	}
	for i, l := range list {
		scale, name := 1.0, ""
		if both {
			scale, name = 100/l.limit, l.name
		}
		c.Series = append(c.Series, p.whisker(float64(r.Concurrency), l.reach(r), scale))
		c.Series = append(c.Series, p.tracks(rows, r, name, i, func(x *report.Row) (float64, bool) {
			v, ok := deref(l.of(x))
			v *= scale
			return v, ok && (!both || v <= 200) // far beyond the limit nothing is left to see
		})...)
		c.Series = append(c.Series, p.measuredTrack(r, name, i > 0, func(m *table.MeasuredRun) float64 {
			return scale * l.measured(m)
		}))
	}
	return c, p.t("plot.title.latency", "name", names, "label", table.ShortLabel(r))
}

// pareto plots throughput per device against what one user gets, the front marked: nothing lies above and to the right
// of it.
func (p *Painter) pareto(rows []report.Row, r *report.Row, q *plan.Request) (plot.Chart, string) {
	x := func(x *report.Row) (float64, bool) {
		v, ok := deref(x.TPOT)
		return 1000 / v, ok && v > 0
	}
	c := plot.Chart{XLabel: p.t("plot.user"), YLabel: p.t("plot.per_device")}
	limit, name, title := q.TPOTLimit, "TPOT", p.t("plot.title.pareto")
	at := 1000 / max(limit, 1e-9)
	if r.Phase == plan.PhasePrefill {
		x = func(x *report.Row) (float64, bool) { return deref(x.TTFT) }
		c.XLabel, limit, name, title = p.t("plot.ms", "name", "TTFT"), q.TTFTLimit, "TTFT", p.t("plot.title.prefill")
		at = limit
	}
	signs := []rune("·○●◆")
	if p.T.ASCII {
		signs = []rune(".o@#")
	}
	lost, ok, front := p.cloud(rows, r.Phase, signs, x)
	c.Series = []plot.Series{{Name: p.t("plot.legend.lost"), Points: lost, Ink: p.T.Muted, Sign: signs[0]},
		{Name: p.t("plot.legend.point"), Points: ok, Ink: p.T.Plot[0], Sign: signs[1]},
		{Name: p.t("plot.legend.front"), Points: front, Ink: p.T.Plot[2], Sign: signs[2]}}
	if d := p.onDevice(); d != nil && p.report() != nil {
		last := len(c.Series) - 1 // the front stands before its hull
		c.Series = append(append(c.Series[:last:last], p.hulls(r, d.Device)...), c.Series[last])
	}
	if v, has := x(r); has {
		c.Series = append(c.Series, p.frontReach(front, r, v)...)
		if r.PerDevice > 0 {
			c.Series = append(c.Series, p.whisker(v, r.ThroughputRange, r.PerDevice/r.Throughput))
		}
		c.Series = append(c.Series, plot.Series{Name: p.t("plot.legend.here"),
			Points: []plot.Point{{X: v, Y: r.PerDevice, Sign: signs[3]}}, Ink: p.T.Strong, Sign: signs[3]})
	}
	if r.Phase == plan.PhaseAggregation {
		c.Series = append(c.Series, p.measuredPareto())
	}
	if limit > 0 {
		c.Limits = []plot.Limit{{At: at, Vertical: true, Label: name + " " + number.Short(limit, 4) + " ms"}}
	}
	return c, title
}
