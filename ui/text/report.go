package text

import (
	"fathom/sim/report"
	"fathom/ui/cell"
)

// Report renders a report in the language of the catalog: table and md for people. JSON and CSV are for programs and
// stay as they are.
func (c *Catalog) Report(r *report.Report, format string) ([]byte, error) {
	if c.Lang == Languages[0] {
		return report.Render(r, format)
	}
	return report.Voice{Say: c.Tell, Width: cell.Width}.Render(r, format)
}
