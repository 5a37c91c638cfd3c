package page

import (
	"fmt"
	"slices"

	"fathom/sim/chart"
	"fathom/sim/plan"
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
		for _, one := range chart.Of(p.Sweep, chart.Throughput) {
			list = append(list, pen.Sweep(one))
		}
	}
	if r.Request == nil {
		return list
	}
	for _, phase := range phases(r) {
		list = append(list, frontiers(pen, r, func(f chart.Figure) *chart.Frontier { return chart.Front(r, phase, f) })...)
	}
	if r.Mode == plan.PDRatio {
		list = append(list, frontiers(pen, r, func(f chart.Figure) *chart.Frontier { return chart.Pairs(r, f) })...)
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

// phases are those whose points are drawn: of a P:D plan the pairs say more.
func phases(r *report.Report) (out []plan.Phase) {
	if r.Mode == plan.PDRatio {
		return nil
	}
	for _, phase := range []plan.Phase{plan.PhaseAggregation, plan.PhasePrefill, plan.PhaseDecode} {
		for i := range r.Devices {
			if r.Devices[i].Section(phase) != nil {
				out = append(out, phase)
				break
			}
		}
	}
	return out
}

// frontiers are the one of throughput and, where they are known, those of cost and of power; one without points is left out.
func frontiers(pen svg.Pen, r *report.Report, of func(chart.Figure) *chart.Frontier) (out []svg.Chart) {
	for _, f := range []chart.Figure{chart.PerDevice, chart.Cost, chart.PerWatt} {
		if x := of(f); len(x.Sets) > 0 {
			out = append(out, pen.Frontier(x))
		}
	}
	return out
}
