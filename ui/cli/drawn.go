package cli

import (
	"context"
	"path/filepath"
	"strings"

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
		switch strings.ToLower(filepath.Ext(r.Word(field.Output))) {
		case ".html", ".htm":
			return "html"
		case ".svg":
			return "svg"
		}
	}
	return r.Word(field.Format)
}

// drawn is what a page or a drawing needs beside a report: the knobs of a sweep.
type drawn struct{ axes []sweep.Axis }

// drawn reads what is to be drawn; a sweep that cannot be is bad input before anything runs.
func (p *Program) drawn(command string, r *field.Reading, q *plan.Request) (*drawn, error) {
	out := &drawn{}
	words := r.Values[field.Sweep].Words
	if !r.Given(field.Sweep) || len(words) == 0 {
		return out, nil
	}
	if e := r.Word(field.Engine); e != "embedded" {
		return nil, badInput(command, "bad.sweep-engine", e)
	}
	axes, err := sweep.Parse(words, q)
	if err != nil {
		return nil, refused(command, err)
	}
	out.axes = axes
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
func (p *Program) draw(ctx context.Context, d *drawn, format string, out *report.Report, q *plan.Request,
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
	if format == "svg" {
		return page.SVG(one), nil
	}
	return page.HTML(one), nil
}
