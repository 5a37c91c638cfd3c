package pane

import (
	"slices"

	"fathom/sim/chart"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/state"
	"fathom/ui/plot"
)

// frontierKey tells the frontier of one run and phase from those of others.
type frontierKey struct {
	rep    *report.Report
	over   overKey
	phase  plan.Phase
	figure chart.Figure
}

// mostOver is how many runs are laid over a frontier: the pinned one, and as many as can be marked.
const mostOver = 8

// overKey tells what is laid over frontiers from what was before.
type overKey [mostOver]*report.Report

func (p *Painter) over() (list []state.Overlaid, key overKey) {
	list = p.M.Overlaid()
	list = list[:min(len(list), mostOver)]
	for i := range list {
		key[i] = list[i].Report
	}
	return list, key
}

// frontier is that of the run on screen, over all its devices, with the pinned run and those of marked rows laid over
// it; kept while all stay the same.
func (p *Painter) frontier(phase plan.Phase, f chart.Figure) *chart.Frontier {
	over, reports := p.over()
	key := frontierKey{rep: p.report(), over: reports, phase: phase, figure: f}
	if p.Cache != nil && p.Cache.frontier[f] == key {
		return p.Cache.frontiers[f]
	}
	all := chart.Frontiers{List: []*chart.Frontier{chart.Front(key.rep, phase, f)}}
	for _, o := range over {
		all.Lay(o.Name, []*chart.Frontier{chart.Front(o.Report, phase, f)})
	}
	if p.Cache != nil {
		p.Cache.frontier[f], p.Cache.frontiers[f] = key, all.List[0]
	}
	return all.List[0]
}

// front are the points of the profile on screen that no other beats on both axes, the best latency first.
func (p *Painter) front(phase plan.Phase, sign rune) (out []plot.Point) {
	f := p.frontier(phase, chart.PerDevice)
	for i := range f.Sets {
		s := &f.Sets[i]
		if s.Name != "" || s.Device != p.onDevice().Device {
			continue
		}
		for _, at := range s.Front {
			out = append(out, plot.Point{X: s.Points[at].X, Y: s.Points[at].Y, Sign: sign})
		}
	}
	if !f.Fewer {
		slices.Reverse(out)
	}
	return out
}

// setName tells a set of the frontier from the others.
func (p *Painter) setName(s *chart.Set) string {
	if s.Name == "" {
		return p.device(s.Device)
	}
	return s.Name + " " + p.device(s.Device)
}

// hulls are the hull of the device on screen, and front and hull of the others.
func (p *Painter) hulls(r *report.Row, device string) (out []plot.Series) {
	f := p.frontier(r.Phase, chart.PerDevice)
	for n := range f.Sets {
		s := &f.Sets[n]
		own := s.Name == "" && s.Device == device
		hull, front := plot.Series{Line: true, Ink: p.T.Muted, Sign: '-'}, plot.Series{}
		if own {
			hull.Ink = p.T.Plot[2]
		} else {
			front = plot.Series{Name: p.setName(s), Ink: p.T.Hue(n), Sign: plot.FrontSign(n+1, s, p.T.ASCII)}
		}
		for _, i := range s.Hull {
			hull.Points = append(hull.Points, plot.Point{X: s.Points[i].X, Y: s.Points[i].Y})
		}
		for _, i := range s.Front {
			if !own {
				front.Points = append(front.Points, plot.Point{X: s.Points[i].X, Y: s.Points[i].Y, Sign: front.Sign})
			}
		}
		out = append(out, hull, front)
	}
	return out
}

// traded plots money per million tokens, or tokens per watt, against what one user gets: of every device of the run,
// and of the pinned one.
func (p *Painter) traded(r *report.Row, what chart.Figure) (plot.Chart, string) {
	f := p.frontier(r.Phase, what)
	names := make([]string, len(f.Sets))
	for n := range f.Sets {
		names[n] = p.setName(&f.Sets[n])
	}
	c := plot.Frontier(f, p.T, p.C.Tell, names)
	c.XLabel, c.YLabel = p.t(f.X.Key), p.t(f.Y.Key)
	here := '◆'
	if p.T.ASCII {
		here = '#'
	}
	if x := r.Latency(); x != nil && *x > 0 && len(f.Sets) > 0 {
		y, _ := what.OfRow(r)
		at := plot.Point{X: 1000 / *x, Y: y, Sign: here}
		if f.Fewer {
			at.X = *x
		}
		c.Series = append(c.Series, plot.Series{Name: p.t("plot.legend.here"), Points: []plot.Point{at}, Ink: p.T.Strong,
			Sign: here})
	}
	return c, p.t("plot.title."+what.String(), "x", p.t(f.X.Key))
}
