package pane

import (
	"fathom/sim/explain"
	"fathom/sim/report"
	"fathom/state/table"
	"fathom/ui/cell"
	"fathom/ui/number"
	"fathom/ui/plot"
	"fathom/ui/style"
)

// class is one of the four things that a step spends its time on.
type class struct {
	key   string
	share func(*report.Shares) float64
	ink   func(*style.Theme) style.Ink
}

var classes = []class{
	{"mem", func(s *report.Shares) float64 { return s.Mem }, func(t *style.Theme) style.Ink { return t.Mem }},
	{"comm", func(s *report.Shares) float64 { return s.Comm }, func(t *style.Theme) style.Ink { return t.Comm }},
	{"cube", func(s *report.Shares) float64 { return s.Cube }, func(t *style.Theme) style.Ink { return t.Cube }},
	{"vec", func(s *report.Shares) float64 { return s.Vec }, func(t *style.Theme) style.Ink { return t.Vec }},
}

// phase is one phase of a row with its breakdown.
type phase struct {
	key    string
	shares *report.Shares
}

func phases(r *report.Row) []phase {
	var out []phase
	if r.Prefill != nil {
		out = append(out, phase{"prefill", r.Prefill})
	}
	if r.Decode != nil {
		out = append(out, phase{"decode", r.Decode})
	}
	return out
}

// of says which row a detail view is about.
func (p *Painter) of(r *report.Row) string {
	return " " + p.T.Title.Paint(table.ShortLabel(r)) + "  " + p.t("head.batch", "n", number.Int(r.Batch))
}

// breakdown draws the shares of each phase as bars, both phases on one scale so that they compare.
func (p *Painter) breakdown(r *report.Row, w, h int) []string {
	out := []string{p.of(r)}
	list := phases(r)
	if len(list) == 0 {
		return append(out, p.wrap(p.T.Muted, p.t("detail.nobreakdown"), w-1, 1)...)
	}
	wide := len(list) == 2 && w >= 64
	if wide {
		left, right := p.bars(list[0], w/2-1), p.bars(list[1], w/2-1)
		for i := range left {
			out = append(out, cell.Left(left[i], w/2+1, "")+right[i])
		}
	} else {
		for i, ph := range list {
			if i > 0 && h >= 14 {
				out = append(out, "")
			}
			out = append(out, p.bars(ph, w)...)
		}
	}
	for _, b := range explain.Bottlenecks(*r) {
		text := p.wrap(p.T.Text, p.finding(b.Meaning), w-1, 1)
		if len(out)+1+len(text) > h {
			break
		}
		out = append(append(out, ""), text...)
	}
	return out
}

// strip is the breakdown in three lines, for the room that a short table leaves: the phases as stacked bars, and what
// their signs mean.
func (p *Painter) strip(r *report.Row, w int) []string {
	list := phases(r)
	if len(list) == 0 {
		return nil
	}
	signs := []string{"█", "▓", "▒", "░"}
	if p.T.ASCII {
		signs = []string{"M", "C", "Q", "V"}
	}
	out := []string{p.of(r)}
	for _, ph := range list {
		var parts []plot.Part
		legend := ""
		for i, c := range classes {
			v := c.share(ph.shares)
			parts = append(parts, plot.Part{Size: v, Ink: c.ink(&p.T), Sign: signs[i]})
			legend += " " + c.ink(&p.T).Paint(signs[i]) + " " + p.t("class."+c.key) + cell.Apart(number.Percent(v), 5)
		}
		room := w - 10 - cell.Width(legend) - 2
		line := " " + cell.Left(p.t("phase."+ph.key), 9, "")
		if room >= 8 {
			line += plot.Stacked(parts, room)
		}
		out = append(out, line+" "+legend)
	}
	return out
}

func (p *Painter) bars(ph phase, w int) []string {
	title := " " + p.T.Strong.Paint(p.t("phase."+ph.key))
	static := ""
	if ph.shares.Static > 0 {
		static = p.T.Muted.Paint(p.t("detail.static", "share", number.Percent(ph.shares.Static)))
	}
	out := []string{p.ends(title, static, w-1)}
	for _, c := range classes {
		v := c.share(ph.shares)
		bar := plot.Bar(v, max(4, w-14), p.T.Marks)
		out = append(out, "  "+cell.Left(p.t("class."+c.key), 5, "")+c.ink(&p.T).Paint(bar)+cell.Apart(number.Percent(v), 5))
	}
	return out
}
