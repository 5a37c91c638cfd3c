package cli

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/chart"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/state"
	"fathom/state/field"
	"fathom/ui/cell"
	"fathom/ui/number"
	"fathom/ui/plot"
	"fathom/ui/runs"
	"fathom/ui/style"
	"fathom/ui/svg"
	"fathom/ui/text"
	"fathom/ui/work"

	"github.com/charmbracelet/x/term"
)

// frontiers prints the frontiers instead of the report where they are asked for.
func (p *Program) frontiers(ctx context.Context, command string, q *question, r *field.Reading, request *plan.Request,
	texts *text.Catalog) (done bool, err error) {
	over, format := r.Values[field.Overlaid].Words, formOf(r)
	switch {
	case len(over) == 0 && !r.On(field.Frontier), format == "html":
		return false, nil // a page has the frontiers among its charts
	case !r.On(field.Frontier):
		err = message.Fault("frontier.alone", over[0])
	case len(r.Values[field.Sweep].Words) > 0:
		err = message.Fault("frontier.swept")
	default:
		return true, p.frontier(ctx, command, q, r, request, texts)
	}
	return true, p.said(command, err)
}

// frontier answers a request with all its points, lays other plans and measured runs over it, and prints the frontiers.
func (p *Program) frontier(ctx context.Context, command string, q *question, r *field.Reading, request *plan.Request,
	texts *text.Catalog) error {
	if kind := r.Word(field.CopyText); kind != "" {
		return p.said(command, message.Fault("frontier.no-copy", kind))
	}
	if e := r.Word(field.Engine); e != "embedded" {
		return p.said(command, message.Fault("frontier.no-engine", e))
	}
	path := r.Word(field.Output)
	over, err := p.overlays(ctx, command, r, request, q)
	if err != nil {
		return err
	}
	rep, err := p.points(ctx, r, request)
	if rep == nil || err != nil && path != "" && path != "-" {
		return err // a file holds whole frontiers or none
	}
	out := &chart.Frontiers{Command: field.Shell(field.PlanCommand(q.answers, *q.catalog)), Fidelity: rep.Fidelity,
		Search: rep.Search.String(), Partial: rep.Partial, List: chart.All(rep)}
	if err := p.lay(ctx, command, out, over); err != nil {
		return err
	}
	var data []byte
	switch format := formOf(r); format {
	case "json":
		if data, err = out.JSON(); err != nil {
			return err
		}
	case "csv":
		data = out.CSV()
	case "svg":
		data = svgOf(rep, out.List, texts)
	default:
		data = p.drawnFrontier(out, r, path, texts, format == "md")
	}
	if fault := p.emit(path, data); fault != nil {
		return fault
	}
	if err != nil {
		return afterReport(err)
	}
	return p.outcome(rep)
}

// svgOf draws frontiers with all that was laid over them.
func svgOf(rep *report.Report, list []*chart.Frontier, texts *text.Catalog) []byte {
	var drawings []svg.Chart
	for _, f := range list {
		if len(f.Sets) > 0 {
			drawings = append(drawings, svg.Pen{Texts: texts}.Frontier(f))
		}
	}
	return svg.File(report.Voice{Say: texts.Tell}.Title(rep), drawings)
}

// points answers a request and keeps every point.
func (p *Program) points(ctx context.Context, r *field.Reading, request *plan.Request) (*report.Report, error) {
	own := *request
	own.KeepAll, own.Traffic, own.TargetQPS, own.TargetConcurrency = true, request.SearchTraffic(), 0, 0
	e, wait, err := p.engine(r)
	if err != nil {
		return nil, err
	}
	defer wait()
	watch, clear := p.progress()
	defer clear()
	return e.Run(ctx, &own, watch)
}

// overlay is what is laid over frontiers: another plan, or measured runs.
type overlay struct {
	name    string
	request *plan.Request
	reading *field.Reading
	sets    []chart.Set
}

// overlays reads all that is to be laid over frontiers, before anything runs: a wrong name costs nothing.
func (p *Program) overlays(ctx context.Context, command string, r *field.Reading, request *plan.Request,
	q *question) (list []overlay, err error) {
	for _, name := range r.Values[field.Overlaid].Words {
		o, err := p.overlay(ctx, command, name, request, q)
		if err != nil {
			return nil, err
		}
		list = append(list, o)
	}
	return list, nil
}

// overlay reads a saved plan, a scenario of the library or measured runs.
func (p *Program) overlay(ctx context.Context, command, name string, request *plan.Request,
	q *question) (o overlay, err error) {
	_, missing := os.Stat(p.expand(name))
	if named, err := p.library().Read(name); missing != nil && err == nil {
		return p.overlaidPlan(command, name, field.FromTOML(named, name))
	}
	if isPlanFile(name) {
		data, err := p.readFile(name)
		if err != nil {
			return o, p.said(command, message.Fault("frontier.unread", name, err))
		}
		return p.overlaidPlan(command, name, field.FromTOML(string(data), name))
	}
	if missing != nil && !strings.ContainsAny(name, "*?[") {
		return o, p.said(command, message.Fault("frontier.nothing", name))
	}
	source := state.Source{Path: name, Request: request, Device: request.Profiles[0].Name}
	got, err := work.Local{Getenv: p.Getenv}.Measure(ctx, state.Measure{Source: source, Profiles: q.catalog.Profiles})
	if err != nil {
		return o, p.said(command, message.Fault("frontier.unread", name, err))
	}
	for _, l := range got.Lost {
		p.warn(message.New("bad.at", l.Path, l.Why))
	}
	o.name = name
	var left int
	if o.sets, left = runs.Sets(filepath.Base(name), got.Runs, request); left > 0 {
		p.warn(message.New("frontier.left", name, left, len(got.Runs)))
	}
	if len(o.sets) == 0 {
		return o, p.said(command, message.Fault("frontier.foreign", name))
	}
	for i := range o.sets {
		if how := o.sets[i].Apart; !how.IsZero() {
			p.say(p.voice.T("severity.warning") + ": " + p.voice.Tell(message.New("frontier.differ", name,
				len(o.sets[i].Points), how)))
		}
	}
	return o, nil
}

// overlaidPlan reads a saved plan as a request.
func (p *Program) overlaidPlan(command, name string, saved field.Parsed) (o overlay, err error) {
	if saved.Err() {
		return o, fromIssues(command, saved.Issues)
	}
	answers := saved.Answers
	catalog, _, err := p.catalog(&answers)
	if err != nil {
		return o, badInput(command, "bad.at", name, err)
	}
	if a, changed := field.Inspected(field.Read(&answers, catalog)); changed {
		answers = a
	}
	answers = field.FillDefaults(field.Derive(answers))
	request, issues := field.Request(answers, *catalog)
	if request == nil {
		return o, fromIssues(command, issues)
	}
	return overlay{name: name, request: request, reading: field.Read(&answers, catalog)}, nil
}

// lay puts the answers of other plans and measured runs over frontiers.
func (p *Program) lay(ctx context.Context, command string, out *chart.Frontiers, list []overlay) error {
	for _, o := range list {
		if o.request == nil {
			out.Measured(o.sets)
			continue
		}
		rep, err := p.points(ctx, o.reading, o.request)
		if rep == nil || err != nil {
			return err
		}
		if !out.Lay(filepath.Base(o.name), chart.All(rep)) {
			return p.said(command, message.Fault("frontier.apart", o.name))
		}
	}
	return nil
}

// drawnFrontier is the form for people: a plot of each frontier and the points of its hulls.
func (p *Program) drawnFrontier(out *chart.Frontiers, r *field.Reading, path string, texts *text.Catalog,
	md bool) []byte {
	f, ok := p.Stdout.(*os.File)
	onScreen := ok && isTerminal(f) && (path == "" || path == "-") && !md
	wish := style.Wish{NoColor: r.On(field.NoColor) || md || path != "" && path != "-", ASCII: r.On(field.ASCII)}
	theme, width := style.Terminal(p.Stdout, wish, p.Getenv), 100
	if onScreen {
		if w, _, err := term.GetSize(f.Fd()); err == nil && w > 0 {
			width = w
		}
	}
	if wish.ASCII {
		texts = texts.Plain()
	}
	data := strings.Join(frontierLines(out, theme, texts, width), "\n") + "\n"
	if md {
		data = "```\n" + data + "```\n"
	}
	return []byte(data)
}

// plotHeight is the height of a frontier on the command line.
const plotHeight = 24

func frontierLines(out *chart.Frontiers, t style.Theme, texts *text.Catalog, width int) (lines []string) {
	if out.Partial {
		lines = append(lines, texts.T("sweep.partial"), "")
	}
	for _, l := range cell.Wrap(texts.T("frontier.sparse."+cmp.Or(out.Search, "mixed")), width-1) {
		lines = append(lines, t.Muted.Paint(l))
	}
	for _, f := range out.List {
		lines = append(lines, "")
		names := make([]string, len(f.Sets))
		for n := range f.Sets {
			names[n] = setName(&f.Sets[n], f, texts)
		}
		c := plot.Frontier(f, t, texts.Tell, names)
		c.XLabel, c.YLabel = texts.T(f.X.Key), texts.T(f.Y.Key)
		lines = append(lines, t.Title.Paint(texts.T("frontier.title", "y", c.YLabel, "x", c.XLabel)))
		drawn := c.Lines(width-1, plotHeight, t)
		if drawn == nil {
			lines = append(lines, texts.T("frontier.none"))
			continue
		}
		lines = append(lines, drawn...)
		for n := range f.Sets {
			lines = append(append(lines, ""), hullTable(f, &f.Sets[n], names[n], t, texts)...)
		}
	}
	return lines
}

// setName names a set by what tells it from the others.
func setName(s *chart.Set, f *chart.Frontier, texts *text.Catalog) string {
	name := hw.Clean(s.Device)
	several := slices.ContainsFunc(f.Sets, func(o chart.Set) bool { return o.Device != s.Device })
	switch {
	case s.Name != "" && several:
		name = hw.Clean(s.Name) + ", " + name
	case s.Name != "":
		name = hw.Clean(s.Name)
	}
	switch {
	case !s.Apart.IsZero():
		return texts.T("frontier.apart_from", "name", name)
	case s.Measured:
		return texts.T("frontier.measured", "name", name)
	}
	if slices.ContainsFunc(f.Sets, func(o chart.Set) bool { return o.Phase != s.Phase }) {
		name += ", " + texts.T(map[bool]string{true: "mode.", false: "phase."}[s.Phase == plan.PDRatio.String()]+s.Phase)
	}
	return name
}

// hullTable lists the points that no mixture of others beats.
func hullTable(f *chart.Frontier, s *chart.Set, name string, t style.Theme, texts *text.Catalog) []string {
	if !s.Apart.IsZero() {
		return []string{t.Title.Paint(texts.T("frontier.points", "name", name, "n", number.Int(len(s.Points)))),
			"  " + hw.Clean(texts.Tell(s.Apart))}
	}
	head := texts.T("frontier.set", "name", name, "n", number.Int(len(s.Points)), "front", number.Int(len(s.Front)),
		"hull", number.Int(len(s.Hull)))
	rows := [][]string{{"", texts.T(f.X.Key), texts.T(f.Y.Key), texts.T("sweep.interval"),
		texts.T("frontier.concurrency"), texts.T("frontier.strategy")}}
	bands := false
	for _, n := range s.Hull {
		p := &s.Points[n]
		row := []string{"", number.Digits(p.X, 4), number.Digits(p.Y, 4), number.None, number.None, hw.Clean(p.Label)}
		if p.Band != nil {
			bands, row[3] = true, number.Digits(p.Band.Low, 4)+".."+number.Digits(p.Band.High, 4)
		}
		if p.Concurrency > 0 {
			row[4] = number.Int(p.Concurrency)
		}
		rows = append(rows, row)
	}
	if !bands {
		for i := range rows {
			rows[i] = slices.Delete(rows[i], 3, 4)
		}
	}
	return append([]string{t.Title.Paint(head)}, columns(rows, map[int]bool{1: true, 2: true, 3: true, 4: bands})...)
}
