package report

import (
	"unicode/utf8"

	"fathom/hw/message"
)

// Voice words a report for people in another language than English. Its zero value is English.
type Voice struct {
	Say   func(english string) string    // a heading, a sentence, the head or a cell of a table
	Tell  func(f message.Message) string // a sentence of an explanation
	Width func(text string) int          // cells on screen; nil counts characters
}

func (v Voice) width(s string) int {
	if v.Width == nil {
		return utf8.RuneCountInString(s)
	}
	return v.Width(s)
}

// document is the report as parts in the voice's language. Commands stay as they are.
func (v Voice) document(r *Report) []part {
	parts := document(r)
	for i := range parts {
		p := &parts[i]
		for _, f := range p.tell {
			if v.Tell != nil {
				p.told = append(p.told, v.Tell(f))
			} else {
				p.told = append(p.told, f.String())
			}
		}
		for _, x := range p.points {
			head, text := x.head, x.text.String()
			if v.Say != nil {
				head = v.Say(head)
			}
			if v.Tell != nil {
				text = v.Tell(x.text)
			}
			p.items = append(p.items, "- "+head+": "+text)
		}
	}
	if v.Say == nil {
		return parts
	}
	all := func(list []string) {
		for i := range list {
			list[i] = v.Say(list[i])
		}
	}
	for i := range parts {
		p := &parts[i]
		p.heading = v.Say(p.heading)
		all(p.lines)
		if p.table != nil {
			all(p.table.header)
			for _, row := range p.table.rows {
				all(row)
			}
		}
	}
	return parts
}
