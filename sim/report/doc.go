// Package report is the outcome of a run as values: rows, ratios, issues, counts. Its JSON form is the contract of
// `fathom plan --format json`.
//
// In: what sim/search found. Out: the report as JSON, CSV, Markdown or text, the last two in the language of a Voice.
// Begin reading with Report, then document for people and asJSON for programs.
package report
