package pane

import (
	"strings"

	"fathom/state/table"
	"fathom/ui/cell"
)

// RowText is one row with the name of every figure, one a line.
func (p *Painter) RowText(i table.Item) string {
	var b strings.Builder
	for id := range table.NumColumns {
		c := &table.Columns[id]
		if id == table.ColDelta || !c.Kinds[kindOf(i)] {
			continue
		}
		if c.IfKnown {
			if _, ok := c.Number(i); !ok {
				continue
			}
		}
		name, text := "column."+c.Key, p.cell(id, table.Shown{Item: i})
		if both := p.spanOf(id, i); both != "" {
			name, text = "column_range."+c.Key, both
		}
		if text != "" {
			b.WriteString(p.t(name) + ": " + text + "\n")
		}
	}
	return b.String()
}

// TableText is the table as sorted and filtered, every row and every column of it, in aligned plain text.
func (p *Painter) TableText(t *table.Table) string {
	rows := [][]string{nil}
	for _, id := range t.Columns {
		name := "column."
		if _, ok := spans[id]; ok {
			name = "column_range."
		}
		rows[0] = append(rows[0], p.t(name+table.Columns[id].Key))
	}
	for i := range t.Len() {
		item, _ := t.At(i)
		var row []string
		for _, id := range t.Columns {
			text := p.cell(id, table.Shown{Item: item})
			if both := p.spanOf(id, item); both != "" {
				text = both
			}
			row = append(row, text)
		}
		rows = append(rows, row)
	}
	width := make([]int, len(t.Columns))
	for _, row := range rows {
		for i, s := range row {
			width[i] = max(width[i], cell.Width(s))
		}
	}
	var b strings.Builder
	for _, row := range rows {
		var line strings.Builder
		for i, s := range row {
			if i > 0 {
				line.WriteString("  ")
			}
			if table.Columns[t.Columns[i]].Text == nil {
				line.WriteString(cell.Right(s, width[i], ""))
			} else {
				line.WriteString(cell.Left(s, width[i], ""))
			}
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	return b.String()
}
