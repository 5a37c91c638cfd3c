package pane

import (
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/state"
	"fathom/state/field"
	"fathom/state/table"
	"fathom/ui/cell"
	"fathom/ui/layout"
	"fathom/ui/number"
)

// Report is the one on screen, nil where there is none.
func (p *Painter) Report() *report.Report { return p.report() }

func (p *Painter) report() *report.Report {
	e := p.M.Entry(p.M.Results.Run)
	if e == nil {
		return nil
	}
	if r := e.Reports[p.M.Results.Variant]; r != nil {
		return r
	}
	return e.Reports[state.Asked]
}

func (p *Painter) request() *plan.Request {
	if r := p.report(); r != nil {
		return r.Request
	}
	return nil
}

// onDevice is the profile on screen.
func (p *Painter) onDevice() *report.Device {
	r := p.report()
	if r == nil || p.M.Results.Device >= len(r.Devices) {
		return nil
	}
	return &r.Devices[p.M.Results.Device]
}

// best is the winner of the table on screen.
func (p *Painter) best() *report.Row {
	d := p.onDevice()
	if d == nil || p.M.Results.Part == table.PartRatio {
		return nil
	}
	if s := d.Section(p.M.Results.Part.Phase()); s != nil {
		return s.Best
	}
	return nil
}

// results is the pane that the others lead to: headline, hardware, table, details, and always what the numbers are not.
func (p *Painter) results() []string {
	pieces := append(p.body(), []layout.Piece{
		{Rect: p.s.Title, Lines: []string{p.asked()}},
		{Rect: p.s.Rule, Lines: []string{p.rule()}},
		{Rect: p.s.Head, Lines: p.headline()},
		{Rect: p.s.Tabs, Lines: []string{p.hardware()}},
		{Rect: p.s.Views, Lines: []string{p.views()}},
		{Rect: p.s.Notes, Lines: p.notes(p.s.Notes.H)},
		{Rect: p.s.Base, Lines: []string{p.rule()}},
		{Rect: p.s.Foot, Lines: []string{p.footer()}},
		{Rect: p.s.Disclaimer, Lines: []string{p.disclaimer()}},
	}...)
	return p.compose(pieces)
}

// body is the table with its details, as far as the screen has room for both.
func (p *Painter) body() []layout.Piece {
	r := &p.M.Results
	switch {
	case r.Cross:
		return []layout.Piece{{Rect: p.s.Main, Lines: p.cross(p.s.Main)}}
	case r.Part == table.PartRatio:
		return p.ratio(p.s.Main)
	case p.s.One() && r.Focus == state.OnDetail:
		return []layout.Piece{{Rect: p.s.Detail, Lines: p.detail(r.Detail, p.s.Detail)}}
	case p.s.One():
		return []layout.Piece{{Rect: p.s.Main, Lines: p.table(p.s.Main)}}
	}
	p.zone(p.s.Detail, state.TargetView, 0)
	pieces := []layout.Piece{{Rect: p.s.Main, Lines: p.table(p.s.Main)},
		{Rect: p.s.Detail, Lines: p.detail(r.Detail, p.s.Detail)}}
	if !p.s.Curves.Empty() {
		under := p.s.Curves
		under.H--
		pieces = append(pieces, layout.Piece{Rect: p.s.Curves, Lines: append([]string{""}, p.otherCurves(under)...)})
	}
	if !p.s.Plot.Empty() {
		pieces = append(pieces, layout.Piece{Rect: p.s.Plot, Lines: p.side(p.s.Plot)})
	}
	return pieces
}

// mostPlot is the height beyond which a plot only grows empty.
const mostPlot = 26

// side fills the third place: the plot, or the breakdown where the plot is the detail already. What a tall column has
// left shows the memory.
func (p *Painter) side(r layout.Rect) []string {
	first, second := state.PlotTab, state.MemoryTab
	switch p.M.Results.Detail {
	case state.PlotTab:
		first = state.BreakdownTab
	case state.MemoryTab:
		second = state.BreakdownTab
	}
	if r.X == p.s.Main.X { // under the table
		r.H--
		return append([]string{""}, p.detail(first, r)...)
	}
	if r.H < mostPlot+12 {
		return p.detail(first, r)
	}
	top := r
	top.H = mostPlot
	lines := p.detail(first, top)
	for len(lines) < mostPlot+1 {
		lines = append(lines, "")
	}
	r.H -= mostPlot + 1
	return append(lines, p.detail(second, r)...)
}

// asked is the title line: what was asked at the left, what answered it at the right; in a what-if the knobs.
func (p *Painter) asked() string {
	if p.M.Results.Focus == state.OnHeader {
		return p.knobs()
	}
	q := p.request()
	if q == nil {
		return " " + p.T.Title.Paint("fathom")
	}
	in := number.Int(q.InputLength)
	if q.InputFile != "" {
		in = shortModel(cell.Clean(q.InputFile))
	}
	name := ""
	if q.Model != nil {
		name = cell.Clean(q.Model.Name)
	}
	model := " " + p.T.Title.Paint(shortModel(name))
	mode := "  " + p.t("mode."+q.Mode.String())
	devices := "  " + p.t("head.devices", "n", number.Int(q.Devices), "name", p.shownDevice())
	lengths := "  " + p.t("head.lengths", "in", in, "out", number.Int(q.OutputLength))
	full, short := p.stand(), p.standShort(true)
	for _, try := range [][2]string{{model + mode + devices + lengths, full}, {model + devices + lengths, full},
		{model + devices + lengths, short},
		{model + devices, short}, {model + devices, p.standShort(false)}, {model, short}, {model, p.standShort(false)}} {
		if cell.Width(try[0])+cell.Width(try[1])+3 <= p.W {
			return p.ends(try[0], p.T.Muted.Paint(try[1]), p.W-1)
		}
	}
	return p.cut(model, p.W-1)
}

// standShort is the least that a result has to say of itself: by which numbers and, where there is room, which search,
// whether it was cancelled, and which run.
func (p *Painter) standShort(search bool) string {
	r := p.report()
	items := []string{p.t("fidelity." + p.fidelity(r))}
	if search && p.exhaustive(r) {
		items = append(items, p.t("head.exhaustive"))
	}
	if r.Partial {
		items = append(items, p.t("head.partial"))
	}
	items = append(items, p.watched()...)
	return p.dots(append(items, p.runName())...)
}

// watched tells a presenter how many see this screen.
func (p *Painter) watched() []string {
	if p.M.Viewers == 0 || p.Watch != nil {
		return nil
	}
	return []string{p.C.N("follow.viewers", p.M.Viewers, number.Int(p.M.Viewers))}
}

// runName is the run on screen by its number and, where it has one, its name.
func (p *Painter) runName() string {
	s := "#" + itoa(p.M.Results.Run)
	if e := p.M.Entry(p.M.Results.Run); e != nil && e.Name != "" {
		s += " " + p.cut(cell.Clean(e.Name), max(12, p.W/5))
	}
	return s
}

// exhaustive says that the profile on screen was searched so, which the reference tool does not do.
func (p *Painter) exhaustive(r *report.Report) bool {
	if d := p.onDevice(); !p.M.Results.Cross && d != nil {
		return d.Search == plan.SearchExhaustive
	}
	return r.Search == plan.SearchExhaustive
}

// fidelity is that of the profile on screen.
func (p *Painter) fidelity(r *report.Report) string {
	if d := p.onDevice(); !p.M.Results.Cross && d != nil && d.Fidelity != plan.FidelityAuto {
		return d.Fidelity.String()
	}
	return r.Fidelity
}

// shortModel drops the owner of a model's name.
func shortModel(name string) string {
	for i := len(name) - 1; i > 0; i-- {
		if name[i] == '/' && i+1 < len(name) {
			return name[i+1:]
		}
	}
	return name
}

func (p *Painter) shownDevice() string {
	if d := p.onDevice(); d != nil && !p.M.Results.Cross {
		return p.device(d.Device)
	}
	n := 0
	if r := p.report(); r != nil {
		n = len(r.Devices)
	}
	return p.C.N("head.several", n, itoa(n))
}

// stand tells by which numbers and which engine one stands: every result says which one it is.
func (p *Painter) stand() string {
	if r := p.report(); p.M.Pane == state.Showing && r != nil {
		items := []string{p.t("fidelity." + p.fidelity(r))}
		if p.exhaustive(r) {
			items = append(items, p.t("head.exhaustive"))
		}
		items = append(items, p.t("engine."+r.Engine))
		if p.W >= 100 {
			items = append(items, number.Digits(r.ElapsedMS, 3)+" ms")
		}
		if r.Partial {
			items = append(items, p.t("head.partial"))
		}
		items = append(items, p.watched()...)
		return p.dots(append(items, p.runName())...)
	}
	engine := "embedded"
	if r := p.M.Form.Reading; r != nil && r.Word(field.Engine) != "" {
		engine = r.Word(field.Engine)
	}
	return p.dots(append(p.watched(), p.t("engine."+engine), p.t("lang"))...)
}

// disclaimer is always there, as long as the line allows.
func (p *Painter) disclaimer() string {
	for _, key := range []string{"disclaimer.full", "disclaimer.long", "disclaimer.short"} {
		if s := p.t(key); cell.Width(s)+2 <= p.W {
			return " " + p.T.Muted.Paint(s)
		}
	}
	return " " + p.T.Muted.Paint(p.cut(p.t("disclaimer.short"), p.W-1))
}
