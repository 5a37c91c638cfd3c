package ui

import (
	"errors"
	"slices"

	"fathom/sim/engine"
	"fathom/sim/report"
	"fathom/state"
	"fathom/state/field"
	"fathom/ui/text"
)

// render writes a report in an export format, Markdown in the language of the screen. The disclaimer is part of every
// one of them.
func render(f state.ExportFormat, r *report.Report, c *text.Catalog) ([]byte, error) {
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
	return c.Report(&own, string(f))
}
