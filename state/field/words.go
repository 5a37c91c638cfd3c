package field

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"fathom/hw"
	"fathom/sim/report"
)

// Words splits a text at blanks and commas (also 、 and ，); quotes and backslashes keep a word together as in a POSIX
// shell.
func Words(text string) ([]string, *Problem) { return split(text, true) }

// Join is the inverse of Words.
func Join(words []string) string { return report.Shell(words) }

// Clean drops terminal control sequences and control characters; line ends and tabs become blanks. Text of flags, files
// and pastes goes through it before anything else looks at it. A text without any is left as it is, double blanks too.
func Clean(text string) string {
	if utf8.ValidString(text) && !strings.ContainsFunc(text, unprintable) {
		return text
	}
	return hw.Clean(text)
}

func unprintable(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Co) || r == unicode.ReplacementChar
}

// split is a POSIX shell's word splitting without expansions. A backslash before a line end joins the lines.
func split(text string, commas bool) ([]string, *Problem) {
	var words []string
	var b strings.Builder
	open := false // a word has begun, also an empty quoted one
	end := func() {
		if open {
			words = append(words, b.String())
			b.Reset()
			open = false
		}
	}
	rs := []rune(text)
	for i := 0; i < len(rs); i++ {
		switch r := rs[i]; {
		case r == '\\' && i+1 < len(rs):
			i++
			if rs[i] == '\r' && i+1 < len(rs) && rs[i+1] == '\n' {
				i++
			}
			if rs[i] != '\n' {
				b.WriteRune(rs[i])
				open = true
			}
		case r == '\'' || r == '"':
			open = true
			j := i + 1
			for ; j < len(rs) && rs[j] != r; j++ {
				if r == '"' && rs[j] == '\\' && j+1 < len(rs) && strings.ContainsRune("\"\\$`\n", rs[j+1]) {
					j++
					if rs[j] == '\n' {
						continue
					}
				}
				b.WriteRune(rs[j])
			}
			if j == len(rs) {
				return nil, problem("quote", string(r))
			}
			i = j
		case unicode.IsSpace(r), commas && (r == ',' || r == '，' || r == '、'):
			end()
		default:
			b.WriteRune(r)
			open = true
		}
	}
	end()
	return words, nil
}

// KnobKey is the text key of the name of what a sweep calls a knob: that of its question, where a flag has its name.
func KnobKey(knob string) string {
	knob, _, _ = strings.Cut(knob, ":") // of one device
	for i := range Table {
		if f := &Table[i]; f.Flag == knob {
			return f.Text() + ".label"
		}
	}
	return "sweep." + knob
}
