package report

import (
	"unicode/utf8"

	"fathom/hw/message"
)

// Voice words a report for people in another language than English. Its zero value is English.
type Voice struct {
	Say   func(message.Message) string
	Width func(text string) int // cells on screen; nil counts characters
}

func (v Voice) width(s string) int {
	if v.Width == nil {
		return utf8.RuneCountInString(s)
	}
	return v.Width(s)
}

// say words a message so that it is safe to print on one line.
func (v Voice) say(m message.Message) string {
	if v.Say == nil {
		return message.Clean(m.String())
	}
	return message.Clean(v.Say(m))
}

// words are the sentences and list items of a part.
func (v Voice) words(p *part) (lines []string) {
	for _, m := range p.lines {
		lines = append(lines, v.say(m))
	}
	for _, x := range p.points {
		lines = append(lines, "- "+v.say(message.New("issue.line", x.head, x.text)))
	}
	return lines
}
