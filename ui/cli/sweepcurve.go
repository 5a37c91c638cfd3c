package cli

import (
	"strings"

	"fathom/sim/chart"
	"fathom/ui/cell"
	"fathom/ui/number"
	"fathom/ui/plot"
)

// The length of the largest bar of a curve, and what a narrow terminal leaves of it.
const barWidth, leastBar = 30, 6

// curve lists every value of the only knob with a bar as long as the figure of what wins there.
func (s *sweepSheet) curve(p *chart.Picture) []string {
	out := s.bars(p, barWidth)
	over := 0
	for _, l := range out {
		over = max(over, cell.Width(l)-s.width)
	}
	if s.width > 0 && over > 0 {
		out = s.bars(p, max(leastBar, barWidth-over))
	}
	return out
}

func (s *sweepSheet) bars(p *chart.Picture, width int) []string {
	knob := p.X.Knob
	bars, cost := false, false
	for _, at := range p.Rows[0] {
		if c := at.Cell; c != nil {
			bars, cost = bars || c.Interval != nil, cost || c.Cost != nil
		}
	}
	head := []string{"", s.knob(knob), "", "", s.texts.T("sweep.rate"), s.texts.T("sweep.device")}
	if bars {
		head = append(head, s.texts.T("sweep.interval"))
	}
	if cost {
		head = append(head, s.texts.T("sweep.cost"))
	}
	rows := [][]string{head}
	for _, at := range p.Rows[0] {
		c := at.Cell
		if c == nil {
			continue
		}
		if at.Winner < 0 {
			rows = append(rows, []string{"", knob.Print(c.At[0]), s.theme.Muted.Paint(string(chart.Failed(c.Status))),
				s.texts.T("status." + string(c.Status)), number.None, number.None})
			continue
		}
		ink := s.theme.Hue(at.Winner)
		length, _ := p.Figure.Of(c)
		row := []string{"", knob.Print(c.At[0]), ink.Paint(string(p.Winners[at.Winner].Sign)),
			ink.Paint(strings.TrimRight(plot.Bar(length/p.Top, width, s.theme.Marks), " ")),
			number.Fixed(c.Throughput, 1), number.None}
		if c.PerDevice > 0 {
			row[5] = number.Fixed(c.PerDevice, 1)
		}
		if bars {
			between := number.None
			if c.Interval != nil {
				between = number.Digits(c.Interval.Low, 4) + ".." + number.Digits(c.Interval.High, 4)
			}
			row = append(row, between)
		}
		if cost {
			price := number.None
			if c.Cost != nil {
				price = number.Digits(*c.Cost, 4)
			}
			row = append(row, price)
		}
		rows = append(rows, row)
	}
	return columns(rows, map[int]bool{1: true, 4: true, 5: true, 6: true, 7: true})
}

// columns aligns cells by what they take on screen; those of right stand at the right of their column.
func columns(rows [][]string, right map[int]bool) (out []string) {
	var widths []int
	for _, row := range rows {
		for i, c := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], cell.Width(c))
		}
	}
	for _, row := range rows {
		var line []string
		for i, c := range row {
			space := cell.Space(widths[i] - cell.Width(c))
			if right[i] {
				line = append(line, space+c)
			} else {
				line = append(line, c+space)
			}
		}
		out = append(out, strings.TrimRight(strings.Join(line, "  "), " "))
	}
	return out
}
