package cli

import (
	"context"
	"path/filepath"
	"strings"

	"fathom/hw/message"
	"fathom/sim/chart"
	"fathom/sim/decision"
	"fathom/sim/engine"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/sim/sweep"
	"fathom/state/field"
	"fathom/ui/page"
	"fathom/ui/text"
)

// formOf is the form of the output: the one that was asked for, else by the ending of the file.
func formOf(r *field.Reading) string {
	if r.Answers[field.Format].Source == field.CLIDefault {
		switch ending := strings.ToLower(filepath.Ext(r.Word(field.Output))); ending {
		case ".html", ".svg", ".json", ".csv", ".md":
			return ending[1:]
		case ".htm":
			return "html"
		}
	}
	return r.Word(field.Format)
}

// drawn is what a page or a drawing needs beside a report.
type drawn struct {
	axes   []sweep.Axis     // of a sweep
	ranges []decision.Range // of what the decision hangs on; nil: not asked for
	over   []overlay        // laid over the frontiers
}

// drawn reads what is to be drawn; what cannot be is bad input before anything runs.
func (p *Program) drawn(ctx context.Context, command string, r *field.Reading, of *question,
	q *plan.Request) (out *drawn, err error) {
	out = &drawn{}
	if out.over, err = p.overlays(ctx, command, r, q, of); err != nil {
		return nil, err
	}
	own := r.Word(field.Engine) == "embedded"
	if hinged(r) {
		if !own {
			return nil, p.said(command, message.Fault("decision.no-engine", r.Word(field.Engine)))
		}
		if out.ranges, err = rangesOf(r.Values[field.Sensitivity].Words, q); err != nil {
			return nil, p.said(command, err)
		}
	}
	words := r.Values[field.Sweep].Words
	if !r.Given(field.Sweep) || len(words) == 0 {
		return out, nil
	}
	if !own {
		return nil, badInput(command, "bad.sweep-engine", r.Word(field.Engine))
	}
	if out.axes, err = sweep.Parse(words, q); err != nil {
		return nil, refused(command, err)
	}
	return out, nil
}

// whole is a request with all its points, which a drawing shows.
func (d *drawn) whole(q *plan.Request) *plan.Request {
	if d == nil {
		return q
	}
	own := *q
	own.KeepAll = true
	return &own
}

// draw writes a report as a page or as its drawings alone. Points that were kept for the drawings are listed only where
// somebody asked.
func (p *Program) draw(ctx context.Context, command string, d *drawn, format string, out *report.Report,
	q *plan.Request,
	texts *text.Catalog) ([]byte, error) {
	out.Request = q
	one := page.Page{Report: out, Texts: texts, Program: Version()}
	if len(d.axes) > 0 {
		watch, clear := p.sweepProgress()
		var err error
		one.Sweep, err = engine.Sweep(ctx, q, d.axes, watch)
		if clear(); err != nil {
			return nil, err
		}
	}
	if d.ranges != nil {
		var err error
		if one.Decision, err = p.weigh(ctx, q, d.ranges); err != nil {
			return nil, err
		}
	}
	if len(d.over) > 0 {
		all := &chart.Frontiers{List: chart.All(out)}
		if err := p.lay(ctx, command, all, d.over); err != nil {
			return nil, err
		}
		one.Frontiers = all.List
	}
	if format == "svg" {
		return page.SVG(one), nil
	}
	return page.HTML(one), nil
}
