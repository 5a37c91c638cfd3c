package report

import (
	"strings"

	"fathom/hw"
)

// grid is a table of texts: the first row is the header. Columns of numbers are set flush right.
type grid struct {
	header []string
	right  []bool
	rows   [][]string
}

func (g *grid) column(title string, right bool) {
	g.header = append(g.header, title)
	g.right = append(g.right, right)
}

func (g *grid) add(cells ...string) {
	for i := range cells {
		cells[i] = hw.Clean(cells[i])
	}
	g.rows = append(g.rows, cells)
}

// text sets the table in plain characters, two blanks between columns.
func (g *grid) text(b *strings.Builder, indent string, width func(string) int) {
	widths := make([]int, len(g.header))
	for i, h := range g.header {
		widths[i] = width(h)
	}
	for _, row := range g.rows {
		for i, c := range row {
			widths[i] = max(widths[i], width(c))
		}
	}
	line := func(cells []string) {
		var l strings.Builder
		l.WriteString(indent)
		for i, c := range cells {
			if i > 0 {
				l.WriteString("  ")
			}
			pad := strings.Repeat(" ", widths[i]-width(c))
			if g.right[i] {
				l.WriteString(pad + c)
			} else {
				l.WriteString(c + pad)
			}
		}
		b.WriteString(strings.TrimRight(l.String(), " "))
		b.WriteByte('\n')
	}
	line(g.header)
	rules := make([]string, len(widths))
	for i, w := range widths {
		rules[i] = strings.Repeat("-", w)
	}
	line(rules)
	for _, row := range g.rows {
		line(row)
	}
}

// markdown sets the table as Markdown; bars inside cells would end them.
func (g *grid) markdown(b *strings.Builder) {
	line := func(cells []string) {
		b.WriteByte('|')
		for _, c := range cells {
			b.WriteByte(' ')
			b.WriteString(strings.ReplaceAll(c, "|", `\|`))
			b.WriteString(" |")
		}
		b.WriteByte('\n')
	}
	line(g.header)
	b.WriteByte('|')
	for _, right := range g.right {
		if right {
			b.WriteString(" ---: |")
		} else {
			b.WriteString(" --- |")
		}
	}
	b.WriteByte('\n')
	for _, row := range g.rows {
		line(row)
	}
}
