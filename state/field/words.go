package field

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Words splits a text at blanks and commas (also 、 and ，); quotes and backslashes keep a word together as in a POSIX shell.
func Words(text string) ([]string, *Problem) { return split(text, true) }

// Join is the inverse of Words.
func Join(words []string) string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = Quote(w)
	}
	return strings.Join(out, " ")
}

// Quote writes one word so that a POSIX shell, and Words, read it back unchanged.
func Quote(word string) string {
	if word != "" && strings.IndexFunc(word, unsafeRune) < 0 {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

func unsafeRune(r rune) bool {
	switch {
	case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9':
		return false
	}
	return !strings.ContainsRune("_/.-=:@%+", r)
}

// Clean drops terminal control sequences and control characters; line ends and tabs become blanks. Text of flags, files and
// pastes goes through it before anything else looks at it.
func Clean(text string) string { return clean(text, false) }

func clean(text string, lines bool) string {
	if !strings.ContainsFunc(text, control) && utf8.ValidString(text) {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == '\x1b' || r == '\u009b' || r == '\u009d':
			i += escape(text[i:])
			continue
		case r == '\n' && lines:
			b.WriteByte('\n')
		case r == '\n' || r == '\r' || r == '\t':
			b.WriteByte(' ')
		case r == utf8.RuneError && size == 1, control(r):
		default:
			b.WriteRune(r)
		}
		i += size
	}
	return b.String()
}

// control finds what a terminal may obey or hide: C0, C1, DEL, bidirectional overrides and other format characters.
func control(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }

// escape is the length of the control sequence at the start of s: CSI up to its final byte, OSC and the other strings up to
// BEL or ST, else the introducer and one byte.
func escape(s string) int {
	_, n := utf8.DecodeRuneInString(s)
	kind := rune(0)
	switch {
	case s[0] != 0x1b && strings.HasPrefix(s, "\u009b"):
		kind = '['
	case s[0] != 0x1b:
		kind = ']'
	case n < len(s):
		kind = rune(s[n])
		n++
	}
	switch kind {
	case '[':
		for n < len(s) && s[n] >= 0x20 && s[n] < 0x40 {
			n++
		}
		if n < len(s) && s[n] < 0x7f && s[n] >= 0x40 {
			n++
		}
	case ']', 'P', '_', '^', 'X':
		for n < len(s) {
			if s[n] == 0x07 {
				return n + 1
			}
			if strings.HasPrefix(s[n:], "\x1b\\") {
				return n + 2
			}
			if s[n] == '\n' { // an unfinished string must not swallow what follows
				return n
			}
			n++
		}
	default:
		n--
		for n < len(s) && n > 0 && s[n] >= 0x20 && s[n] < 0x30 { // intermediates, as in ESC ( B
			n++
		}
		if n > 0 && n < len(s) && s[n] >= 0x30 && s[n] < 0x7f {
			n++
		}
		n = max(n, 1) // an unknown sequence: drop the introducer, the rest is text
	}
	return n
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
