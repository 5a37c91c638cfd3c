package pane

import (
	"math"
	"strings"

	"fathom/sim/report"
	"fathom/ui/cell"
	"fathom/ui/number"
	"fathom/ui/plot"
)

// usualGoodput is the share of requests whose loss marks the knee where the plan asks for none.
const usualGoodput = 0.95

// trafficCharts draws what a load does to latencies and goodput, then how the played run went; two side by side where
// there is room. Each has h lines.
func (p *Painter) trafficCharts(t *report.Traffic, curve []report.LoadPoint, w, h int) (out []string) {
	if w < 30 {
		return nil
	}
	type titled struct {
		title string
		chart plot.Chart
	}
	var charts []titled
	if len(curve) > 0 {
		charts = append(charts, titled{p.t("traffic.curve"), p.loadCurve(curve, t.Capacity)})
		if curve[0].Goodput != nil {
			charts = append(charts, titled{p.t("traffic.goodput_curve"), p.goodputCurve(curve, t.Capacity)})
		}
	}
	if len(t.Timeline) > 1 {
		charts = append(charts, titled{p.t("traffic.timeline"), p.runningChart(t.Timeline)})
		if c, ok := p.roomChart(t.Timeline); ok {
			charts = append(charts, titled{p.t("traffic.room_timeline"), c})
		}
	}
	one := func(c titled, w int) []string {
		return append([]string{" " + p.T.Title.Paint(p.cut(c.title, w-2))}, c.chart.Lines(w, h, p.T)...)
	}
	for len(charts) > 0 {
		out = append(out, "")
		if w < 2*pairedChart || len(charts) == 1 {
			out = append(out, one(charts[0], w)...)
			charts = charts[1:]
			continue
		}
		half := (w - 2) / 2
		left, right := one(charts[0], half), one(charts[1], half)
		for i := range max(len(left), len(right)) {
			a, b := "", ""
			if i < len(left) {
				a = left[i]
			}
			if i < len(right) {
				b = right[i]
			}
			out = append(out, cell.Left(a, half, "")+"  "+b)
		}
		charts = charts[2:]
	}
	return out
}

// pairedChart is the least width of a chart that stands beside another.
const pairedChart = 46

// loadCurve draws the percentiles of TTFT against the rate of open arrivals, up to a few times what an idle service
// shows, with the rate at which the service falls behind.
func (p *Painter) loadCurve(curve []report.LoadPoint, capacity *float64) plot.Chart {
	c := plot.Chart{XLabel: p.t("traffic.rate"), YLabel: "TTFT ms"}
	var p50, p90, p99 []plot.Point
	for i := range curve {
		x := &curve[i]
		if i > 0 && x.TTFT.P90 > 12*curve[0].TTFT.P90 { // a queue without end would leave nothing of the rest to see
			break
		}
		p50 = append(p50, plot.Point{X: x.Rate, Y: x.TTFT.P50})
		p90 = append(p90, plot.Point{X: x.Rate, Y: x.TTFT.P90})
		p99 = append(p99, plot.Point{X: x.Rate, Y: min(x.TTFT.P99, 16*curve[0].TTFT.P90)})
	}
	c.Series = []plot.Series{{Name: "p99", Points: p99, Line: true, Ink: p.T.Plot[2], Sign: ':'},
		{Name: "p90", Points: p90, Line: true, Ink: p.T.Plot[1], Sign: '-'},
		{Name: "p50", Points: p50, Line: true, Ink: p.T.Plot[0], Sign: '.'}}
	c.Limits = p.saturation(capacity)
	if q := p.request(); q != nil && q.TTFTLimit > 0 && len(p99) > 0 && q.TTFTLimit < 1.5*p99[len(p99)-1].Y {
		c.Limits = append(c.Limits, plot.Limit{At: q.TTFTLimit, Label: number.Short(q.TTFTLimit, 4) + " ms"})
	}
	return c
}

func (p *Painter) saturation(capacity *float64) []plot.Limit {
	if capacity == nil {
		return nil
	}
	return []plot.Limit{{At: *capacity, Vertical: true, Label: p.t("traffic.saturation")}}
}

// goodputCurve draws the share of requests within all limits against the rate, with the knee: the highest rate at which
// as many keep to them as the plan asks for.
func (p *Painter) goodputCurve(curve []report.LoadPoint, capacity *float64) plot.Chart {
	share := usualGoodput
	if q := p.request(); q != nil && q.Goodput > 0 {
		share = q.Goodput
	}
	c := plot.Chart{XLabel: p.t("traffic.rate"), YLabel: p.t("traffic.within_percent"), Limits: p.saturation(capacity)}
	var pts []plot.Point
	for i := range curve {
		if g := curve[i].Goodput; g != nil {
			pts = append(pts, plot.Point{X: curve[i].Rate, Y: 100 * *g})
		}
	}
	c.Series = []plot.Series{{Points: pts, Line: true, Ink: p.T.Plot[0], Sign: '.'}}
	c.Limits = append(c.Limits, plot.Limit{At: 100 * share, Label: report.Share(share)})
	if knee := report.Knee(curve, share); knee > 0 {
		if capacity != nil && math.Abs(knee / *capacity - 1) < 0.2 { // the labels would stand on each other
			c.Limits = c.Limits[1:]
		}
		c.Limits = append(c.Limits, plot.Limit{At: knee, Vertical: true,
			Label: p.t("traffic.knee", "qps", number.Digits(knee, 3))})
	}
	return c
}

// runningChart draws how many requests ran and waited over the time of a run.
func (p *Painter) runningChart(list []report.Moment) plot.Chart {
	var running, waiting []plot.Point
	for _, m := range list {
		running = append(running, plot.Point{X: m.At, Y: float64(m.Running)})
		waiting = append(waiting, plot.Point{X: m.At, Y: float64(m.Waiting)})
	}
	return plot.Chart{XLabel: p.t("traffic.seconds"), YLabel: p.t("traffic.requests"), Series: []plot.Series{
		{Name: p.t("traffic.running"), Points: running, Line: true, Ink: p.T.Plot[0], Sign: '.'},
		{Name: p.t("traffic.waiting"), Points: waiting, Line: true, Ink: p.T.Plot[2], Sign: ':'}}}
}

// roomChart draws how much of the KV room was taken; ok is false without a limit on it.
func (p *Painter) roomChart(list []report.Moment) (c plot.Chart, ok bool) {
	var pts []plot.Point
	for _, m := range list {
		pts = append(pts, plot.Point{X: m.At, Y: 100 * m.KV})
		ok = ok || m.KV > 0
	}
	return plot.Chart{XLabel: p.t("traffic.seconds"), YLabel: strings.TrimSpace(p.t("traffic.kv_percent")),
		Series: []plot.Series{{Points: pts, Line: true, Ink: p.T.Plot[1], Sign: '-'}},
		Limits: []plot.Limit{{At: 100, Label: "100%"}}}, ok
}
