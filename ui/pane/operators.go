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
		case err != "":
			out = append(out, " "+p.T.Title.Paint(name))
			out = append(out, p.wrap(p.T.Bad, p.say(err), w-1, 2)...)
		case pass == nil:
			out = append(out, " "+p.T.Title.Paint(name)+"  "+p.T.Muted.Paint(p.t("ops.pricing")))
		default:
			out = append(out, p.pass(name, pass, w)...)
		}
	}
	return out
}

// pass is one operator table. Narrow screens lose the shape first, then the count.
func (p *Painter) pass(name string, x *state.Pass, w int) []string {
	const timeW, shareW, countW, boundW = 9, 5, 7, 6
	rest := w - 1 - timeW - shareW - boundW - 2
	count := rest >= 22+countW
	if count {
		rest -= countW
	}
	nameW := min(rest, 30)
	shape := w >= 90
	line := func(op, n, t, share, bound, size string) string {
		s := " " + cell.Left(op, nameW, p.T.Marks.More)
		if count {
			s += cell.Right(n, countW, "")
		}
		s += cell.Right(t, timeW, "") + cell.Right(share, shareW, "") + "  " + cell.Left(bound, boundW, "")
		if shape {
			s += cell.Cut(size, rest-nameW, p.T.Marks.More)
		}
		return s
	}
	out := []string{
		" " + p.T.Title.Paint(name) + "  " + p.t("ops.total", "time", number.Seconds(x.Seconds), "n", itoa(len(x.Operators))),
		p.T.Title.Paint(line(p.t("ops.name"), p.t("ops.count"), p.t("ops.time"), "%", p.t("ops.bound"), p.t("ops.shape"))),
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
		out = append(out, line(cell.Clean(o.Name), number.Int(o.Count), number.Seconds(o.Seconds), number.Percent(share),
			p.boundInk(o.Bound).Paint(bound), cell.Clean(o.Shape)))
	}
	return out
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
	out := []string{p.of(r), " " + p.T.Muted.Paint(p.cut(p.t("sense.what"), w-2)), ""}
	switch {
	case err != "":
		return append(out, p.wrap(p.T.Bad, p.say(err), w-1, 1)...)
	case !done:
		return append(out, " "+p.T.Muted.Paint(p.t("sense.working")))
	case len(levers) == 0:
		return append(out, " "+p.T.Muted.Paint(p.t("sense.none")))
	}
	return append(out, p.levers(levers, w)...)
}
