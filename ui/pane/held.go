package pane

import (
	"fathom/sim/report"
	"fathom/ui/plot"
)

// promises are the limits of a played row with what requests meet, as gauges of so many cells: the most used first,
// then the others of all requests. Where no limit is on goodput, the share that keeps to all of them comes last.
func (p *Painter) promises(h *report.Held, gauge int) (list []string) {
	one := func(b *report.Promise) {
		ink, s := p.T.Good, p.C.Tell(b.Against())
		if b.Broken() {
			ink = p.T.Bad
			s += " !"
		}
		if gauge > 0 {
			s += " " + ink.Paint(plot.Gauge(b.Used(), gauge, p.T.Marks))
		}
		list = append(list, s)
	}
	sorted := h.ByUse()
	for i, b := range sorted {
		if i == 0 || b.Class == "" {
			one(b)
		}
	}
	if len(sorted) > 0 && h.Binding(report.MetricGoodput) == nil {
		list = append(list, p.t("head.goodput", "v", report.Share(h.Goodput)))
	}
	return list
}
