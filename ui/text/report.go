package text

import (
	"strings"

	"fathom/sim/report"
	"fathom/state/field"
	"fathom/ui/cell"
)

// Report renders a report in the language of the catalog: table and md for people. JSON and CSV are for programs and
// stay as they are.
func (c *Catalog) Report(r *report.Report, format string) ([]byte, error) {
	if c.Lang == Languages[0] {
		return report.Render(r, format)
	}
	if format != "json" && format != "csv" { // the caller's report stays as it is
		own := *r
		own.Issues = make([]report.Issue, len(r.Issues))
		for i, x := range r.Issues {
			x.Message = c.Issue(x)
			own.Issues[i] = x
		}
		r = &own
	}
	return report.Voice{Say: c.heading, Tell: c.Tell, Width: cell.Width}.Render(r, format)
}

// heading is Say for the texts of a report, where an input has the name of its question.
func (c *Catalog) heading(english string) string {
	if f, ok := field.Lookup(strings.ReplaceAll(english, " ", "_")); ok {
		return c.T(f.Text() + ".label")
	}
	return c.Say(english)
}
