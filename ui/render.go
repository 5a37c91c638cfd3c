package ui

import (
	"errors"

	"fathom/sim/report"
	"fathom/state"
	"fathom/ui/text"
)

// render writes a report in an export format, Markdown in the language of the screen. The disclaimer is part of every one of them.
func render(f state.ExportFormat, r *report.Report, c *text.Catalog) ([]byte, error) {
	if r == nil {
		return nil, errors.New("there is no result yet")
	}
	return c.Report(r, string(f))
}
