package pane

import (
	"slices"
	"strings"

	"fathom/sim/report"
	"fathom/state"
	"fathom/state/table"
	"fathom/ui/cell"
	"fathom/ui/number"
	"fathom/ui/plot"
)

// measuredLines are what the results say of measured runs: how many lie over the plan, which of them stand beside a
// row, and how far a fit to them is.
func (p *Painter) measuredLines() (out []string) {
	if f := p.M.Results.Fit; f.Run != 0 {
		percent := "0%"
		if f.Total > 0 {
			percent = number.Percent(float64(f.Done) / float64(f.Total))
		}
		phase := "measured.phase." + strings.ReplaceAll(f.Phase, " ", "_")
		if !p.C.Has(phase) {
			phase = "measured.phase.fit"
		}
		out = append(out, p.T.Accent.Paint(p.t("measured.fitting", "phase", p.t(phase), "percent", percent)))
	}
	s, ok := p.M.MeasuredSays()
	if !ok {
		return out
	}
	items := []string{p.C.N("measured.runs", s.Runs, number.Int(s.Runs))}
	switch {
	case s.Beside > 0:
		items = append(items, p.C.N("measured.beside", s.Beside, number.Int(s.Beside)))
	case s.Among > 0:
		items = append(items, p.t("measured.among", "n", number.Int(s.Among)))
	case s.By[state.OfPlan] > 0 && s.Unmatched != nil:
		items = append(items, p.t("measured.unmatched", "layout", p.ranks(s.Unmatched), "load", p.came(s.Unmatched)))
	}
	for _, x := range []struct {
		of  state.Fitness
		key string
	}{{state.OtherConditions, "measured.other_conditions"}, {state.OtherPlan, "measured.other_plan"},
		{state.Unpredicted, "measured.unpredicted"}} {
		if n := s.By[x.of]; n > 0 {
			items = append(items, p.t(x.key, "n", number.Int(n)))
		}
	}
	key := p.T.Accent.Paint("d") + " " + p.t("measured.key")
	line := p.dots(items...)
	if room := p.W - 3 - cell.Width(key) - 2; cell.Width(line) > room {
		line = p.cut(line, room)
	}
	return append(out, line+"  "+key)
}

// ranks is the layout of a run.
func (p *Painter) ranks(r *table.MeasuredRun) string {
	if r.TP == 0 {
		return p.t("measured.no_layout")
	}
	s := "TP " + itoa(r.TP)
	for _, x := range []struct {
		name string
		n    int
	}{{"PP", r.PP}, {"DP", r.DP}, {"EP", r.EP}} {
		if x.n > 1 {
			s += " " + x.name + " " + itoa(x.n)
		}
	}
	return s
}

// came is how requests came.
func (p *Painter) came(r *table.MeasuredRun) string {
	if r.Rate > 0 {
		return p.t("measured.rate", "v", number.Short(r.Rate, 4))
	}
	return p.t("measured.in_flight", "n", number.Int(r.Concurrency))
}

// measuredSign marks measured points; no series of the plan has it. The second figure of a plot has one of its own: two
// kinds of points must differ without colour.
func (p *Painter) measuredSign(second bool) rune {
	switch {
	case p.T.ASCII && second:
		return 'W'
	case p.T.ASCII:
		return 'M'
	case second:
		return '✚'
	}
	return '✕'
}

// measuredSeries are runs as points of a plot; nothing where none has both figures.
func (p *Painter) measuredSeries(all []*table.MeasuredRun, name string, sign rune,
	at func(*table.MeasuredRun) (x, y float64)) plot.Series {
	s := plot.Series{Name: name, Ink: p.T.Warn, Sign: sign}
	for _, r := range all {
		if x, y := at(r); x > 0 && y > 0 {
			s.Points = append(s.Points, plot.Point{X: x, Y: y, Sign: s.Sign})
		}
	}
	return s
}

// measuredPareto are the runs of the plan as throughput per device against what one user gets; of prefill rows there
// are none.
func (p *Painter) measuredPareto() plot.Series {
	at := func(r *table.MeasuredRun) (x, y float64) {
		if r.TPOT <= 0 || r.Devices < 1 {
			return 0, 0
		}
		return 1000 / r.TPOT, r.Throughput / float64(r.Devices)
	}
	return p.measuredSeries(p.M.MeasuredHere(), p.t("plot.legend.measured"), p.measuredSign(false), at)
}

// measuredTrack are the runs that were laid out as a row is, a figure against their concurrency; second: of the second
// figure of a plot.
func (p *Painter) measuredTrack(row *report.Row, name string, second bool,
	of func(*table.MeasuredRun) float64) plot.Series {
	if name == "" {
		name = p.t("plot.legend.measured")
	} else {
		name = p.t("plot.legend.measured_of", "name", name)
	}
	return p.measuredSeries(p.M.MeasuredOf(row), name, p.measuredSign(second), func(r *table.MeasuredRun) (x, y float64) {
		return float64(r.Concurrency), of(r)
	})
}

// verdict is the page of all measured runs: each beside its prediction, inside the interval or not, what would explain
// it, and the measurement that tells the causes apart.
func (p *Painter) verdict() []string {
	m := &p.M.Results.Measured
	w := p.W - 1
	out := []string{" " + p.T.Title.Paint(p.C.N("measured.runs", len(m.Runs), number.Int(len(m.Runs))))}
	for i, path := range m.Paths {
		out = append(out, p.wrap(p.T.Muted, cell.Clean(path), w, 3)...)
		if row := m.Sources[i].Row; row != nil {
			out = append(out, p.wrap(p.T.Muted, p.t("measured.filled", "row", cell.Clean(table.ShortLabel(row))), w, 3)...)
		}
	}
	for _, x := range m.Errors {
		out = append(out, p.wrap(p.T.Strong, p.t("measured.fit_error", "name", figureNames[x.Name], "before",
			number.Percent(x.Before), "after", number.Percent(x.After)), w, 1)...)
	}
	for _, l := range m.Lost {
		why := p.t("measured.lost", "file", cell.Clean(l.Path), "why", p.C.Tell(l.Why))
		out = append(out, p.wrap(p.T.Bad, "! "+why, w, 1)...)
	}
	for _, r := range p.bySelection() {
		out = append(append(out, ""), p.verdictOf(r, w)...)
	}
	return out
}

// bySelection are the runs: that of the selected row first, then those of its layout, then the others.
func (p *Painter) bySelection() []*table.MeasuredRun {
	m := &p.M.Results.Measured
	all := make([]*table.MeasuredRun, len(m.Runs))
	for i := range m.Runs {
		all[i] = &m.Runs[i]
	}
	item, ok := p.M.Selected()
	if !ok || item.Row == nil {
		return all
	}
	like := map[*table.MeasuredRun]int{}
	for _, r := range p.M.MeasuredOf(item.Row) {
		like[r] = 1
	}
	if item.Measured != nil {
		like[item.Measured] = 2
	}
	slices.SortStableFunc(all, func(a, b *table.MeasuredRun) int { return like[b] - like[a] })
	return all
}

// figureNames are the figures of a fit as people write them.
var figureNames = map[string]string{"ttft": "TTFT", "tpot": "TPOT", "throughput": "tok/s"}

// verdictOf is one run.
func (p *Painter) verdictOf(r *table.MeasuredRun, w int) []string {
	out := []string{" " + p.T.Accent.Paint(p.cut(cell.Clean(r.ID), w/2)) + "  " +
		p.T.Muted.Paint(p.cut(cell.Clean(r.Tool), 20))}
	if !r.Fault.IsZero() {
		return append(out, p.wrap(p.T.Bad, p.t("measured.fault", "why", p.C.Tell(r.Fault)), w, 3)...)
	}
	about := []string{shortModel(cell.Clean(r.Model)), p.device(r.Device), cell.Clean(r.Engine), cell.Clean(r.Precision),
		p.ranks(r), p.t("measured.lengths", "in", number.Int(r.Input), "out", number.Int(r.Output)), p.came(r)}
	out = append(out, p.wrap(p.T.Text, p.dots(about...), w, 3)...)
	switch fit, apart := p.M.FitnessOf(r); fit {
	case state.OtherConditions:
		out = append(out, p.wrap(p.T.Warn, p.t("measured.not_conditions", "how", cell.Clean(p.C.Tell(apart))), w, 3)...)
	case state.OtherPlan:
		out = append(out, p.wrap(p.T.Warn, p.t("measured.not_plan"), w, 3)...)
	}
	for _, n := range r.Notes {
		out = append(out, p.wrap(p.T.Muted, p.C.Tell(n), w, 3)...)
	}
	out = append(out, p.figures(r.Lines, w)...)
	if len(r.Causes) == 0 {
		return append(out, p.wrap(p.T.Muted, p.t("measured.nothing"), w, 3)...)
	}
	out = append(out, " "+p.T.Title.Paint(p.t("measured.causes")))
	for _, c := range r.Causes[:min(len(r.Causes), 4)] {
		out = append(out, p.cause(c, w)...)
	}
	if !r.Test.IsZero() {
		out = append(out, p.wrap(p.T.Strong, p.t("measured.test", "test", p.C.Tell(r.Test)), w, 3)...)
	}
	return out
}

// figures is the table of a run: measured, predicted, by how much the prediction is off, and where the measurement
// lies.
func (p *Painter) figures(lines []table.MeasuredLine, w int) []string {
	const name, figure, off = 13, 11, 8
	line := func(cells [4]string, tail string) string {
		s := "   " + cell.Left(cells[0], name, "") + cell.Apart(cells[1], figure) + cell.Apart(cells[2], figure) +
			cell.Apart(cells[3], off)
		return s + "  " + p.cut(tail, w-cell.Width(s)-2)
	}
	out := []string{p.T.Title.Paint(line([4]string{"", p.t("measured.measured"), p.t("measured.predicted"),
		p.t("measured.off")}, p.t("measured.interval")))}
	for i := range lines {
		l := &lines[i]
		ink, tail := p.T.Text, ""
		if v := l.Verdict(); v != "" {
			tail = p.reached(&report.Interval{Low: l.Low, High: l.High}) + " " + p.t("measured."+v)
			if ink = p.T.Good; v != "inside" {
				ink = p.T.Warn
			}
		}
		title := l.Name
		if l.Unit != "" {
			title += " " + l.Unit
		}
		out = append(out, ink.Paint(line([4]string{title, number.Digits(l.Measured, 4), number.Digits(l.Predicted, 4),
			number.Change(l.Measured, l.Predicted)}, tail)))
	}
	return out
}

// cause is what would explain a gap, how much of it, and what would be predicted with it.
func (p *Painter) cause(c table.Cause, w int) []string {
	head := "   " + cell.Right(number.Fixed(100*c.Explains, 0)+"%", 4, "") + "  "
	var figures []string
	for _, f := range []struct {
		key string
		v   float64
	}{{"TTFT", c.TTFT}, {"TPOT", c.TPOT}} {
		if f.v > 0 {
			figures = append(figures, f.key+" "+number.Digits(f.v, 4)+" ms")
		}
	}
	if c.Throughput > 0 {
		figures = append(figures, number.Digits(c.Throughput, 4)+" tok/s")
	}
	text := p.C.Tell(c.Says) + p.t("issue.colon") + strings.Join(figures, p.t("list.comma"))
	var out []string
	for i, l := range cell.Wrap(text, w-cell.Width(head)) {
		if i > 0 {
			head = cell.Space(cell.Width(head))
		}
		out = append(out, head+p.T.Text.Paint(l))
	}
	return out
}

// fitQuestion asks whether the profile is to be fitted, and says what that writes.
func (p *Painter) fitQuestion() []string {
	m := &p.M.Results.Measured
	n := 0
	for i := range m.Runs {
		if m.Runs[i].Fault.IsZero() {
			n++
		}
	}
	out := append([]string{""}, p.wrap(p.T.Strong, p.t("measured.fit_ask", "device", cell.Clean(m.Target.Device), "n",
		number.Int(n)), p.W-2, 2)...)
	writes := p.t("measured.fit_writes", "name", cell.Clean(m.Target.Name))
	out = append(append(out, ""), p.wrap(p.T.Text, writes, p.W-2, 2)...)
	for _, l := range cell.Wrap(cell.Clean(m.Target.Path), p.W-6) {
		out = append(out, "    "+p.T.Accent.Paint(l))
	}
	return append(append(out, ""), p.wrap(p.T.Muted, p.t("measured.fit_then"), p.W-2, 2)...)
}
