package pane

import (
	"cmp"

	"fathom/sim/chart"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/state"
	"fathom/ui/plot"
)

// frontierKey tells the frontier of one run and phase from those of others.
type frontierKey struct {
	rep, over *report.Report
	phase     plan.Phase
	figure    chart.Figure
}

// frontier is that of the run on screen, over all its devices, with the pinned run laid over it; kept while both stay
// the same.
func (p *Painter) frontier(phase plan.Phase, f chart.Figure) *chart.Frontier {
	key := frontierKey{p.report(), p.pinned(), phase, f}
	if p.Cache != nil && p.Cache.frontier[f] == key {
		return p.Cache.frontiers[f]
	}
	all := chart.Frontiers{List: []*chart.Frontier{chart.Front(key.rep, phase, f)}}
	if key.over != nil {
		e := p.M.Entry(p.M.Results.Pinned)
		all.Lay(cmp.Or(e.Name, "#"+itoa(e.Run)), []*chart.Frontier{chart.Front(key.over, phase, f)})
	}
	if p.Cache != nil {
		p.Cache.frontier[f], p.Cache.frontiers[f] = key, all.List[0]
	}
	return all.List[0]
}

// pinned is the report of the pinned run; nil where that is the one on screen, or there is none.
func (p *Painter) pinned() *report.Report {
	r := &p.M.Results
	e := p.M.Entry(r.Pinned)
	if e == nil || r.Pinned == r.Run {
		return nil
	}
	if rep := e.Reports[r.Variant]; rep != nil {
		return rep
	}
	return e.Reports[state.Asked]
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
			front = plot.Series{Name: p.setName(s), Ink: p.T.Hue(n), Sign: plot.FrontSign(n+1, false, p.T.ASCII)}
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

// traded plots money per million tokens, or tokens per watt, against what one user gets: of every device of the run, and
// of the pinned one.
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
