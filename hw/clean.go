package hw

import (
	"strings"

	"fathom/hw/message"
)

// Clean makes a text from a file safe to print on one line; see message.Clean.
func Clean(s string) string { return message.Clean(s) }

// Strip removes what Clean removes and keeps blanks and line ends as they are, for text whose columns matter.
func Strip(s string) string { return message.Strip(s) }

// Lengths that a text echoed in a message keeps, in characters: of one word and of a whole value.
const (
	briefWord  = 120
	briefValue = 400
)

// Brief is a value as a message echoes it: too long a word, or value, keeps its head and its tail, by which it can be
// told; what was typed stays where it was typed.
func Brief(value string) string { return middle(BriefWords(value), briefValue) }

// BriefWords cuts only words, for whole messages.
func BriefWords(text string) string {
	if len(text) <= briefWord {
		return text
	}
	words := strings.Split(text, " ")
	for i, w := range words {
		words[i] = middle(w, briefWord)
	}
	return strings.Join(words, " ")
}

// middle takes the middle out of a text of more than most characters.
func middle(s string, most int) string {
	if len(s) <= most {
		return s
	}
	r := []rune(s)
	if len(r) <= most {
		return s
	}
	tail := most / 4
	return string(r[:most-tail-1]) + "…" + string(r[len(r)-tail:])
}
