package pane

import (
	"slices"
	"strings"

	"fathom/sim/report"
	"fathom/state/table"
	"fathom/ui/cell"
	"fathom/ui/number"
)

// leastStrategy is how few cells of a strategy still tell one from another.
const leastStrategy = 12

// squeeze takes so many cells from the two strategies of a pair, if nothing else is left to drop; ok is false where the
// columns have no pair or need more.
func squeeze(cols []tableColumn, over int) (ok bool) {
	at := func(id table.ColumnID) int {
		return slices.IndexFunc(cols, func(c tableColumn) bool { return c.id == id })
	}
	p, d := at(table.ColPrefillStrategy), at(table.ColDecodeStrategy)
	if p < 0 || d < 0 || slices.ContainsFunc(cols, func(c tableColumn) bool { return table.Columns[c.id].Priority > 1 }) {
		return false
	}
	for ; over > 0; over-- {
		wider := &cols[p]
		if cols[d].w >= wider.w {
			wider = &cols[d]
		}
		if wider.w <= leastStrategy {
			return false
		}
		wider.w--
	}
	return true
}

// dropped are the columns that the table has no room for.
func (p *Painter) dropped(of *table.Table, w int) []table.ColumnID {
	shown := p.fitColumns(of, w)
	var out []table.ColumnID
	for _, id := range of.Columns {
		if !slices.ContainsFunc(shown, func(c tableColumn) bool { return c.id == id }) {
			out = append(out, id)
		}
	}
	return out
}

// beyondTable are the figures of the selected row that a narrow table leaves out.
func (p *Painter) beyondTable(w int) []string {
	t := &p.M.Results.Table
	at, ok := t.At(t.Cursor)
	if !ok || at.Cross != nil {
		return nil
	}
	var items []string
	for _, s := range p.M.Window(t.Cursor, 1) {
		for _, id := range p.dropped(t, p.s.Main.W) {
			if v := p.cell(id, s); v != "" && v != number.None {
				items = append(items, p.longTitle(id)+" "+v)
			}
		}
	}
	if len(items) == 0 {
		return nil
	}
	return append([]string{"", " " + p.T.Title.Paint(p.t("table.beyond"))}, p.wrap(p.T.Text, p.dots(items...), w-1, 2)...)
}

// longTitle is a column's name where there is room for it.
func (p *Painter) longTitle(id table.ColumnID) string {
	if key := "column_long." + table.Columns[id].Key; p.C.Has(key) {
		return p.t(key)
	}
	return p.t("column." + table.Columns[id].Key)
}

// between is what of a pair belongs to neither side, whole: the way of the cache, devices that are left over, and what
// was asked about experts.
func (p *Painter) between(x *report.Ratio, w int) []string {
	out := []string{"", " " + p.T.Title.Paint(p.t("ratio.between"))}
	for _, m := range x.Moves() {
		out = append(out, p.wrap(p.T.Text, p.finding(m), w-1, 2)...)
	}
	for _, l := range p.wideItems(x) {
		out = append(out, p.wrap(p.T.Text, cell.Clean(l.head+": "+p.dots(l.items...)), w-1, 2)...)
	}
	if out = append(out, p.unsaid(w)...); len(out) == 2 {
		return nil
	}
	return out
}

// unsaid are the remarks that the lines under the table cut or leave out.
func (p *Painter) unsaid(w int) (out []string) {
	solid := func(s string) string { return strings.Join(strings.Fields(cell.Clean(s)), "") }
	said := solid(strings.Join(p.notes(p.s.Notes.H), " "))
	for _, s := range p.remarks() {
		if strings.Contains(said, solid(s)) {
			continue
		}
		if out == nil {
			out = []string{"", " " + p.T.Title.Paint(p.t("notes.whole"))}
		}
		out = append(out, p.wrap(p.T.Text, cell.Clean(s), w-1, 2)...)
	}
	return out
}
