package cell

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// Fit gives exactly h lines of at most w cells; more is the sign of what was cut. It is the last step of every view:
// the terminal drops the top of a frame that is too tall, so nothing taller may leave.
func Fit(lines []string, w, h int, more string) []string {
	out := make([]string, 0, max(h, 0))
	for _, line := range lines {
		for _, one := range strings.Split(line, "\n") {
			if len(out) == h {
				return out
			}
			out = append(out, Cut(one, w, more))
		}
	}
	for len(out) < h {
		out = append(out, "")
	}
	return out
}

// Clean makes text from files, keys and other programs safe to draw: no escape sequences, no control characters, valid
// UTF-8. Tabs and line ends become blanks.
func Clean(s string) string {
	if plain(s) {
		return s
	}
	var b strings.Builder
	for _, r := range ansi.Strip(strings.ToValidUTF8(s, "?")) {
		switch {
		case r == '\t' || r == '\n' || r == '\r':
			b.WriteByte(' ')
		case r < 0x20 || r >= 0x7f && r < 0xa0 || r == utf8.RuneError || invisible(r):
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// invisible runes turn or hide the text around them: bidirectional controls, zero-width characters, line separators.
func invisible(r rune) bool {
	return r >= 0x200b && r <= 0x200f || r >= 0x2028 && r <= 0x202e || r >= 0x2060 && r <= 0x206f || r == 0xfeff
}

// ambiguous maps marks whose width depends on the terminal to one narrow character each, so that lines keep their
// width.
var ambiguous = strings.NewReplacer(
	"·", "-", "…", "~", "→", ">", "←", "<", "↑", "^", "↓", "v", "×", "x", "±", "~", "≤", "<", "≥", ">", "°", "o", "µ", "u",
	"Δ", "d",
	"─", "-", "│", "|", "┼", "+", "├", "+", "┤", "+", "┬", "+", "┴", "+", "└", "+", "┌", "+", "┐", "+", "┘", "+",
	"█", "#", "▉", "#", "▊", "#", "▋", "#", "▌", "|", "▍", "|", "▎", "|", "▏", "|", "▕", "|", "░", ".", "▒", ":", "▓", "#",
	"▲", "^", "▼", "v", "▶", ">", "◀", "<", "●", "*", "○", "o", "•", "*", "◆", "*", "■", "#", "□", "o", "✓", "+", "✗", "x",
	"–", "-", "—", "-", "“", `"`, "”", `"`, "‘", "'", "’", "'", "≈", "~", "−", "-")

// ASCII replaces marks of uncertain width, one cell for one cell. Chinese stays: its width is certain.
func ASCII(s string) string {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return ambiguous.Replace(s)
		}
	}
	return s
}
