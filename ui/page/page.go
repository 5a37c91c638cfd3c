package page

import (
	"cmp"
	"fmt"
	"html"
	"slices"
	"strings"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/chart"
	"fathom/sim/decision"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/sim/sweep"
	"fathom/ui/cell"
	"fathom/ui/number"
	"fathom/ui/svg"
	"fathom/ui/text"
)

// Page is what a report is made of.
type Page struct {
	Report *report.Report // explained, with its ladder where one is wanted
	Sweep  *sweep.Result  // nil: none was asked for
	// Frontiers are those of the report with what was laid over them; nil: those of the report
	Frontiers []*chart.Frontier
	Decision  *decision.Result // what it hangs on; nil: was not asked for
	Texts     *text.Catalog
	Program   string // the version that answered
}

// writer writes HTML; texts from anywhere go through esc.
type writer struct {
	strings.Builder
	p *Page
}

func esc(s string) string { return html.EscapeString(hw.Clean(s)) }

func (w *writer) t(key string, pairs ...string) string { return w.p.Texts.T(key, pairs...) }

// tag writes an element around a text.
func (w *writer) tag(open, words string) {
	name, _, _ := strings.Cut(open, " ")
	fmt.Fprintf(w, "<%s>%s</%s>\n", open, esc(words), name)
}

// HTML writes the whole file.
func HTML(p Page) []byte {
	w := &writer{p: &p}
	voice := report.Voice{Say: p.Texts.Tell, Width: cell.Width}
	paragraphs := voice.Paragraphs(p.Report)
	title := voice.Title(p.Report)
	lang := map[string]string{"zh": "zh-CN"}[p.Texts.Lang]
	if lang == "" {
		lang = "en"
	}
	fmt.Fprintf(w, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\"/>\n"+
		"<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"/>\n"+
		"<meta name=\"color-scheme\" content=\"light dark\"/>\n<title>fathom: %s</title>\n<style>%s%s</style>\n"+
		"</head>\n<body>\n<main%s>\n", lang, esc(title), svg.Sheet(), sheet, many(p.Report))
	w.question(title)
	if p.Report.Partial {
		w.tag(`p class="warn"`, w.p.Texts.Tell(message.New("report.partial")))
	}
	w.WriteString("<div class=\"answers\">\n")
	for i := range p.Report.Devices {
		w.answer(&p.Report.Devices[i])
	}
	w.WriteString("</div>\n")
	w.section(w.t("page.charts"), "charts", func() { w.figures() })
	w.paragraphs(paragraphs, report.ForAnswer)
	w.paragraphs(paragraphs, report.ForWhy)
	w.hangs()
	w.candidates(paragraphs)
	w.commands()
	w.more(paragraphs)
	for _, x := range paragraphs {
		if x.Role == report.ForEnd {
			for _, l := range x.Lines {
				w.tag(`p class="caveat"`, l)
			}
		}
	}
	fmt.Fprintf(w, "</main>\n<footer>%s</footer>\n</body>\n</html>\n", esc(p.Texts.Program(p.Program)))
	return []byte(w.String())
}

// many marks a report of several devices or phases: its print leaves out what a reader of two pages can do without.
func many(r *report.Report) string {
	n := 0
	for i := range r.Devices {
		n += len(r.Devices[i].Explained)
	}
	switch {
	case n > 2:
		return ` class="many crowd"`
	case n > 1:
		return ` class="many"`
	}
	return ""
}

// SVG writes the charts alone.
func SVG(p Page) []byte {
	voice := report.Voice{Say: p.Texts.Tell, Width: cell.Width}
	return svg.File(voice.Title(p.Report), Charts(p))
}

func (w *writer) section(heading, class string, body func()) {
	fmt.Fprintf(w, "<section class=\"%s\">\n", class)
	w.tag("h2", heading)
	body()
	w.WriteString("</section>\n")
}

// question is what was asked, in a sentence of facts.
func (w *writer) question(title string) {
	w.WriteString("<header>\n")
	w.tag("h1", title)
	r := w.p.Report
	if q := r.Request; q != nil {
		var facts []string
		for _, d := range q.Profiles {
			facts = append(facts, number.Int(q.Devices)+" x "+d.Name)
		}
		in := number.Int(q.InputLength)
		if q.InputFile != "" {
			in = q.InputFile
		}
		facts = append(facts, w.t("slide.lengths", "in", in, "out", number.Int(q.OutputLength)))
		for _, l := range []struct {
			name string
			ms   float64
		}{{"TTFT", q.TTFTLimit}, {"TPOT", q.TPOTLimit}} {
			if l.ms > 0 {
				facts = append(facts, w.t("slide.limit", "name", l.name, "v", number.Short(l.ms, 4)))
			}
		}
		w.tag(`p class="facts"`, strings.Join(facts, " · "))
	}
	fidelity, search := w.t("fidelity."+r.Fidelity), cmp.Or(r.Search.String(), "mixed")
	if r.Fidelity == "mixed" {
		fidelity = w.t("page.mixed")
	}
	if slices.ContainsFunc(r.Devices, func(d report.Device) bool { return d.Search != r.Devices[0].Search }) {
		search = "mixed"
	}
	w.tag(`p class="m"`, w.t("page.which", "fidelity", fidelity, "search", w.t("page.search."+search), "engine",
		w.t("engine."+r.Engine)))
	w.WriteString("</header>\n")
}

// answer is the best of a device in large letters, with its interval and its latencies against the limits.
func (w *writer) answer(d *report.Device) {
	w.WriteString("<section class=\"answer\">\n")
	w.tag("h2", d.Device)
	q := w.p.Report.Request
	if d.PDRatio != nil {
		w.pair(d, q)
	} else {
		for _, s := range []*report.Section{d.Aggregation, d.Prefill, d.Decode} {
			if s != nil {
				w.best(s.Best, q)
			}
		}
	}
	for i := range d.Nearest {
		n := &d.Nearest[i]
		w.tag("p", w.t("head.nearest", "label", report.Brief(n.Row.Label), "batch", number.Int(n.Row.Batch), "relax",
			w.p.Texts.Tell(n.Relax)))
	}
	for _, m := range report.Certainty(w.p.Report, d) {
		w.tag(`p class="m"`, w.p.Texts.Tell(m))
	}
	w.WriteString("</section>\n")
}

func (w *writer) best(b *report.Row, q *plan.Request) {
	if b == nil {
		w.tag(`p class="big"`, w.t("slide.none"))
		return
	}
	unit := "tok/s"
	if b.Phase == plan.PhasePrefill {
		unit = w.t("page.input")
	}
	fmt.Fprintf(w, "<p class=\"big\">%s <small>%s</small></p>\n", esc(number.Digits(b.Throughput, 4)), esc(unit))
	if x := b.ThroughputRange; x != nil {
		w.tag("p", w.t("drawing.range", "low", number.Digits(x.Low, 3), "high", number.Digits(x.High, 3)))
	}
	w.tag(`p class="facts"`, strings.Join([]string{w.t("part." + b.Phase.String()), report.Brief(b.Label),
		w.t("head.batch", "n", number.Int(b.Batch)), w.t("head.concurrency", "n", number.Int(b.Concurrency)),
		w.t("head.per_device", "v", number.Digits(b.PerDevice, 4))}, " · "))
	if q != nil {
		w.meter("TTFT", b.TTFT, b.TTFTRange, q.TTFTLimit)
		w.meter("TPOT", b.TPOT, b.TPOTRange, q.TPOTLimit)
	}
}

func (w *writer) pair(d *report.Device, q *plan.Request) {
	b := d.PDRatio.Best
	if b == nil {
		w.tag(`p class="big"`, w.t("slide.none"))
		return
	}
	fmt.Fprintf(w, "<p class=\"big\">%s <small>req/s</small></p>\n", esc(number.Digits(b.Serves(), 4)))
	if x := b.Range(); x != nil {
		w.tag("p", w.t("page.pair_range", "low", number.Digits(x.Low, 3), "high", number.Digits(x.High, 3)))
	}
	if b.PrefillInstances != nil && b.DecodeInstances != nil {
		w.tag(`p class="facts"`, w.t("slide.pair", "p", number.Int(*b.PrefillInstances), "prefill",
			report.Brief(b.Prefill.Label), "d", number.Int(*b.DecodeInstances), "decode", report.Brief(b.Decode.Label)))
	}
	if q != nil {
		w.meter("TTFT", b.Prefill.TTFT, b.Prefill.TTFTRange, q.TTFTLimit)
		w.meter("TPOT", b.Decode.TPOT, b.Decode.TPOTRange, q.TPOTLimit)
	}
}

// meter is a latency against its limit, as words and as a bar.
func (w *writer) meter(name string, ms *float64, band *report.Interval, limit float64) {
	if ms == nil {
		return
	}
	words := w.t("slide.latency", "name", name, "v", number.Digits(*ms, 4))
	if limit > 0 {
		words = w.t("slide.latency_of", "name", name, "v", number.Digits(*ms, 4), "limit", number.Short(limit, 4))
	}
	if band != nil {
		words += "  " + w.t("drawing.range", "low", number.Digits(band.Low, 3), "high", number.Digits(band.High, 3))
	}
	fmt.Fprintf(w, "<div class=\"meter\"><span>%s</span>", esc(words))
	if limit > 0 {
		share := 100 * *ms / limit
		class := "bar"
		if share > 100 {
			class = "bar over"
		}
		fmt.Fprintf(w, "<span class=\"%s\" aria-hidden=\"true\"><i style=\"width:%.0f%%\"></i></span>", class,
			max(0, min(100, share)))
	}
	w.WriteString("</div>\n")
}

// hangs says what the decision hangs on.
func (w *writer) hangs() {
	if w.p.Decision == nil {
		return
	}
	w.section(w.t("decision.title"), "said hangs", func() {
		for _, d := range w.p.Decision.Decisions {
			if len(w.p.Decision.Decisions) > 1 {
				w.tag("h3", w.p.Texts.T(d.Heading()))
			}
			w.WriteString("<ul>\n")
			for _, m := range (svg.Pen{Texts: w.p.Texts}).Decides(d) {
				w.tag("li", m)
			}
			w.WriteString("</ul>\n")
		}
		w.tag(`p class="m"`, w.t("decision.note"))
	})
}

// candidates are the tables of the answer.
func (w *writer) candidates(list []report.Paragraph) {
	if !slices.ContainsFunc(list, func(x report.Paragraph) bool { return x.Best }) {
		return // nothing meets limits and memory
	}
	w.section(w.t("page.candidates"), "tables", func() {
		of := 0 // the heading of the device that the tables behind it are of
		for i := range list {
			x := &list[i]
			switch {
			case x.Best:
				if of > 0 {
					w.tag("h3", list[of].Heading)
					of = 0
				}
				w.paragraph(x)
			case x.Role == report.ForTable && x.Level == 3 && x.Header == nil && len(x.Items) == 0:
				of = i
			}
		}
	})
}

// commands are the ones that people leave with: serve the best row, benchmark it, ask again.
func (w *writer) commands() {
	r := w.p.Report
	w.section(w.t("page.commands"), "commands", func() {
		for i := range r.Devices {
			for k := range r.Devices[i].Explained {
				e := &r.Devices[i].Explained[k]
				on := r.Devices[i].Device
				if r.Request != nil {
					if x := r.Request.On(on, e.Phase); x != nil { // of a pairing the side of the row
						on = x.Name
					}
				}
				what := " · " + on + " · " + report.Brief(e.Label)
				if len(e.Launch) > 0 {
					l := &e.Launch[0]
					w.tag("h3", w.t("page.serve", "engine", l.Engine)+what)
					w.code(report.Script(l.File, l.FileText, l.Args))
				}
				if len(e.Benchmarks) > 0 && k == 0 {
					w.tag("h3", w.t("page.benchmark", "engine", e.Benchmarks[0].Engine)+what)
					w.code(report.Shell(e.Benchmarks[0].Args))
				}
			}
		}
		if r.Ours != "" {
			w.WriteString("<div class=\"replay\">\n")
			w.tag("h3", w.t("page.replay"))
			w.code(r.Ours)
			w.WriteString("</div>\n")
		}
	})
}

// more is what does not decide, closed and left out of print.
func (w *writer) more(list []report.Paragraph) {
	for _, part := range []struct {
		key  string
		role report.Role
	}{{"page.all_tables", report.ForTable}, {"page.all_commands", report.ForCommand},
		{"page.conditions", report.ForCondition}, {"page.points", report.ForPoints}} {
		open := false
		for i := range list {
			x := &list[i]
			if x.Role != part.role || x.Best || x.Level == 2 && len(x.Lines)+len(x.Items)+len(x.Rows) == 0 && x.Code == "" {
				continue
			}
			if !open {
				fmt.Fprintf(w, "<details>\n<summary>%s</summary>\n", esc(w.t(part.key)))
				open = true
			}
			w.paragraph(x)
		}
		if open {
			w.WriteString("</details>\n")
		}
	}
}
