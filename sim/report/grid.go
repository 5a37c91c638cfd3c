package report

import (
	"strings"

	"fathom/hw/message"
)

// grid is a table of texts: the first row is the header. Columns of numbers are set flush right.
type grid struct {
	header []message.Message
	right  []bool
	rows   [][]any // texts that are the same in every language, and messages
}

// column adds one whose title is the text col.KEY.
func (g *grid) column(key string, right bool) {
	g.header = append(g.header, message.New("col."+key))
	g.right = append(g.right, right)
}

func (g *grid) add(cells ...any) { g.rows = append(g.rows, cells) }

// worded is the table in the language of a voice.
func (g *grid) worded(v Voice) (header []string, rows [][]string) {
	for _, h := range g.header {
		header = append(header, v.say(h))
	}
	for _, row := range g.rows {
		cells := make([]string, len(row))
		for i, c := range row {
			cells[i] = v.say(message.Message{Args: []any{c}})
		}
		rows = append(rows, cells)
	}
	return header, rows
}

// text sets the table in plain characters, two blanks between columns.
func (g *grid) text(b *strings.Builder, indent string, v Voice) {
	header, rows := g.worded(v)
	widths := make([]int, len(header))
	for i, h := range header {
		widths[i] = v.width(h)
	}
	for _, row := range rows {
		for i, c := range row {
			widths[i] = max(widths[i], v.width(c))
		}
	}
	line := func(cells []string) {
		var l strings.Builder
		l.WriteString(indent)
		for i, c := range cells {
			if i > 0 {
				l.WriteString("  ")
			}
			pad := strings.Repeat(" ", widths[i]-v.width(c))
			if g.right[i] {
				l.WriteString(pad + c)
			} else {
				l.WriteString(c + pad)
			}
		}
		b.WriteString(strings.TrimRight(l.String(), " "))
		b.WriteByte('\n')
	}
	line(header)
	rules := make([]string, len(widths))
	for i, w := range widths {
		rules[i] = strings.Repeat("-", w)
	}
	line(rules)
	for _, row := range rows {
		line(row)
	}
}

// markdown sets the table as Markdown; bars inside cells would end them.
func (g *grid) markdown(b *strings.Builder, v Voice) {
	header, rows := g.worded(v)
	line := func(cells []string) {
		b.WriteByte('|')
		for _, c := range cells {
			b.WriteByte(' ')
			b.WriteString(strings.ReplaceAll(c, "|", `\|`))
			b.WriteString(" |")
		}
		b.WriteByte('\n')
	}
	line(header)
	b.WriteByte('|')
	for _, right := range g.right {
		if right {
			b.WriteString(" ---: |")
		} else {
			b.WriteString(" --- |")
		}
	}
	b.WriteByte('\n')
	for _, row := range rows {
		line(row)
	}
}
