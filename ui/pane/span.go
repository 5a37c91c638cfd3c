package pane

import (
	"strings"

	"fathom/sim/report"
	"fathom/state/table"
	"fathom/ui/number"
)

// span is a column of an interval's careful end that shows both ends where there is room.
type span struct {
	of func(table.Item) *report.Interval
	w  int // cells of both ends
}

var spans = map[table.ColumnID]span{
	table.ColThroughputLow: {ofRow(throughputReach), 15},
	table.ColBalancedLow:   {pairReach, 13},
	table.ColTTFTHigh:      {ofRow(ttftReach), 13},
	table.ColTPOTHigh:      {ofRow(tpotReach), 12},
}

// ofRow lifts an interval of a row; nil where there is no row.
func ofRow(f func(*report.Row) *report.Interval) func(table.Item) *report.Interval {
	return func(i table.Item) *report.Interval {
		if i.Row == nil {
			return nil
		}
		return f(i.Row)
	}
}

func pairReach(i table.Item) *report.Interval {
	if i.Ratio == nil {
		return nil
	}
	return i.Ratio.Range()
}

// reached writes an interval, three digits of each end: more is not known.
func (p *Painter) reached(b *report.Interval) string {
	if b == nil {
		return number.None
	}
	dash := "–"
	if p.T.ASCII {
		dash = "-"
	}
	return number.Digits(b.Low, 3) + dash + number.Digits(b.High, 3)
}

// spanOf is a span's text for a row; "" where the column is none or the row has no figures.
func (p *Painter) spanOf(id table.ColumnID, i table.Item) string {
	x, ok := spans[id]
	if !ok || x.of(i) == nil {
		return ""
	}
	return p.reached(x.of(i))
}

// standing says what a reader of calibrated figures should know of them: that no run of the profile on screen stands
// behind them, and which have no interval although the others have.
func (p *Painter) standing() (out []string) {
	rep, d := p.report(), p.onDevice()
	if rep == nil || d == nil {
		return nil
	}
	s, bare := rep.Standing(d)
	if s == report.TakenOver {
		out = append(out, p.t("notes.taken_over"))
	}
	if row := d.Example(); row != nil {
		if m, ok := row.Unlike(); ok { // beside the other on its line: lines are few
			out = []string{p.dots(append(out, p.finding(m))...)}
		}
	}
	if m, ok := rep.Unfitted(d); ok {
		out = append(out, p.finding(m))
	}
	if len(bare) > 0 {
		out = append(out, p.t("notes.bare", "names", strings.Join(bare, p.t("list.comma"))))
	}
	return out
}

// crossSays is what the ranges say of the profiles, by their short names.
func (p *Painter) crossSays() (out []string) {
	rep := p.report()
	if rep == nil {
		return nil
	}
	short := *rep
	short.Cross = append([]report.Cross(nil), rep.Cross...)
	for i := range short.Cross {
		short.Cross[i].Device = p.device(short.Cross[i].Device)
	}
	for _, f := range short.CrossSays() {
		out = append(out, p.finding(f))
	}
	return out
}
