package pane

import (
	"math"

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
	case !err.IsZero():
		return append(out, p.wrap(p.T.Bad, p.C.Tell(err), w-1, 1)...)
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
	out = append(out, "")
	out = append(out, p.distributions(r, t, w)...)
	out = append(out, p.misses(r, t, w)...)
	out = append(out, "")
	facts := []string{p.t("traffic.serves", "tok", number.Digits(t.Throughput, 4), "qps", number.Digits(t.QPS, 3),
		"n", number.Int(int(math.Round(t.Throughput/max(t.QPS, 1e-12)))))}
	if t.Goodput != nil {
		facts = append(facts, p.t("traffic.goodput", "share", report.Share(*t.Goodput)))
	}
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
	return append(out, p.trafficCharts(t, curve, w, max(8, min(h-len(out)-2, 16)))...)
}

// distributions are the latencies of a played load, beside the means of a row where these are others.
func (p *Painter) distributions(r *report.Row, t *report.Traffic, w int) (out []string) {
	head, lines := []string{""}, [][]string{{"TTFT ms"}, {"TPOT ms"}, {"E2E ms"}}
	own := func(v *float64) string {
		if v == nil {
			return "-"
		}
		return number.Digits(*v, 4)
	}
	if r != nil && (r.TTFT == nil || *r.TTFT != t.TTFT.Mean || w >= wideTraffic) {
		head = append(head, p.t("traffic.row"))
		lines[0], lines[1], lines[2] = append(lines[0], own(r.TTFT)), append(lines[1], own(r.TPOT)), append(lines[2], "")
	}
	var q plan.Request
	if x := p.request(); x != nil {
		q = *x
	}
	full := len(head) == 1 || w >= wideTraffic
	head = append(head, p.t("traffic.mean"), "p50", "p90")
	if full {
		head = append(head, "p95")
	}
	head = append(head, "p99")
	beyond := false
	for i, x := range []struct {
		s     report.Stat
		limit float64
	}{{t.TTFT, q.TTFTLimit}, {t.TPOT, q.TPOTLimit}, {t.E2E, q.E2ELimit}} {
		values := []float64{x.s.Mean, x.s.P50, x.s.P90, x.s.P95, x.s.P99}
		if !full {
			values = append(values[:3], values[4])
		}
		for _, v := range values {
			mark := t.Beyond(v, x.limit)
			beyond = beyond || mark != ""
			lines[i] = append(lines[i], number.Digits(v, 4)+mark)
		}
	}
	if t.E2E.Mean == 0 { // of a report that does not say
		lines = lines[:2]
	}
	for _, l := range cell.Grid(append([][]string{head}, lines...), w-1, p.T.Marks.More) {
		out = append(out, " "+l)
	}
	if beyond {
		key := "traffic.beyond"
		if q.TTFTAt != plan.Mean || q.TPOTAt != plan.Mean {
			key = "traffic.beyond_any"
		}
		out = append(out, p.wrap(p.T.Warn, p.t(key), w-1, 1)...)
	}
	return out
}

// wideTraffic is the width from which all figures of a latency stand side by side.
const wideTraffic = 60

// misses says what each class of a mix met and which limits it breaks, and the limits of all requests.
func (p *Painter) misses(r *report.Row, t *report.Traffic, w int) (out []string) {
	var held *report.Held
	if r != nil {
		held = r.Held
	}
	if len(t.Classes) > 0 {
		list := [][]string{{p.t("traffic.class"), p.t("traffic.within"), "TTFT p99", "TPOT p99", "E2E p99"}}
		for i := range t.Classes {
			c := &t.Classes[i]
			list = append(list, []string{c.Name, report.Share(c.Goodput), number.Digits(c.TTFT.P99, 4),
				number.Digits(c.TPOT.P99, 3), number.Digits(c.E2E.P99, 4)})
		}
		out = append(out, "")
		for _, l := range cell.Grid(list, w-1, p.T.Marks.More) {
			out = append(out, " "+l)
		}
		if q := p.request(); q != nil && q.Workload != nil {
			out = append(out, p.wrap(p.T.Muted, p.t("traffic.sources", "n", number.Int(len(q.Workload.Sources))), w-1, 1)...)
		}
	}
	if held == nil {
		return out
	}
	out = append(out, "", " "+p.T.Title.Paint(p.cut(p.t("traffic.limits"), w-2)))
	for _, b := range held.ByUse() {
		ink, mark := p.T.Good, ""
		if b.Broken() {
			ink, mark = p.T.Bad, " !"
		}
		line := " " + ink.Paint(plot.Gauge(b.Used(), 6, p.T.Marks)) + " "
		out = append(out, p.cut(line+p.C.Tell(b.Against())+mark, w-1))
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
	mix := ""
	if q := p.request(); q != nil && (q.Workload != nil || len(t.Classes) > 0) {
		mix = "_mix"
	}
	if t.Kind == plan.TrafficPoisson {
		return p.t("traffic.poisson"+mix, "qps", number.Digits(t.Rate, 3), "engine", serving.String())
	}
	return p.t("traffic.closed"+mix, "n", number.Int(concurrency), "engine", serving.String())
}
