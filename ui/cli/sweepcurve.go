package cli

import (
	"slices"
	"strings"

	"fathom/ui/cell"
	"fathom/ui/number"
	"fathom/ui/plot"
)

// The length of the largest bar of a curve, and what a narrow terminal leaves of it.
const barWidth, leastBar = 30, 6

// curve lists every value of the only knob with a bar as long as its throughput.
func (s *sweepSheet) curve(p *picture, top float64) []string {
	out := s.bars(p, top, barWidth)
	over := 0
	for _, l := range out {
		over = max(over, cell.Width(l)-s.width)
	}
	if s.width > 0 && over > 0 {
		out = s.bars(p, top, max(leastBar, barWidth-over))
	}
	return out
}

func (s *sweepSheet) bars(p *picture, top float64, width int) []string {
	knob := s.out.Axes[0].Knob
	bars, cost := false, false
	for _, c := range p.lines[0].Cells {
		bars, cost = bars || c.Interval != nil, cost || c.Cost != nil
	}
	head := []string{"", s.knob(knob), "", "", s.texts.T("sweep.rate"), s.texts.T("sweep.device")}
	if bars {
		head = append(head, s.texts.T("sweep.interval"))
	}
	if cost {
		head = append(head, s.texts.T("sweep.cost"))
	}
	rows := [][]string{head}
	for _, c := range p.lines[0].Cells {
		name := c.Label
		if name == "" {
			rows = append(rows, []string{"", knob.Print(c.At[0]), s.theme.Muted.Paint(string(failed[c.Status])),
				s.texts.T("status." + string(c.Status)), number.None, number.None})
			continue
		}
		at := slices.Index(p.order, name)
		ink := s.theme.Hue(at)
		row := []string{"", knob.Print(c.At[0]), ink.Paint(string(letter(at))),
			ink.Paint(strings.TrimRight(plot.Bar(c.Throughput/top, width, s.theme.Marks), " ")),
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
