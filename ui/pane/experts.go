package pane

import (
	"strconv"

	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/ui/cell"
	"fathom/ui/number"
	"fathom/ui/plot"
)

// expertLines say what loads of experts, their copies and half batches do to the best row of a phase: the exchange, and
// a line for each number of copies, its throughput against the row's own.
func (p *Painter) expertLines(phase plan.Phase, w int) (out []string) {
	d := p.onDevice()
	if d == nil {
		return nil
	}
	col := func(name string) string { return p.finding(message.New("col." + name)) }
	for i := range d.Experts {
		e := &d.Experts[i]
		if e.Phase != phase {
			continue
		}
		out = append(out, p.wrap(p.T.Text, p.finding(e.Says()), w-1, 2)...)
		line := func(copies, halves, load, took, free, rate, change string) string {
			s := "  "
			for j, x := range []string{copies, halves, load, took, free, rate, change} {
				s += cell.Apart(x, []int{9, 10, 12, 10, 10, 10, 8}[j])
			}
			return s
		}
		narrow := w < 72
		if narrow { // memory goes first
			line = func(copies, halves, load, _, _, rate, change string) string {
				return " " + cell.Apart(copies, 9) + cell.Apart(halves, 10) + cell.Apart(load, 12) + cell.Apart(rate, 9) +
					cell.Apart(change, 7)
			}
		}
		out = append(out, p.T.Muted.Paint(p.cut(line(col("copies"), col("halves"), col("rank-load"), col("copies-gib"),
			col("free-gib"), "tok/s", ""), w-1)))
		for j := range e.Points {
			x := &e.Points[j]
			halves, load, rate, change := col("off"), "-", p.t("experts.no_room"), ""
			if x.TwoBatch {
				halves = col("on")
			}
			if x.Expected > 0 {
				load = number.Fixed(x.Expected, 2)
			}
			ink := p.T.Muted
			if x.Throughput > 0 {
				ink, rate = p.T.Text, number.Digits(x.Throughput, 4)
				if j > 0 {
					change = number.Change(e.Points[0].Throughput, x.Throughput)
				}
			}
			if j == 0 {
				ink = p.T.Strong
			}
			out = append(out, ink.Paint(p.cut(line(strconv.Itoa(x.Copies), halves, load, number.Fixed(x.CopiesGB, 2),
				number.Fixed(x.AvailableGB, 2), rate, change), w-1)))
		}
	}
	return out
}

// apartLines say what attention and experts on ranks of their own would serve: the comparison, and a bar for each
// division.
func (p *Painter) apartLines(phase plan.Phase, w int) (out []string) {
	d := p.onDevice()
	if d == nil || d.AFD == nil || phase != plan.PhaseDecode {
		return nil
	}
	for _, s := range d.AFD.Says() {
		out = append(out, p.wrap(p.T.Text, p.finding(s), w-1, 2)...)
	}
	for i := range d.AFD.Points {
		x := &d.AFD.Points[i]
		ink, head := p.T.Text, "  "+cell.Left(number.Int(x.Attention)+":"+number.Int(x.Experts), 8, "")
		if i == 0 {
			ink = p.T.Strong
		}
		tail := cell.Apart(number.Digits(x.Throughput, 4), 8) + " tok/s  " + number.Digits(x.TPOT, 3) + " ms"
		room := max(6, w-cell.Width(head)-cell.Width(tail)-3)
		out = append(out, ink.Paint(p.cut(head+plot.Bar(x.Throughput/d.AFD.Points[0].Throughput, room, p.T.Marks)+tail, w-1)))
	}
	return out
}

// wideLine is what was asked about experts of one phase, or of both together.
type wideLine struct {
	head  string
	items []string
}

// wideItems are attention and experts apart in the decode pool, and what copies and half batches buy the best pair of a
// plan: beside another pair that is said.
func (p *Painter) wideItems(x *report.Ratio) (list []wideLine) {
	d := p.onDevice()
	if d == nil {
		return nil
	}
	if d.AFD != nil {
		list = append(list, wideLine{p.t("experts.apart"), p.apartItems(d.AFD)})
	}
	for i := range d.Experts {
		e := &d.Experts[i]
		items := p.bought(e)
		if x.Side(e.Phase).Label != e.Label {
			items[0] = p.t("experts.best_pair", "has", items[0])
		}
		list = append(list, wideLine{p.t("phase." + e.Phase.String()), items})
	}
	return list
}

// wide is what was asked about experts in lines of the P:D pane. A low pane has one line with the first of each; what
// has no room stands under the breakdown.
func (p *Painter) wide(x *report.Ratio, w int, low bool) (out []string) {
	one := p.T.Title.Paint(cell.Left(p.t("experts.short"), 17, "")) + " "
	for _, l := range p.wideItems(x) {
		s := p.T.Title.Paint(cell.Left(l.head, 17, "")) + " " + l.items[0]
		for _, item := range l.items[1:] {
			if cell.Width(s)+cell.Width(item)+2 <= w {
				s += "  " + item
			}
		}
		out = append(out, p.cut(s, w))
		if x := l.head + ": " + l.items[0] + "  "; cell.Width(one)+cell.Width(x) <= w {
			one += x
		}
	}
	if low && len(out) > 1 {
		return []string{p.cut(one, w)}
	}
	return out
}

// apartItems are the best division of attention and experts, and what it serves beyond both together.
func (p *Painter) apartItems(a *report.AFD) []string {
	if len(a.Points) == 0 {
		return []string{p.T.Muted.Paint(p.t("experts.apart_none"))}
	}
	x, ink, lead := &a.Points[0], p.T.Good, p.t("experts.apart_only")
	if share := a.Lead(); share != nil {
		lead = number.Change(1, 1+*share)
		if *share <= 0 {
			ink = p.T.Muted
		}
	}
	return []string{number.Int(x.Attention) + ":" + number.Int(x.Experts) + " " + ink.Paint(lead),
		number.Digits(x.Throughput, 4) + " tok/s", "TPOT " + number.Digits(x.TPOT, 3) + " ms",
		p.t("experts.bound", "by", p.finding(message.New("afd.bound."+x.Bound)))}
}

// bought is what copies and half batches a row has, and what others would change at its batch.
func (p *Painter) bought(e *report.Experts) (items []string) {
	own := &e.Points[0]
	has := p.t("experts.none")
	if own.Copies > 0 {
		has = p.C.N("experts.copies", own.Copies, number.Int(own.Copies))
	}
	if own.TwoBatch {
		has = p.t("experts.halves", "has", has)
	}
	items = []string{p.T.Strong.Paint(has)}
	if own.Expected > 0 {
		items = append(items, p.t("experts.fullest", "x", number.Fixed(own.Expected, 2)))
	}
	for i := range e.Points[1:] {
		x := &e.Points[1+i]
		change := p.t("experts.no_room")
		if own.Throughput > 0 && x.Throughput > 0 {
			change = number.Change(own.Throughput, x.Throughput)
		}
		switch {
		case x.TwoBatch != own.TwoBatch && x.TwoBatch:
			items = append(items, p.t("experts.with_halves", "change", change))
		case x.TwoBatch != own.TwoBatch:
			items = append(items, p.t("experts.without_halves", "change", change))
		case x.Copies == 0:
			items = append(items, p.t("experts.without_copies", "change", change))
		default:
			items = append(items, p.C.N("experts.with_copies", x.Copies, number.Int(x.Copies), "change", change))
		}
	}
	return items
}
