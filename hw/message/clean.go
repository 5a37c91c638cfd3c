package message

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

// introducers are what every match of escape begins with.
const introducers = "\x1b\u0090\u0098\u009b\u009d\u009e\u009f"

// Clean makes a text from a file safe to print on one line: no control sequences, no control or direction-changing
// characters, line ends and runs of blanks as one blank.
func Clean(s string) string { return strings.Join(strings.Fields(Strip(s)), " ") }

// Strip removes what Clean removes and keeps blanks and line ends as they are, for text whose columns matter.
func Strip(s string) string {
	if harmless(s) {
		return s
	}
	if strings.ContainsAny(s, introducers) {
		s = escape.ReplaceAllString(s, "")
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == unicode.ReplacementChar, unicode.Is(unicode.Cf, r):
			return -1
		case unicode.IsControl(r) && !unicode.IsSpace(r), unicode.Is(unicode.Co, r):
			return -1
		}
		return r
	}, s)
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
