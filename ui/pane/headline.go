package pane

import (
	"slices"

	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/state/table"
	"fathom/ui/cell"
	"fathom/ui/number"
	"fathom/ui/plot"
)

// headline is two lines that the back row can read: what the best row serves, and how near its limits it runs.
func (p *Painter) headline() []string {
	if d := p.onDevice(); p.M.Results.Part == table.PartRatio && d != nil && d.PDRatio != nil && d.PDRatio.Best != nil &&
		!p.M.Results.Cross {
		return p.ratioHeadline(d.PDRatio.Best)
	}
	r, winner, owes := p.best(), "", p.repriced(p.onDevice(), p.M.Results.Part)
	if p.M.Results.Cross {
		best := p.crossBest()
		if best.Ratio != nil {
			return p.ratioHeadline(best.Ratio)
		}
		if r = best.Row; r != nil {
			winner, owes = p.device(best.Device), "" // the comparison says it of all its lines
			if r.Phase != plan.PhaseAggregation {
				winner += " " + p.t("part."+r.Phase.String())
			}
		}
	}
	if r == nil {
		return p.noWinner()
	}
	unit := "head.throughput"
	if r.Phase == plan.PhasePrefill {
		unit = "head.input_throughput"
	}
	first := "  " + p.T.Strong.Paint(p.t(unit, "v", number.Digits(r.Throughput, 4)))
	if x := r.ThroughputRange; x != nil {
		first += " " + p.T.Muted.Paint(p.t("head.range", "low", number.Digits(x.Low, 3), "high", number.Digits(x.High, 3)))
	}
	if c := p.againstBase(r); c != "" {
		first += "  " + p.changed(c)
	}
	if winner != "" {
		first += "   " + p.T.Strong.Paint(winner)
	}
	if owes != "" {
		first += "   " + owes
	}
	items := []headItem{{p.t("head.per_device", "v", number.Digits(r.PerDevice, 4)), 3}}
	if r.Held != nil && r.Held.Rate > 0 {
		items = append(items, headItem{p.T.Strong.Paint(p.t("head.sent", "qps", number.Digits(r.Held.Rate, 3))), 0})
	}
	items = append(items, headItem{p.T.Strong.Paint(table.ShortLabel(r)), 1},
		headItem{p.T.Strong.Paint(p.t("head.batch", "n", number.Int(r.Batch))), 2},
		headItem{p.t("head.concurrency", "n", number.Int(r.Concurrency)), 4})
	return []string{p.roomFor(first, items), p.limits(r)}
}

// headItem is something that the headline says where there is room; of two the one of lower rank is worth more.
type headItem struct {
	text string
	rank int
}

// roomFor puts items behind a text, in their order; the least worth is left out until the others fit.
func (p *Painter) roomFor(first string, items []headItem) string {
	for {
		line, worst := first, 0
		for i, x := range items {
			line += "   " + x.text
			if x.rank >= items[worst].rank {
				worst = i
			}
		}
		if len(items) == 0 || cell.Width(line)+1 < p.W {
			return line
		}
		items = slices.Delete(items, worst, worst+1)
	}
}

// limits is the second line: each latency against its limit, and the memory left.
func (p *Painter) limits(r *report.Row) string {
	q := p.request()
	gauge := 0
	if p.W >= 76 {
		gauge = 8
	}
	if p.W >= 110 {
		gauge = 14
	}
	line := " "
	put := func(s string) {
		if cell.Width(line)+cell.Width(s)+2 <= p.W {
			line += " " + s + " "
		}
	}
	one := func(name string, v *float64, limit float64, digits int) {
		if v == nil {
			return
		}
		s := p.t("head."+name, "v", number.Digits(*v, digits))
		if limit <= 0 {
			put(s)
			return
		}
		s = p.t("head."+name+"_of", "v", number.Digits(*v, digits), "limit", number.Short(limit, 4))
		ink := p.T.Good
		if *v > limit {
			ink = p.T.Bad
			s += " !"
		}
		if gauge > 0 {
			s += " " + ink.Paint(plot.Gauge(*v/limit, gauge, p.T.Marks))
		}
		put(s)
	}
	switch {
	case r.Held != nil:
		for _, s := range p.promises(r.Held, gauge) {
			put(s)
		}
	case q != nil:
		one("ttft", r.TTFT, q.TTFTLimit, 4)
		one("tpot", r.TPOT, q.TPOTLimit, 3)
	}
	if !r.NoMemory {
		put(p.t("head.free", "v", number.Fixed(r.AvailableGB, 1)))
	}
	return line
}

// noWinner says that nothing met the limits, and what would.
func (p *Painter) noWinner() []string {
	first := "  " + p.T.Bad.Paint(p.t("head.none"))
	if s := p.repriced(p.onDevice(), p.M.Results.Part); s != "" && !p.M.Results.Cross {
		first += "  " + s
	}
	n := p.M.Headline().Nearest
	if n == nil {
		return []string{first, ""}
	}
	return []string{first, "  " + p.cut(p.t("head.nearest", "label", table.ShortLabel(&n.Row), "batch",
		number.Int(n.Row.Batch),
		"relax", p.C.Tell(n.Relax)), p.W-3)}
}

// againstBase is the change of the winner against the run that changes are shown against.
func (p *Painter) againstBase(r *report.Row) string {
	run, v, ok := p.M.Base()
	d := p.onDevice()
	if !ok || d == nil {
		return ""
	}
	base := p.M.Entry(run).Reports[v]
	if base == nil {
		return ""
	}
	name := d.Device
	if p.M.Results.Cross {
		name = p.crossBest().Device // the row is the best profile's, whichever the other panes show
	}
	for i := range base.Devices {
		if b := &base.Devices[i]; b.Device == name {
			for _, s := range []*report.Section{b.Aggregation, b.Prefill, b.Decode} {
				if s != nil && s.Best != nil && s.Best.Phase == r.Phase {
					return number.Change(s.Best.Throughput, r.Throughput)
				}
			}
		}
	}
	return ""
}

func (p *Painter) changed(c string) string {
	switch {
	case c[0] == '+':
		return p.T.Good.Paint(c)
	case c[0] == '-':
		return p.T.Bad.Paint(c)
	}
	return p.T.Muted.Paint(c)
}

// crossBest is the line of the profile that serves most; the zero line where none has an answer.
func (p *Painter) crossBest() report.Cross {
	rep := p.report()
	if rep == nil {
		return report.Cross{}
	}
	var best report.Cross
	for _, c := range rep.Cross {
		if (c.Row != nil || c.Ratio != nil) && c.Throughput > best.Throughput {
			best = c
		}
	}
	return best
}

// ratioHeadline is that of a pair of shapes: what the plan serves, and on which instances. Where no split fits the
// devices nothing is served, so that there is no rate.
func (p *Painter) ratioHeadline(r *report.Ratio) []string {
	pd := p.t("head.pd", "v", number.Digits(r.PDRatio, 3))
	first := "  " + p.T.Bad.Paint(p.t("head.nosplit")) + "   " + pd
	if r.PrefillInstances != nil && r.DecodeInstances != nil {
		first = "  " + p.T.Strong.Paint(p.t("head.qps", "v", number.Digits(r.Serves(), 3)))
		if s := p.repriced(p.onDevice(), table.PartRatio); s != "" && !p.M.Results.Cross {
			first += "   " + s
		}
		items := []string{p.T.Strong.Paint(p.t("head.split", "p", number.Int(*r.PrefillInstances), "d",
			number.Int(*r.DecodeInstances)))}
		items = append(items, p.ofOnePair(r), pd)
		if r.TotalDevices != nil {
			items = append(items, p.C.N("head.total_devices", *r.TotalDevices, number.Int(*r.TotalDevices)))
		}
		for _, s := range items {
			if cell.Width(first)+cell.Width(s)+4 < p.W {
				first += "   " + s
			}
		}
	}
	if r.Held != nil {
		line := " "
		for _, s := range append([]string{p.t("head.holds", "qps", number.Digits(r.Held.QPS, 3), "n",
			number.Int(r.Held.Concurrency))}, p.promises(r.Held, 0)...) {
			if cell.Width(line)+cell.Width(s)+2 <= p.W {
				line += " " + s + " "
			}
		}
		return []string{p.cut(first, p.W-1), line}
	}
	second := "  " + p.t("head.bottleneck", "side", p.t("bottleneck."+r.Bottleneck)) + "   P " +
		table.ShortLabel(&r.Prefill) +
		"   D " + table.ShortLabel(&r.Decode)
	return []string{p.cut(first, p.W-1), p.cut(second, p.W-1)}
}

// ofOnePair is the balanced rate, by which pairs are ranked and compared, in words: what all instances serve is another
// number.
func (p *Painter) ofOnePair(r *report.Ratio) string {
	s := p.t("head.pair", "v", number.Digits(r.Balanced, 3))
	if x := r.Range(); x != nil {
		s += " " + p.T.Muted.Paint(p.t("head.range", "low", number.Digits(x.Low, 3), "high", number.Digits(x.High, 3)))
	}
	if c := p.pairAgainstBase(r); c != "" {
		s += "  " + p.changed(c)
	}
	return s
}

// pairAgainstBase is the change of the best pair against that of the run that changes are shown against.
func (p *Painter) pairAgainstBase(r *report.Ratio) string {
	h := p.M.Headline()
	if h.BaseOf == nil || h.Ratio != r {
		return ""
	}
	return number.Change(h.BaseOf.Value(), r.Value())
}
