// Package page writes a report as one HTML file that needs nothing else: no network, no script, no font. It is read
// from the top (question, answer, why, charts, tables, what to run), is right on light and dark screens, from a
// telephone's width on, and prints what decides on two pages of A4; the rest waits in closed <details>.
//
// A small writer instead of html/template: every text goes through one function that removes control characters and
// escapes markup, and the template packages would be the only users of reflection by name in the program, which keeps
// the linker from dropping what nobody calls.
//
// In: a report, sweeps of the same question, the texts of a language. Out: HTML, or the charts alone as SVG. Begin
// reading with HTML.
package page
