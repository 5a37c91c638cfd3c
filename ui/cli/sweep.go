package cli

import (
	"context"
	"os"
	"strings"
	"time"

	"fathom/hw/message"
	"fathom/sim/engine"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/sim/sweep"
	"fathom/state/field"
	"fathom/ui/number"
	"fathom/ui/style"
	"fathom/ui/text"

	"github.com/charmbracelet/x/term"
)

// sweep answers a request over the values of --sweep and prints the curves or maps.
func (p *Program) sweep(ctx context.Context, command string, q *question, r *field.Reading, request *plan.Request,
	texts *text.Catalog) error {
	if kind := r.Word(field.CopyText); kind != "" {
		return badInput(command, "bad.sweep-copy", kind)
	}
	if e := r.Word(field.Engine); e != "embedded" {
		return badInput(command, "bad.sweep-engine", e)
	}
	axes, err := sweep.Parse(r.Values[field.Sweep].Words, request)
	if err != nil {
		return p.said(command, err)
	}
	if request.Traffic != request.SearchTraffic() || request.TargetQPS > 0 || request.TargetConcurrency > 0 {
		p.note(message.New("said.sweep"))
	}
	if slow := sweep.Slow(request, axes); !slow.IsZero() {
		p.note(slow)
	}
	watch, clear := p.sweepProgress()
	out, failed := engine.Sweep(ctx, request, axes, watch)
	clear()
	if out == nil {
		return failed
	}
	out.Command = field.Shell(field.PlanCommand(q.answers, *q.catalog))
	path := r.Word(field.Output)
	if failed != nil && (path != "" && path != "-" || len(out.Cells) == 0) {
		return failed // a file holds a whole sweep or none
	}
	var data []byte
	switch format := r.Word(field.Format); format {
	case "json":
		if data, err = out.JSON(); err != nil {
			return err
		}
	case "csv":
		data = out.CSV()
	default:
		data = p.drawnSweep(out, r, path, texts, format == "md")
	}
	if err := p.emit(path, data); err != nil {
		return err
	}
	switch {
	case failed != nil:
		return afterReport(failed)
	case !out.Feasible():
		p.tell("said.no-cell")
		return Exit(Infeasible)
	}
	return nil
}

// drawnSweep is the form for people: with the colours of the terminal that it is printed on, else without any.
func (p *Program) drawnSweep(out *sweep.Result, r *field.Reading, path string, texts *text.Catalog, md bool) []byte {
	f, ok := p.Stdout.(*os.File)
	onScreen := ok && isTerminal(f) && (path == "" || path == "-") && !md
	wish := style.Wish{NoColor: r.On(field.NoColor) || md || path != "" && path != "-", ASCII: r.On(field.ASCII)}
	theme := style.Terminal(p.Stdout, wish, p.Getenv)
	s := sweepSheet{out: out, theme: theme, texts: texts}
	if onScreen {
		s.width, _, _ = term.GetSize(f.Fd())
	}
	if wish.ASCII {
		s.texts = texts.Plain()
	}
	data := strings.Join(s.lines(), "\n") + "\n"
	if md {
		data = "```\n" + data + "```\n"
	}
	return []byte(data)
}

// sweepProgress says on a line that replaces itself how many plans are answered.
func (p *Program) sweepProgress() (watch func(sweep.Progress), clear func()) {
	line, clear := p.progress()
	if line == nil {
		return nil, clear
	}
	begin, told := time.Now(), time.Duration(0)
	return func(s sweep.Progress) {
		if now := time.Since(begin); now-told >= patience/3 {
			told = now
			line(report.Progress{ElapsedMS: float64(now.Milliseconds()), Points: s.Done,
				Log: []string{p.voice.T("sweep.progress", "n", number.Int(s.Done), "of", number.Int(s.Of)) +
					p.left(now, float64(s.Done)/float64(s.Of))}})
		}
	}, clear
}

// left says how long the rest takes at the pace so far, of a share that is done.
func (p *Program) left(spent time.Duration, share float64) string {
	if rest := spent.Seconds() * (1 - share) / share; share > 0 && rest >= 2 {
		return ", " + p.voice.T("sweep.left", "s", number.Int(int(rest)))
	}
	return ""
}
