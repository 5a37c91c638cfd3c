package page

import (
	"fmt"
	"slices"

	"fathom/sim/chart"
	"fathom/sim/report"
	"fathom/ui/svg"
)

// figures sets the charts beside each other as the width allows.
func (w *writer) figures() {
	w.WriteString("<div class=\"grid\">\n")
	for i, c := range Charts(*w.p) {
		fmt.Fprintf(w, "<figure><figcaption>%s</figcaption>%s</figure>\n", esc(c.Title), c.Inline(fmt.Sprintf("c%d", i+1)))
	}
	w.WriteString("</div>\n")
}

// Charts are the drawings of a report: sweeps, frontiers, ladders, memory, the instances of pairs.
func Charts(p Page) (list []svg.Chart) {
	pen, r := svg.Pen{Texts: p.Texts}, p.Report
	if p.Sweep != nil {
		for _, one := range chart.Of(p.Sweep, chart.Best(p.Sweep.ByCost())) {
			list = append(list, pen.Sweep(one))
		}
	}
	if r.Request == nil {
		return list
	}
	frontiers := p.Frontiers
	if frontiers == nil {
		frontiers = chart.All(r)
	}
	for _, f := range frontiers {
		if len(f.Sets) > 0 {
			list = append(list, pen.Frontier(f))
		}
	}
	if p.Decision != nil {
		for _, d := range p.Decision.Decisions {
			if d.Now.Winner != "" {
				list = append(list, pen.Tornado(d))
			}
		}
	}
	for i := range r.Devices {
		d := &r.Devices[i]
		if slices.ContainsFunc(d.Ladder, func(x report.Rung) bool { return x.Throughput > 0 }) {
			list = append(list, pen.Ladder(d.Device, d.Ladder))
		}
		if d.PDRatio != nil && d.PDRatio.Best != nil {
			b := d.PDRatio.Best
			if c, ok := pen.Pair(d.Device, b, r.Request.PrefillDevices, r.Request.DecodeDevices); ok {
				list = append(list, c)
			}
			for _, row := range []*report.Row{&b.Prefill, &b.Decode} {
				if c, ok := pen.Memory(d.Device, row, r.Request.ReservedGB); ok {
					list = append(list, c)
				}
			}
			continue
		}
		for _, s := range []*report.Section{d.Aggregation, d.Prefill, d.Decode} {
			if s == nil {
				continue
			}
			if c, ok := pen.Memory(d.Device, s.Best, r.Request.ReservedGB); ok {
				list = append(list, c)
			}
		}
	}
	return list
}
