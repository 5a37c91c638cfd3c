package cli

import (
	"context"
	"os"
	"strings"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/decision"
	"fathom/sim/engine"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/sim/sweep"
	"fathom/state/field"
	"fathom/ui/number"
	"fathom/ui/pane"
	"fathom/ui/style"
	"fathom/ui/text"

	"github.com/charmbracelet/x/term"
)

// hinges prints what the decision hangs on instead of the report where that is asked for.
func (p *Program) hinges(ctx context.Context, command string, q *question, r *field.Reading, request *plan.Request,
	texts *text.Catalog) (done bool, err error) {
	v, format := r.Values[field.Sensitivity], formOf(r)
	switch {
	case !hinged(r), format == "html", format == "svg" && !r.On(field.Frontier):
		return false, nil // a page has it among its charts
	case len(r.Values[field.Sweep].Words) > 0 || r.On(field.Frontier):
		err = message.Fault("decision.alone")
	case r.Word(field.CopyText) != "":
		err = message.Fault("decision.no-copy", r.Word(field.CopyText))
	case r.Word(field.Engine) != "embedded":
		err = message.Fault("decision.no-engine", r.Word(field.Engine))
	case format == "csv":
		err = message.Fault("decision.form", format)
	default:
		ranges, fault := rangesOf(v.Words, request)
		if err = fault; err == nil {
			return true, p.decide(ctx, q, r, request, ranges, texts)
		}
	}
	return true, p.said(command, err)
}

// hinged reports whether it is asked for what the decision hangs on.
func hinged(r *field.Reading) bool {
	v := r.Values[field.Sensitivity]
	return r.Given(field.Sensitivity) && (v.On || len(v.Words) > 0)
}

// rangesOf reads KNOB=FROM..TO; without any they are the usual ones.
func rangesOf(words []string, request *plan.Request) (list []decision.Range, err error) {
	if len(words) == 0 {
		return decision.Usual(request), nil
	}
	for _, w := range words {
		axes, err := sweep.Parse([]string{w}, request)
		if err != nil {
			return nil, message.Fault("decision.text", w, sweep.Fault(err))
		}
		a := axes[0]
		low, high := a.Values[0], a.Values[0]
		for _, x := range a.Values {
			low, high = min(low, x), max(high, x)
		}
		if low == high {
			return nil, message.Fault("decision.point", w)
		}
		list = append(list, decision.Range{Knob: a.Knob, From: low, To: high})
	}
	return list, nil
}

func (p *Program) decide(ctx context.Context, q *question, r *field.Reading, request *plan.Request,
	ranges []decision.Range, texts *text.Catalog) error {
	out, err := p.weigh(ctx, request, ranges)
	if err != nil {
		return err
	}
	out.Command = field.Shell(field.PlanCommand(q.answers, *q.catalog))
	var data []byte
	path := r.Word(field.Output)
	switch format := formOf(r); format {
	case "json":
		if data, err = out.JSON(pane.KnobName); err != nil {
			return err
		}
	default:
		data = p.drawnDecision(out, r, path, texts, format == "md")
	}
	if err := p.emit(path, data); err != nil {
		return err
	}
	for _, d := range out.Decisions {
		if d.Now.Winner != "" {
			return nil
		}
	}
	p.tell("said.no-range")
	return Exit(Infeasible)
}

// weigh finds what a decision hangs on, and says how many plans were asked.
func (p *Program) weigh(ctx context.Context, q *plan.Request, ranges []decision.Range) (*decision.Result, error) {
	line, clear := p.progress()
	defer clear()
	var watch func(int)
	if line != nil {
		watch = func(n int) {
			if n%10 == 0 {
				line(report.Progress{Points: n, Log: []string{p.voice.T("decision.working", "n", number.Int(n))}})
			}
		}
	}
	return engine.Decide(ctx, q, ranges, watch)
}

// drawnDecision is the form for people.
func (p *Program) drawnDecision(out *decision.Result, r *field.Reading, path string, texts *text.Catalog,
	md bool) []byte {
	f, ok := p.Stdout.(*os.File)
	onScreen := ok && isTerminal(f) && (path == "" || path == "-") && !md
	wish := style.Wish{NoColor: r.On(field.NoColor) || md || path != "" && path != "-", ASCII: r.On(field.ASCII)}
	width := 100
	if onScreen {
		if w, _, err := term.GetSize(f.Fd()); err == nil && w > 0 {
			width = w
		}
	}
	if wish.ASCII {
		texts = texts.Plain()
	}
	who := func(name string) string { return hw.Clean(name) }
	lines := pane.Decisions(out, style.Terminal(p.Stdout, wish, p.Getenv), texts, width, who)
	data := strings.Join(lines, "\n") + "\n"
	if md {
		data = "```\n" + data + "```\n"
		for i := len(out.Decisions) - 1; i >= 0; i-- {
			says := ""
			for _, m := range out.Decisions[i].Says(pane.KnobName, who) {
				says += "- " + hw.Clean(texts.Tell(m)) + "\n"
			}
			data = says + "\n" + data
		}
	}
	return []byte(data)
}
