package ui

import (
	"path/filepath"
	"slices"

	"fathom/hw/message"
	"fathom/sim/chart"
	"fathom/sim/engine"
	"fathom/state"
	"fathom/state/field"
	"fathom/ui/page"
	"fathom/ui/runs"
	"fathom/ui/text"
)

// render writes a report in an export format, Markdown in the language of the screen. The disclaimer is part of every
// one of them.
func render(e state.Export, c *text.Catalog, program string) ([]byte, error) {
	f, r := e.Format, e.Report
	if r == nil {
		return nil, message.Fault("program.no-report")
	}
	own := *r // the screen's report stays as it is
	own.Devices = slices.Clone(r.Devices)
	if own.Command == "" {
		field.Commands(&own)
	}
	if f != state.CSV {
		engine.Explain(&own, field.Again)
	}
	if f == state.HTML || f == state.SVG {
		all := chart.Frontiers{List: chart.All(&own)}
		for _, o := range e.Over {
			all.Lay(o.Name, chart.All(o.Report))
		}
		if len(e.Measured) > 0 && own.Request != nil {
			sets, _ := runs.Sets(filepath.Base(e.Measured[0].Path), e.Measured, own.Request)
			all.Measured(sets)
		}
		return drawn(f, page.Page{Report: &own, Sweep: e.Sweep, Decision: e.Decision, Frontiers: all.List, Texts: c,
			Program: program})
	}
	return c.Report(&own, string(f))
}

// drawn is a report as a page, or its drawings alone. The screen keeps every point for itself; a page draws them and
// does not list them.
func drawn(f state.ExportFormat, p page.Page) ([]byte, error) {
	if p.Report.Request != nil {
		q := *p.Report.Request
		q.KeepAll = false
		p.Report.Request = &q
	}
	if f == state.SVG {
		return page.SVG(p), nil
	}
	return page.HTML(p), nil
}
