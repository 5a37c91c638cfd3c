package pane

import (
	"fathom/sim/report"
	"fathom/state"
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

// detail draws one detail view into r.
func (p *Painter) detail(d state.Detail, r layout.Rect) []string {
	row := p.selected()
	if row == nil {
		return []string{"", " " + p.T.Muted.Paint(p.t("detail.norow"))}
	}
	var lines []string
	switch d {
	case state.BreakdownTab:
		lines = p.breakdown(row, r.W, r.H)
	case state.MemoryTab:
		lines = p.memory(row, r.W)
	case state.PlotTab:
		return p.curves(row, r.W, r.H)
	case state.OpsTab:
		lines = p.operators(row, r.W)
	case state.WhyTab:
		lines = p.why(r.W)
	case state.SensitivityTab:
		lines = p.sensitivity(row, r.W)
	}
	top := 0
	if d == p.M.Results.Detail {
		top = p.M.Results.Scroll
		p.scrolls(r.H, len(lines))
	}
	return p.scroll(lines, top, r)
}
