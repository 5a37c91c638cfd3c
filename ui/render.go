package ui

import (
	"errors"
	"slices"

	"fathom/sim/engine"
	"fathom/sim/report"
	"fathom/state"
	"fathom/state/field"
	"fathom/ui/page"
	"fathom/ui/text"
)

// render writes a report in an export format, Markdown in the language of the screen. The disclaimer is part of every
// one of them.
func render(f state.ExportFormat, r *report.Report, c *text.Catalog, program string) ([]byte, error) {
	if r == nil {
		return nil, errors.New("there is no result yet")
	}
	own := *r // the screen's report stays as it is
	own.Devices = slices.Clone(r.Devices)
	if own.Command == "" {
		field.Commands(&own)
	}
	if f != state.CSV {
		engine.Explain(&own, field.Command)
	}
	if f == state.HTML || f == state.SVG {
		return drawn(f, own, c, program)
	}
	return c.Report(&own, string(f))
}

// drawn is a report as a page, or its drawings alone. The screen keeps every point for itself; a page draws them and does
// not list them.
func drawn(f state.ExportFormat, r report.Report, c *text.Catalog, program string) ([]byte, error) {
	if r.Request != nil {
		q := *r.Request
		q.KeepAll = false
		r.Request = &q
	}
	p := page.Page{Report: &r, Texts: c, Program: program}
	if f == state.SVG {
		return page.SVG(p), nil
	}
	return page.HTML(p), nil
}
