package model

import (
	"regexp"
	"strings"
	"unicode"
)

// sequence matches the control sequences of ECMA-48 that a terminal would obey: CSI, then OSC, DCS and the like up to
// their terminator, then two-character escapes.
var sequence = regexp.MustCompile("(?:\x1b\\[|\u009b)[0-?]*[ -/]*[@-~]?|\x1b[]PX^_][^\x07\x1b]*(?:\x07|\x1b\\\\)?|\x1b[ -/]*[0-~]?")

// clean strips terminal control sequences and other control characters from a text that came out of a file.
func clean(s string) string {
	s = sequence.ReplaceAllString(s, "")
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, s)
}
