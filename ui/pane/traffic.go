package pane

import (
	"math"
	"strings"

	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/ui/cell"
	"fathom/ui/number"
	"fathom/ui/plot"
)

// traffic is what a benchmark of a row would show: the distribution of its latencies beside the row's own means, then
// how they grow with the load.
func (p *Painter) traffic(r *report.Row, w, h int) []string {
	out := []string{p.of(r)}
	if r.Phase != plan.PhaseAggregation {
		return append(out, p.wrap(p.T.Muted, p.t("traffic.phase"), w-1, 1)...)
	}
	t, curve, err, done := p.M.Benchmark(r)
	switch {
	case err != "":
		return append(out, p.wrap(p.T.Bad, p.say(err), w-1, 1)...)
	case !done:
		return append(out, " "+p.T.Muted.Paint(p.t("traffic.working")))
	}
	return append(out, p.benchmark(r, r.Concurrency, t, curve, w, h-1)...)
}

// instances of the decode side; 0 where no split fits.
func instances(x *report.Ratio) int {
	if x.DecodeInstances == nil {
		return 0
	}
	return *x.DecodeInstances
}

// benchmark draws a played load: beside the means of a row, where it is one row's, and with a load curve where there is
// one.
func (p *Painter) benchmark(r *report.Row, concurrency int, t *report.Traffic, curve []report.LoadPoint, w,
	h int) []string {
	out := p.wrap(p.T.Muted, p.load(concurrency, t), w-1, 1)
	head, ttft, tpot := []string{}, []string{}, []string{}
	if r != nil {
		own := func(v *float64) string {
			if v == nil {
				return "-"
			}
			return number.Digits(*v, 4)
		}
		head, ttft, tpot = []string{p.t("traffic.row")}, []string{own(r.TTFT)}, []string{own(r.TPOT)}
	}
	var ttftLimit, tpotLimit float64
	if q := p.request(); q != nil {
		ttftLimit, tpotLimit = q.TTFTLimit, q.TPOTLimit
	}
	stats := append(percentiles(t, t.TTFT, ttftLimit), percentiles(t, t.TPOT, tpotLimit)...)
	out = append(out, "")
	for _, l := range cell.Grid([][]string{append([]string{""}, append(head, p.t("traffic.mean"), "p50", "p90", "p99")...),
		append([]string{"TTFT ms"}, append(ttft, stats[:4]...)...),
		append([]string{"TPOT ms"}, append(tpot, stats[4:]...)...)}, w-1, p.T.Marks.More) {
		out = append(out, " "+l)
	}
	if strings.Contains(strings.Join(stats, ""), "!") {
		out = append(out, p.wrap(p.T.Warn, p.t("traffic.beyond"), w-1, 1)...)
	}
	out = append(out, "")
	facts := []string{p.t("traffic.serves", "tok", number.Digits(t.Throughput, 4), "qps", number.Digits(t.QPS, 3),
		"n", number.Int(int(math.Round(t.Throughput/max(t.QPS, 1e-12)))))}
	if t.Kind == plan.TrafficClosed {
		facts = append(facts, p.t("traffic.waves", "first", number.Digits(t.FirstWave, 3), "steady",
			number.Digits(t.Steady, 3)))
	}
	if t.Capacity != nil {
		facts = append(facts, p.t("traffic.saturates", "qps", number.Digits(*t.Capacity, 3)))
	}
	facts = append(facts, p.t("traffic.room", "share", number.Percent(t.KVPeak), "n", number.Int(t.Preemptions)),
		p.t("traffic.bind."+t.Bind))
	for _, f := range facts {
		out = append(out, p.wrap(p.T.Text, f, w-1, 1)...)
	}
	if room := max(h-len(out)-1, 9); len(curve) > 0 && w >= 30 {
		out = append(out, "", " "+p.T.Title.Paint(p.cut(p.t("traffic.curve"), w-2)))
		out = append(out, p.loadCurve(curve, t.Capacity).Lines(w, min(room-1, 16), p.T)...)
	}
	return out
}

// load says in words what is sent.
func (p *Painter) load(concurrency int, t *report.Traffic) string {
	serving := plan.AnyServing
	if q := p.request(); q != nil {
		serving = q.Serving
		if x := p.profile(); x != nil {
			serving = serving.On(x)
		}
	}
	if t.Kind == plan.TrafficPoisson {
		return p.t("traffic.poisson", "qps", number.Short(t.Rate, 4), "engine", serving.String())
	}
	return p.t("traffic.closed", "n", number.Int(concurrency), "engine", serving.String())
}

// percentiles are the figures of a latency, those beyond its limit marked.
func percentiles(t *report.Traffic, s report.Stat, limit float64) (out []string) {
	for _, v := range []float64{s.Mean, s.P50, s.P90, s.P99} {
		out = append(out, number.Digits(v, 4)+t.Beyond(v, limit))
	}
	return out
}

// loadCurve draws TTFT at the ninetieth percentile against the rate of open arrivals, up to a few times what an idle
// service shows, with the rate at which the service falls behind.
func (p *Painter) loadCurve(curve []report.LoadPoint, capacity *float64) plot.Chart {
	c := plot.Chart{XLabel: p.t("traffic.rate"), YLabel: p.t("traffic.p90")}
	var pts []plot.Point
	for i := range curve {
		x := &curve[i]
		if i > 0 && x.TTFT.P90 > 12*curve[0].TTFT.P90 { // a queue without end would leave nothing of the rest to see
			break
		}
		pts = append(pts, plot.Point{X: x.Rate, Y: x.TTFT.P90})
	}
	c.Series = []plot.Series{{Points: pts, Line: true, Ink: p.T.Plot[0], Sign: '.'}}
	if capacity != nil {
		c.Limits = append(c.Limits, plot.Limit{At: *capacity, Vertical: true, Label: p.t("traffic.saturation")})
	}
	if q := p.request(); q != nil && q.TTFTLimit > 0 && len(pts) > 0 && q.TTFTLimit < 3*pts[len(pts)-1].Y {
		c.Limits = append(c.Limits, plot.Limit{At: q.TTFTLimit, Label: number.Short(q.TTFTLimit, 4) + " ms"})
	}
	return c
}
