package cli

import (
	"context"
	"errors"
	"strings"
	"time"

	"fathom/hw/message"
	"fathom/sim/engine"
	"fathom/sim/report"
	"fathom/state/field"
	"fathom/ui/text"

	"github.com/spf13/cobra"
)

func (p *Program) planCommand() *cobra.Command {
	return &cobra.Command{
		Use: "plan MODEL [flags]", Short: "Run a plan without the screen; flags as msmodeling's throughput_optimizer",
		DisableFlagParsing: true, ValidArgsFunction: p.completeFlags(),
		RunE: func(c *cobra.Command, args []string) error {
			if wants(args, "-h", "--help") {
				return c.Help()
			}
			collectLate()
			go readAhead()
			q, err := p.prepare("plan", args)
			if err != nil {
				return err
			}
			return p.headless(c.Context(), "plan", q)
		},
	}
}

// headless runs a question and prints its report.
func (p *Program) headless(ctx context.Context, command string, q *question) error {
	collectLate()
	answers := field.FillDefaults(field.Derive(q.answers))
	request, issues := field.Request(answers, *q.catalog)
	if request == nil {
		return fromIssues(command, issues)
	}
	r := field.Read(&answers, q.catalog)
	format, path := formOf(r), r.Word(field.Output)
	files := r.Word(field.Manifest) != ""
	check := func() error { return p.checkOutput(command, path) }
	if files {
		check = func() error { return p.checkManifest(command, r) }
	}
	if err := check(); err != nil {
		return err
	}
	if names := request.Foreign(); len(names) > 0 && r.Word(field.CopyText) == "reference" &&
		r.Word(field.Engine) == "embedded" {
		return badInput(command, "cli.copy-foreign", strings.Join(names, ", "))
	}
	p.announce(q)
	texts := p.voice
	for _, i := range issues {
		if i.Severity != report.Assumption {
			p.say(texts.T("severity."+string(i.Severity)) + ": " + texts.Tell(i.Message))
		}
	}
	if done, err := p.hinges(ctx, command, q, r, request, texts); done {
		return err
	}
	if done, err := p.frontiers(ctx, command, q, r, request, texts); done {
		return err
	}
	var drawing *drawn
	if format == "html" || format == "svg" {
		var err error
		if drawing, err = p.drawn(ctx, command, r, q, request); err != nil {
			return err
		}
	} else if r.Given(field.Sweep) && len(r.Values[field.Sweep].Words) > 0 {
		return p.sweep(ctx, command, q, r, request, texts)
	}
	e, wait, err := p.engine(r)
	if err != nil {
		return err
	}
	defer wait()
	watch, clear := p.progress()
	var contrast []report.Issue
	out, err := e.Run(ctx, drawing.whole(request), watch)
	if err == nil && out != nil && out.Engine != "msmodeling" {
		contrast = engine.Contrast(ctx, request, out, watch)
	}
	if err == nil && request.Service.Asked() {
		clear()
		served, done := p.servingProgress()
		err = engine.Serve(ctx, out, served)
		done()
		if err != nil && ctx.Err() == nil {
			return refused(command, err)
		}
		watch, clear = p.progress()
	}
	if err == nil && format != "csv" && r.Word(field.CopyText) == "" {
		engine.Climb(ctx, out, watch)
	}
	clear()
	if out == nil {
		return err
	}
	if out.LogFile != "" && err == nil {
		p.note(message.New("said.reference-log", out.LogFile))
	}
	out.Command, out.Ours = field.Shell(field.Command(request)), field.Shell(field.PlanCommand(q.answers, *q.catalog))
	out.Inputs = field.Inputs(q.answers, *q.catalog)
	out.Issues = append(issues, out.Issues...)
	out.Issues = append(out.Issues, contrast...)
	if format != "csv" {
		engine.Explain(out, field.Again)
	}
	if files && err == nil {
		if fault := p.manifest(command, out, request, r); fault != nil {
			return fault
		}
		return p.outcome(out)
	}
	var data []byte
	var fault error
	switch kind := r.Word(field.CopyText); {
	case kind != "" && err == nil:
		data, fault = copied(out, request, kind, texts)
	case drawing != nil:
		data, fault = p.draw(ctx, command, drawing, format, out, request, texts)
	default:
		data, fault = texts.Report(out, format)
	}
	if fault != nil {
		return fault
	}
	if err != nil && path != "" && path != "-" {
		return err // a file holds a whole report or none
	}
	if fault := p.emit(path, data); fault != nil {
		return fault
	}
	if err != nil {
		return afterReport(err)
	}
	return p.outcome(out)
}

// outcome says where a plan has no answer, and is the exit code.
func (p *Program) outcome(out *report.Report) error {
	switch {
	case !feasible(out):
		p.tell("said.no-point")
		return Exit(Infeasible)
	case !reaches(out):
		p.tell("said.no-fleet")
		return Exit(Infeasible)
	}
	return nil
}

// reaches reports whether a target of the plan, if it has one, is met on any device.
func reaches(r *report.Report) bool {
	asked := false
	for i := range r.Devices {
		if c := r.Devices[i].Capacity; c != nil {
			if c.Plan != nil {
				return true
			}
			asked = true
		}
	}
	return !asked
}

// afterReport is the error of a run whose rows were printed all the same: whatever its class, there is something on
// stdout.
func afterReport(err error) error {
	var f *report.Failure
	if errors.As(err, &f) {
		return &failedRun{f}
	}
	return err
}

// asked is the catalog of --lang on a command line. Without it the command line speaks English whatever the locale is:
// scripts read it.
func asked(args []string) *text.Catalog {
	lang := text.Languages[0]
	for i, a := range args {
		if value, ok := strings.CutPrefix(a, "--lang="); ok {
			lang = value
		} else if a == "--lang" && i+1 < len(args) {
			lang = args[i+1]
		}
	}
	if c, err := text.Load(lang); err == nil {
		return c
	}
	return catalog(text.Languages[0]) // the field table says what is wrong with the language
}

// feasible reports whether any device has a best point.
func feasible(r *report.Report) bool {
	for i := range r.Devices {
		d := &r.Devices[i]
		for _, s := range []*report.Section{d.Aggregation, d.Prefill, d.Decode} {
			if s != nil && s.Best != nil && d.PDRatio == nil {
				return true
			}
		}
		if d.PDRatio != nil && d.PDRatio.Best != nil {
			return true
		}
	}
	return false
}

// patience is how long a run may take before it shows progress.
const patience = 300 * time.Millisecond
