package report

import (
	"strings"

	"fathom/hw/message"
)

// Role is what a paragraph is for its reader.
type Role uint8

// What was asked and what the answer is; why; what to run; the tables; what was taken for granted; every point; the
// last word. A paper is in this order.
const (
	ForAnswer    = Role(roleAnswer)
	ForWhy       = Role(roleWhy)
	ForCommand   = Role(roleCommand)
	ForTable     = Role(roleTable)
	ForCondition = Role(roleCondition)
	ForPoints    = Role(rolePoint)
	ForEnd       = Role(roleEnd)
)

// Paragraph is one paragraph of a report in words, for those who set it in more than characters. Texts are safe to
// print and not escaped for any markup.
type Paragraph struct {
	Role    Role
	Level   int // of the heading, 1 is the title
	Heading string
	Lines   []string
	Items   [][2]string // what an item is about, and its sentence
	Header  []string    // of the table; nil: there is none
	Right   []bool      // columns of numbers
	Rows    [][]string
	Code    string
	Best    bool // the table is that of the candidates
}

// Paragraphs are the report as a paper, in the order of reading: what Markdown writes.
func (v Voice) Paragraphs(r *Report) (out []Paragraph) {
	for _, p := range paper(document(r)) {
		x := Paragraph{Role: Role(p.role), Level: p.level, Code: p.code}
		if !p.heading.IsZero() {
			x.Heading = v.say(p.heading)
		}
		for _, l := range p.lines {
			x.Lines = append(x.Lines, v.say(l))
		}
		for _, t := range p.points {
			x.Items = append(x.Items, [2]string{v.say(t.head), v.say(t.text)})
		}
		if p.table != nil {
			x.Header, x.Rows = p.table.worded(v)
			x.Right, x.Best = p.table.right, p.splits
		}
		out = append(out, x)
	}
	return out
}

// Brief writes the label of a strategy in fewer characters.
func Brief(label string) string {
	return strings.ReplaceAll(strings.ReplaceAll(label, " | ", " "), "PP=1 ", "")
}

// Title is what a report is about: the model and the mode.
func (v Voice) Title(r *Report) string { return v.say(title(r)) }

// Certainty says what stands behind the figures of a device.
func Certainty(r *Report, d *Device) []message.Message { return certainty(r, d) }
