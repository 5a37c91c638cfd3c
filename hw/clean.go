package hw

import (
	"regexp"
	"strings"
	"unicode"
)

// escape matches what a terminal would obey (ECMA-48): control sequences, strings with their terminator (OSC, DCS, …),
// and short escapes; each also in its one-byte C1 form.
var escape = regexp.MustCompile(`(?:\x1b\[|\x{9b})[0-?]*[ -/]*[@-~]?` +
	`|(?:\x1b[\]PX^_]|[\x{90}\x{98}\x{9d}-\x{9f}])[^\x07\x1b\x{9c}]*(?:\x07|\x1b\\|\x{9c})?` +
	`|\x1b[ -/]*[0-~]?`)

// Clean makes a text from a file safe to print on one line: no control sequences, no control or direction-changing
// characters, line ends and runs of blanks as one blank.
func Clean(s string) string { return strings.Join(strings.Fields(Strip(s)), " ") }

// Strip removes what Clean removes and keeps blanks and line ends as they are, for text whose columns matter.
func Strip(s string) string {
	if harmless(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == unicode.ReplacementChar, unicode.Is(unicode.Cf, r):
			return -1
		case unicode.IsControl(r) && !unicode.IsSpace(r), unicode.Is(unicode.Co, r):
			return -1
		}
		return r
	}, escape.ReplaceAllString(s, ""))
}

// harmless tells a text in which there can be nothing to remove.
func harmless(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' && c != '\t' && c != '\n' && c != '\r' || c >= 0x7f {
			return false
		}
	}
	return true
}

// Lengths that a text echoed in a message keeps, in characters: of one word and of a whole value.
const (
	briefWord  = 120
	briefValue = 400
)

// Brief is a value as a message echoes it: too long a word, or value, keeps its head and its tail, by which it can be
// told; what was typed stays where it was typed.
func Brief(value string) string { return middle(BriefWords(value), briefValue) }

// BriefWords cuts only words, for whole messages.
func BriefWords(message string) string {
	if len(message) <= briefWord {
		return message
	}
	words := strings.Split(message, " ")
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
