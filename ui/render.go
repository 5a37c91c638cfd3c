package ui

import (
	"errors"

	"fathom/sim/report"
	"fathom/state"
)

// render writes a report in an export format.
func render(f state.ExportFormat, r *report.Report) ([]byte, error) {
	return nil, errors.New("not wired yet")
}
