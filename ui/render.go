package ui

import (
	"errors"

	"fathom/sim/report"
	"fathom/state"
)

// render writes a report in an export format. The disclaimer is part of every one of them.
func render(f state.ExportFormat, r *report.Report) ([]byte, error) {
	if r == nil {
		return nil, errors.New("there is no result yet")
	}
	return report.Render(r, string(f))
}
