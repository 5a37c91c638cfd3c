package pane

import (
	"strings"

	"fathom/sim/report"
	"fathom/state"
	"fathom/state/table"
	"fathom/ui/cell"
	"fathom/ui/layout"
	"fathom/ui/number"
	"fathom/ui/plot"
	"fathom/ui/style"
)

// present draws one page of the story for a room: few words, large, and always what the numbers are not.
func (p *Painter) present() []string {
	s := state.Slide(max(0, min(p.M.Overlay.Cursor, int(state.NumSlides)-1)))
	r := layout.Rect{X: 2, Y: 2, W: p.W - 4, H: p.H - 5}
	var body []string
	switch s {
	case state.QuestionSlide:
		body = p.questionSlide(r)
	case state.AnswerSlide:
		body = p.answerSlide(r)
	case state.WhySlide:
		body = p.whySlide(r)
	case state.AlternativesSlide:
		body = p.alternativesSlide(r)
	case state.CommandSlide:
		body = p.commandSlide(r)
	}
	for i := range body {
		body[i] = "  " + body[i]
	}
	title := p.ends(" "+p.T.Title.Paint(p.t("slide."+s.String())), p.T.Muted.Paint(p.dots(append(p.watched(),
		p.t("slide.of", "n", itoa(int(s)+1), "all", itoa(int(state.NumSlides))), p.runName())...)), p.W-1)
	r.X, r.W = 0, p.W
	return p.compose([]layout.Piece{{Rect: p.s.Title, Lines: []string{title}}, {Rect: p.s.Rule, Lines: []string{p.rule()}},
		{Rect: r, Lines: p.centred(body, r.H)},
		{Rect: layout.Rect{Y: p.H - 3, W: p.W, H: 1}, Lines: []string{" " + p.T.Warn.Paint(p.caveat())}},
		{Rect: layout.Rect{Y: p.H - 2, W: p.W, H: 1}, Lines: []string{p.disclaimer()}},
		{Rect: p.s.Foot, Lines: []string{p.footer()}}})
}

// centred leaves as much room above as below; a page that is too tall says that it goes on.
func (p *Painter) centred(lines []string, h int) []string {
	if len(lines) > h {
		lines = append(lines[:max(0, h-1)], "  "+p.T.Muted.Paint(p.T.Marks.More))
	}
	return append(make([]string, max(0, (h-len(lines))/2)), lines...)
}

// large is a text in large letters, or strong where it has none or they do not fit.
func (p *Painter) large(text string, w, h int) []string {
	lines, ok := plot.Big(text, w, h, p.T.Marks)
	if !ok {
		return []string{p.T.Strong.Paint(p.cut(text, w))}
	}
	for i := range lines {
		lines[i] = p.T.Accent.Paint(lines[i])
	}
	return lines
}

// spaced are lines with room between them, as long as they fit.
func (p *Painter) spaced(lines []string, h int) []string {
	if 2*len(lines) > h {
		return lines
	}
	var out []string
	for _, l := range lines {
		out = append(out, l, "")
	}
	return out
}

func (p *Painter) questionSlide(r layout.Rect) []string {
	q := p.request()
	if q == nil {
		return nil
	}
	name := ""
	if q.Model != nil {
		name = shortModel(cell.Clean(q.Model.Name))
	}
	out := append(p.large(name, r.W, r.H/3), "")
	in := number.Int(q.InputLength)
	if q.InputFile != "" {
		in = shortModel(cell.Clean(q.InputFile))
	}
	devices := p.t("head.devices", "n", number.Int(q.Devices), "name", p.shownDevice())
	facts := []string{p.dots(p.t("mode."+q.Mode.String()), devices), p.t("slide.lengths", "in", in, "out",
		number.Int(q.OutputLength))}
	if q.TTFTLimit > 0 {
		facts = append(facts, p.t("slide.limit", "name", "TTFT", "v", number.Short(q.TTFTLimit, 4)))
	}
	if q.TPOTLimit > 0 {
		facts = append(facts, p.t("slide.limit", "name", "TPOT", "v", number.Short(q.TPOTLimit, 4)))
	}
	var lines []string
	for _, s := range facts {
		lines = append(lines, p.wrap(p.T.Strong, s, r.W, 0)...)
	}
	return append(out, p.spaced(lines, r.H-len(out))...)
}

// bigLine is the height of one line of large letters.
const bigLine = 5

// answerSlide is the rate in large letters, the strategy, each latency against its limit, and the memory; of a P:D plan
// its instances.
func (p *Painter) answerSlide(r layout.Rect) []string {
	h := p.M.Headline()
	switch {
	case h.Ratio != nil:
		return p.pairSlide(h.Ratio, r)
	case h.Row != nil:
	case h.Nearest != nil:
		out := append(p.large(p.t("slide.none"), r.W, r.H/3), "")
		return append(out, p.wrap(p.T.Strong, p.t("head.nearest", "label", table.ShortLabel(&h.Nearest.Row), "batch",
			number.Int(h.Nearest.Row.Batch), "relax", p.C.Tell(h.Nearest.Relax)), r.W, 0)...)
	default:
		return p.large(p.t("slide.none"), r.W, r.H/3)
	}
	row := h.Row
	out := p.large(number.Digits(row.Throughput, 4)+" tok/s", r.W, max(5, r.H/3))
	if x := row.ThroughputRange; x != nil {
		out = append(out, p.T.Strong.Paint(p.t("head.range", "low", number.Digits(x.Low, 3), "high", number.Digits(x.High,
			3))))
	}
	out = append(out, "")
	name := table.ShortLabel(row)
	if r.H >= 22 {
		out = append(append(out, p.large(name, r.W*2/3, bigLine)...), "") // smaller than the rate
		name = p.t("head.batch", "n", number.Int(row.Batch))
	} else {
		name += "   " + p.t("head.batch", "n", number.Int(row.Batch))
	}
	out = append(out, p.T.Strong.Paint(p.cut(name+"   "+p.t("head.concurrency", "n", number.Int(row.Concurrency))+"   "+
		p.t("head.per_device", "v", number.Digits(row.PerDevice, 4)), r.W)))
	q := p.request()
	if q != nil && row.TTFT != nil {
		out = append(out, "", p.against("TTFT", *row.TTFT, q.TTFTLimit, r.W))
	}
	if q != nil && row.TPOT != nil {
		out = append(out, "", p.against("TPOT", *row.TPOT, q.TPOTLimit, r.W))
	}
	if bar := p.held("", row, r.W); len(out)+len(bar) < r.H {
		out = append(append(out, ""), bar...)
	}
	return out
}

// held is how much of a device's memory a row fills, nothing where it is not known.
func (p *Painter) held(side string, row *report.Row, w int) []string {
	if row.NoMemory {
		return nil
	}
	used := row.WeightGB + row.KVGB + row.ActivationGB
	return []string{p.measured(side+p.t("slide.memory", "v", number.Fixed(row.AvailableGB, 1)), used, used+row.AvailableGB,
		w)}
}

// against is a latency beside its limit, as a bar of the whole width.
func (p *Painter) against(name string, v, limit float64, w int) string {
	if limit <= 0 {
		return p.T.Strong.Paint(p.t("slide.latency", "name", name, "v", number.Digits(v, 4)))
	}
	text := p.t("slide.latency_of", "name", name, "v", number.Digits(v, 4), "limit", number.Short(limit, 4))
	if v > limit {
		text += " !"
	}
	return p.measured(text, v, limit, w)
}

// measured is a text and behind it how much of a whole is used.
func (p *Painter) measured(text string, v, whole float64, w int) string {
	head := cell.Left(p.T.Strong.Paint(p.cut(text, w)), min(34, w), "")
	room := w - cell.Width(head) - 1
	if room < 6 || whole <= 0 {
		return head
	}
	ink := p.T.Good
	if v > whole {
		ink = p.T.Bad
	}
	return head + " " + ink.Paint(plot.Gauge(v/whole, room, p.T.Marks))
}

// limits are the signs of what stops a row, by the finding that says so.
var limits = map[string]string{"explain.limit.ttft": "TTFT", "explain.limit.tpot": "TPOT",
	"explain.limit.memory": "HBM"}

// whySlide is what stops the answer, in large letters, and how the figures come about; what both phases share is said
// once.
func (p *Painter) whySlide(r layout.Rect) []string {
	var out, lines []string
	said := map[string]bool{}
	say := func(ink style.Ink, text string) {
		if !said[text] {
			said[text] = true
			lines = append(lines, p.wrap(ink, text, r.W, 0)...)
		}
	}
	h := p.M.Headline()
	switch {
	case h.HasLimit:
		if sign := limits[h.Limit.Key]; sign != "" {
			out = append(p.large(sign, r.W, r.H/3), "")
		}
		say(p.T.Accent, p.t("head.limit", "what", p.finding(h.Limit)))
	case h.Ratio != nil && h.Ratio.Bottleneck != "":
		out = append(p.large(p.t("bottleneck."+h.Ratio.Bottleneck), r.W, r.H/3), "")
		say(p.T.Accent, p.t("head.bottleneck", "side", p.t("bottleneck."+h.Ratio.Bottleneck)))
	}
	for _, y := range p.M.Why() {
		for _, b := range y.Bottlenecks {
			say(p.T.Strong, p.finding(b.Meaning))
		}
	}
	for _, y := range p.M.Why() {
		for _, f := range y.Grade.Reasons {
			say(p.T.Text, p.finding(f))
		}
	}
	return append(out, p.spaced(lines, r.H-len(out))...)
}

// alternativesSlide are the next best strategies and the other profiles, as bars on one scale, and what another
// arithmetic or search would give.
func (p *Painter) alternativesSlide(r layout.Rect) []string {
	type bar struct {
		name string
		v    float64
	}
	var bars []bar
	unit := "tok/s"
	d := p.onDevice()
	switch {
	case d == nil:
	case p.M.Results.Part == table.PartRatio && d.PDRatio != nil:
		unit = "req/s"
		for i := range d.PDRatio.Candidates {
			x := &d.PDRatio.Candidates[i]
			bars = append(bars, bar{table.ShortLabel(&x.Prefill) + " : " + table.ShortLabel(&x.Decode), x.Value()})
		}
	default:
		if s := d.Section(p.M.Results.Part.Phase()); s != nil {
			for i := range s.Candidates {
				bars = append(bars, bar{table.ShortLabel(&s.Candidates[i]), s.Candidates[i].Throughput})
			}
		}
	}
	const most = 5
	bars = bars[:min(len(bars), most)]
	if rep := p.report(); rep != nil && d != nil && len(rep.Cross) > 1 {
		for _, c := range rep.Cross {
			switch {
			case c.Device == d.Device:
			case c.Ratio != nil && unit == "req/s":
				bars = append(bars, bar{p.device(c.Device), c.Ratio.Value()})
			case c.Row != nil && unit == "tok/s" && c.Row.Phase == p.M.Results.Part.Phase():
				bars = append(bars, bar{p.device(c.Device), c.Row.Throughput})
			}
		}
	}
	widest, name := 1e-12, 8
	for _, b := range bars {
		widest, name = max(widest, b.v), max(name, cell.Width(b.name))
	}
	name = min(name, r.W/2)
	var lines []string
	for i, b := range bars {
		ink := p.T.Accent
		if i > 0 {
			ink = p.T.Text
		}
		figure := cell.Apart(number.Digits(b.v, 4)+" "+unit, 14)
		lines = append(lines, p.T.Strong.Paint(cell.Left(b.name, name, p.T.Marks.More))+" "+
			ink.Paint(plot.Bar(b.v/widest, max(4, r.W-name-2-cell.Width(figure)), p.T.Marks))+p.T.Strong.Paint(figure))
	}
	lines = p.spaced(lines, r.H-3)
	for _, h := range p.M.Hints() {
		lines = append(lines, cell.Wrap(p.remark(h, 2*r.W), r.W)...)
	}
	return lines
}

func (p *Painter) commandSlide(r layout.Rect) []string {
	var lines []string
	for _, l := range commandLines(p.M.Command(), r.W) {
		lines = append(lines, p.T.Strong.Paint(l))
	}
	if foreign := p.M.Foreign(); len(foreign) > 0 {
		lines = append(lines, p.wrap(p.T.Muted, p.t("copy.foreign", "names", strings.Join(foreign,
			p.t("list.comma"))), r.W, 0)...)
	}
	return p.spaced(lines, r.H)
}

// caveat is what a room has to know of these figures: what makes them no answer comes first, and is never cut away.
func (p *Painter) caveat() string {
	d := p.onDevice()
	if d == nil {
		return ""
	}
	var words []string
	if t, ok := p.M.Totals(); ok && t.Budget > 0 && t.Left < 0 {
		words = append(words, "x "+p.C.N("slide.over", -t.Left, number.Int(-t.Left)))
	}
	if s := p.owed(d, p.M.Results.Part); s != "" {
		words = append(words, s)
	}
	if at := p.M.BestPosition(); p.M.Results.Part == table.PartRatio && at >= 0 && at != p.M.Results.Table.Cursor {
		words = append(words, p.t("slide.not_best"))
	}
	words = append(words, p.t("fidelity."+p.fidelity(p.report())))
	if s, _ := p.report().Standing(d); s == report.Uncalibrated {
		words = append(words, p.t("slide.uncalibrated"))
	}
	if hs := p.M.Hints(); len(hs) > 0 {
		full := p.dots(append(words, strings.TrimPrefix(p.remark(hs[0], p.W-2), "! "))...)
		if cell.Width(full)+2 <= p.W {
			return full
		}
	}
	return p.cut(p.dots(words...), p.W-2)
}
