package pane

import (
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/state"
	"fathom/ui/cell"
	"fathom/ui/number"
	"fathom/ui/style"
)

// operators is the operator table of each phase, longest first.
func (p *Painter) operators(r *report.Row, w int) []string {
	list := []plan.Phase{r.Phase}
	if r.Phase == plan.PhaseAggregation {
		list = []plan.Phase{plan.PhasePrefill, plan.PhaseDecode}
	}
	out := []string{p.of(r)}
	for _, ph := range list {
		pass, err := p.M.Operators(r, ph)
		name := p.t("phase." + ph.String())
		switch {
		case !err.IsZero():
			out = append(out, " "+p.T.Title.Paint(name))
			out = append(out, p.wrap(p.T.Bad, p.C.Tell(err), w-1, 2)...)
		case pass == nil:
			out = append(out, " "+p.T.Title.Paint(name)+"  "+p.T.Muted.Paint(p.t("ops.pricing")))
		default:
			out = append(out, p.pass(name, pass, w)...)
		}
	}
	return out
}

// pass is one operator table. Where the shapes have no room for a column of their own, operators that share a name
// carry theirs on a line below, for it tells them apart; the count goes after that.
func (p *Painter) pass(name string, x *state.Pass, w int) []string {
	const timeW, shareW, countW, boundW, least = 9, 5, 7, 6, 20
	nameW, shapeW, times := cell.Width(p.t("ops.name")), cell.Width(p.t("ops.shape")), map[string]int{}
	for i := range x.Operators {
		o := &x.Operators[i]
		nameW, shapeW = max(nameW, cell.Width(cell.Clean(o.Name))), max(shapeW, cell.Width(cell.Clean(o.Shape)))
		times[o.Name]++
	}
	rest := w - 2 - timeW - shareW - boundW - 2
	shape := rest >= nameW+2+shapeW
	if shape {
		rest -= shapeW + 2
	}
	count := rest >= min(nameW, least)+countW
	if count {
		rest -= countW
	}
	nameW = min(nameW, rest)
	line := func(op, size, n, t, share, bound string) string {
		s := " " + cell.Left(op, nameW, p.T.Marks.More)
		if shape {
			s += "  " + cell.Left(size, shapeW, "")
		}
		if count {
			s += cell.Apart(n, countW)
		}
		return s + cell.Apart(t, timeW) + cell.Apart(share, shareW) + "  " + cell.Left(bound, boundW, "")
	}
	total := p.t("ops.total", "time", number.Seconds(x.Seconds), "n", itoa(len(x.Operators)))
	if x.Kernels > 0 {
		total = p.t("ops.step", "time", number.Seconds(x.Seconds), "kernels", number.Seconds(x.Kernels))
	}
	out := []string{
		" " + p.T.Title.Paint(name) + "  " + total,
		p.T.Title.Paint(line(p.t("ops.name"), p.t("ops.shape"), p.t("ops.count"), p.t("ops.time"), "%", p.t("ops.bound"))),
	}
	for i := range x.Operators {
		o := &x.Operators[i]
		share := 0.0
		if x.Seconds > 0 {
			share = o.Seconds / x.Seconds
		}
		bound := cell.Clean(o.Bound)
		if p.C.Has("class." + o.Bound) {
			bound = p.t("class." + o.Bound)
		}
		size := cell.Clean(o.Shape)
		out = append(out, line(cell.Clean(o.Name), size, number.Int(o.Count), number.Seconds(o.Seconds),
			number.Percent(share),
			p.boundInk(o.Bound).Paint(bound)))
		if !shape && times[o.Name] > 1 {
			out = append(out, "   "+p.T.Muted.Paint(p.cut(size, w-4)))
		}
	}
	return append(out, "")
}

func (p *Painter) boundInk(key string) style.Ink {
	for _, c := range classes {
		if c.key == key {
			return c.ink(&p.T)
		}
	}
	return p.T.Muted
}

// sensitivity is what +10% of each figure and each knob would change, strongest first.
func (p *Painter) sensitivity(r *report.Row, w int) []string {
	levers, err, done := p.M.Levers(r)
	out := append([]string{p.of(r)}, append(p.wrap(p.T.Muted, p.t("sense.what"), w-1, 1), "")...)
	switch {
	case !err.IsZero():
		return append(out, p.wrap(p.T.Bad, p.C.Tell(err), w-1, 1)...)
	case !done:
		return append(out, " "+p.T.Muted.Paint(p.t("sense.working")))
	case len(levers) == 0:
		return append(out, " "+p.T.Muted.Paint(p.t("sense.none")))
	}
	return append(out, p.levers(levers, w)...)
}
