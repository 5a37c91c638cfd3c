package pane

import (
	"fathom/sim/report"
	"fathom/state"
	"fathom/ui/cell"
	"fathom/ui/layout"
)

// selected is the row that the details are about.
func (p *Painter) selected() *report.Row {
	item, ok := p.M.Selected()
	if !ok {
		return nil
	}
	return item.Row
}

// detail draws one detail view of the selected row into r.
func (p *Painter) detail(d state.Detail, r layout.Rect) []string {
	row := p.selected()
	if row == nil {
		return []string{"", " " + p.T.Muted.Paint(p.t("detail.norow"))}
	}
	if d == state.PlotTab {
		return p.curves(row, r.W, r.H)
	}
	lines := p.detailText(d, row, r.W, r.H)
	if d == state.BreakdownTab {
		lines = append(append(lines, p.beyondTable(r.W)...), p.unsaid(r.W)...)
	}
	top := 0
	if d == p.M.Results.Detail {
		top = p.M.Results.Scroll
		p.scrolls(r.H, len(lines))
	}
	return p.scroll(lines, top, r)
}

// detailText is a detail view as text that may be longer than its place.
func (p *Painter) detailText(d state.Detail, row *report.Row, w, h int) []string {
	switch d {
	case state.BreakdownTab:
		return p.breakdown(row, w, h)
	case state.MemoryTab:
		return p.memory(row, w, h)
	case state.PlotTab:
		return p.curves(row, w, h)
	case state.OpsTab:
		return p.operators(row, w)
	case state.WhyTab:
		for _, y := range p.M.Why() {
			if y.Row == row {
				return p.whyRow(y, w)
			}
		}
	case state.SensitivityTab:
		return p.sensitivity(row, w)
	case state.TrafficTab:
		return p.traffic(row, w, h)
	case state.CalibrationTab:
		return p.calibration(w)
	case state.ServiceTab:
		return p.service(row, w, h)
	}
	return nil
}

// detailPair draws a detail view of both sides of a P:D pair: side by side, or one under the other.
func (p *Painter) detailPair(d state.Detail, x *report.Ratio, r layout.Rect) []string {
	if d == state.TrafficTab && x.Traffic != nil {
		lines := p.benchmark(nil, x.Decode.Concurrency*max(1, instances(x)), x.Traffic, nil, r.W, r.H)
		p.scrolls(r.H, len(lines))
		return p.scroll(lines, p.M.Results.Scroll, r)
	}
	if d == state.ServiceTab && p.M.Serves() {
		lines := p.pairService(x, r.W, r.H)
		p.scrolls(r.H, len(lines))
		return p.scroll(lines, p.M.Results.Scroll, r)
	}
	if d == state.CalibrationTab { // it is about the profile, not about a side
		lines := p.calibration(r.W)
		p.scrolls(r.H, len(lines))
		return p.scroll(lines, p.M.Results.Scroll, r)
	}
	w, h := r.W, r.H/2
	beside := r.W >= 100
	if beside {
		w, h = (r.W-layout.Gap)/2, r.H
	}
	side := func(name string, row *report.Row) []string {
		return append([]string{" " + p.T.Accent.Paint(p.t("ratio."+name))}, p.detailText(d, row, w, h-1)...)
	}
	left, right := side("prefill", &x.Prefill), side("decode", &x.Decode)
	var lines []string
	if beside {
		for i := range max(len(left), len(right)) {
			a, b := "", ""
			if i < len(left) {
				a = left[i]
			}
			if i < len(right) {
				b = right[i]
			}
			lines = append(lines, cell.Left(a, w, "")+" "+p.T.Muted.Paint(p.T.Marks.Bar)+" "+b)
		}
	} else {
		lines = append(left, right...)
	}
	if d == state.BreakdownTab {
		lines = append(append(lines, p.beyondTable(r.W)...), p.between(x, r.W)...)
	}
	p.scrolls(r.H, len(lines))
	return p.scroll(lines, p.M.Results.Scroll, r)
}
