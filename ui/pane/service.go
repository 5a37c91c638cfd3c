package pane

import (
	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/ui/cell"
	"fathom/ui/number"
	"fathom/ui/plot"
)

// service is what a row makes of the traffic that its plan names: a trace or conversations over their time, or a day
// with the replicas that it takes.
func (p *Painter) service(r *report.Row, w, h int) []string {
	out := []string{p.of(r)}
	switch {
	case r.Phase != plan.PhaseAggregation:
		return append(out, p.wrap(p.T.Muted, p.t("traffic.phase"), w-1, 1)...)
	case !p.M.Serves():
		return append(out, p.wrap(p.T.Muted, p.t("played.none"), w-1, 1)...)
	}
	s, d, err, done := p.M.Service(r)
	switch {
	case !err.IsZero():
		return append(out, p.wrap(p.T.Bad, p.C.Tell(err), w-1, 1)...)
	case !done:
		return append(out, " "+p.T.Muted.Paint(p.t("played.working")))
	case d != nil:
		return append(out, p.day(d, w, h-1)...)
	case s != nil:
		return append(out, p.served(s, w, h-1)...)
	}
	return out
}

// pairService is service of all instances of a pair.
func (p *Painter) pairService(x *report.Ratio, w, h int) []string {
	s, err, done := p.M.PairService(x)
	switch {
	case !err.IsZero():
		return p.wrap(p.T.Bad, p.C.Tell(err), w-1, 1)
	case !done:
		return []string{" " + p.T.Muted.Paint(p.t("played.working"))}
	case s != nil:
		return p.served(s, w, h)
	}
	return nil
}

// served draws a trace or conversations.
func (p *Painter) served(s *report.Service, w, h int) []string {
	out := p.wrap(p.T.Muted, p.C.Tell(s.Of), w-1, 1)
	for _, m := range s.Read {
		out = append(out, p.wrap(p.T.Muted, p.C.Tell(m), w-1, 1)...)
	}
	f := &s.Played
	out = append(out, p.wrap(p.T.Text, p.t("played.figures", "tok", number.Digits(f.Throughput, 4), "qps",
		number.Digits(f.QPS, 3), "share", number.Percent(f.Goodput)), w-1, 1)...)
	list := [][]string{{"", p.t("traffic.mean"), "p50", "p90", "p95", "p99"}}
	for _, x := range []struct {
		name string
		s    report.Stat
	}{{"TTFT ms", f.TTFT}, {"TPOT ms", f.TPOT}, {"E2E ms", f.E2E}} {
		line := []string{x.name}
		for _, v := range []float64{x.s.Mean, x.s.P50, x.s.P90, x.s.P95, x.s.P99} {
			line = append(line, number.Digits(v, 4))
		}
		list = append(list, line)
	}
	for _, l := range cell.Grid(list, w-1, p.T.Marks.More) {
		out = append(out, " "+l)
	}
	facts := []string{p.t("played.hits", "all", number.Percent(f.HitRate), "device", number.Percent(f.HitDevice), "host",
		number.Percent(f.HitHost), "ssd", number.Percent(f.HitSSD))}
	if x := s.Without; x != nil {
		facts = append(facts, p.t("played.without", "all", number.Percent(x.HitRate), "ttft",
			number.Digits(x.TTFT.Mean, 4)))
	}
	facts = append(facts, p.t("traffic.bind."+f.Bind))
	for _, line := range facts {
		out = append(out, p.wrap(p.T.Text, line, w-1, 1)...)
	}
	within, flight := plot.Series{Line: true, Ink: p.T.Accent}, plot.Series{Line: true, Ink: p.T.Accent}
	for _, x := range s.Slots {
		at := x.At / 60
		within.Points = append(within.Points, plot.Point{X: at, Y: 100 * x.Within})
		flight.Points = append(flight.Points, plot.Point{X: at, Y: float64(x.Waiting)})
	}
	return append(out, p.stacked(w, h-len(out), nil,
		plot.Chart{Series: []plot.Series{within}, YLabel: p.t("played.kept") + " %", XLabel: "min", Top: 100},
		plot.Chart{Series: []plot.Series{flight}, YLabel: p.t("played.in-flight"), XLabel: "min"})...)
}

// day draws the load of a day, the replicas that it takes, and what the two fleets keep.
func (p *Painter) day(d *report.Day, w, h int) []string {
	out := p.wrap(p.T.Muted, p.C.Tell(d.Of), w-1, 1)
	facts := []string{p.t("played.needed", "min", number.Int(d.Min), "n", number.Int(d.Max), "devices",
		p.C.Tell(message.New("count.devices", d.Devices)), "qps", number.Digits(d.PerReplica, 3), "goal",
		number.Percent(d.Goal))}
	for _, x := range []struct {
		name string
		p    *report.DayPolicy
	}{{"played.line-static", &d.Static}, {"played.line-paid", &d.Auto}} {
		cost := ""
		if x.p.Cost != nil {
			cost = p.t("played.cost", "v", number.Digits(*x.p.Cost, 4))
		}
		facts = append(facts, p.t("played.policy", "name", p.t(x.name), "n", number.Int(x.p.Most), "hours",
			number.Digits(x.p.DeviceHours, 4), "cost", cost, "share", number.Percent(x.p.Goodput)))
	}
	for _, x := range d.Failures {
		say := "played.failure"
		if x.Of < x.Replicas {
			say = "played.failure-of"
		}
		facts = append(facts, p.t(say, "of", number.Int(x.Of), "n", number.Int(x.Replicas), "before",
			number.Percent(x.Before),
			"after",
			number.Percent(x.After)))
	}
	for _, line := range facts {
		out = append(out, p.wrap(p.T.Text, line, w-1, 1)...)
	}
	line := func(name string, hue int, sign rune, of func(*report.DaySlot) float64) plot.Series {
		s := plot.Series{Name: name, Line: true, Ink: p.T.Hue(hue), Sign: sign}
		for i := range d.Slots {
			x := &d.Slots[i]
			s.Points = append(s.Points, plot.Point{X: x.At / 3600, Y: of(x)})
		}
		return s
	}
	var ticks []plot.Tick
	for k := range 5 {
		at := d.Length * float64(k) / 4
		ticks = append(ticks, plot.Tick{At: at / 3600, Label: report.Clock(at)})
	}
	static, auto := p.t("played.line-static"), p.t("played.line-paid")
	return append(out, p.stacked(w, h-len(out), ticks,
		plot.Chart{YLabel: p.t("played.replicas"), Series: []plot.Series{
			line(static, 1, '-', func(x *report.DaySlot) float64 { return float64(x.Static.Paid) }),
			line(auto, 2, '+', func(x *report.DaySlot) float64 { return float64(x.Auto.Paid) }),
			line(p.t("played.line-needed"), 0, 'o', func(x *report.DaySlot) float64 { return float64(x.Needed) })}},
		plot.Chart{YLabel: p.t("played.load"), Series: []plot.Series{
			line("", 0, 'o', func(x *report.DaySlot) float64 { return x.Rate })}},
		plot.Chart{YLabel: p.t("played.kept") + " %", Top: 100, Series: []plot.Series{
			line(static, 1, '-', func(x *report.DaySlot) float64 { return 100 * x.Static.Goodput }),
			line(auto, 2, '+', func(x *report.DaySlot) float64 { return 100 * x.Auto.Goodput })}})...)
}

// stacked draws charts one under the other, each with an even share of the height; what is taller scrolls.
func (p *Painter) stacked(w, h int, ticks []plot.Tick, charts ...plot.Chart) (out []string) {
	each := max(8, min(14, h/len(charts)-1))
	for _, c := range charts {
		if c.Ticks == nil {
			c.Ticks = ticks
		}
		if lines := c.Lines(w, each, p.T); lines != nil {
			out = append(append(out, ""), lines...)
		}
	}
	return out
}
