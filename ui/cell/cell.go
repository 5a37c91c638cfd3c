package cell

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// Width is the number of cells that s takes. Most of every screen is letters, marks, ideographs and colours, which are
// counted one by one; text that may join into clusters goes through the full grapheme scan.
func Width(s string) int {
	w := 0
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c >= 0x20 && c < 0x7f:
			w++
			i++
		case c == 0x1b:
			n := tint(s[i:])
			if n == 0 {
				return ansi.StringWidth(s)
			}
			i += n
		default:
			r, n := utf8.DecodeRuneInString(s[i:])
			cells := alone(r)
			if cells == 0 {
				return ansi.StringWidth(s)
			}
			w += cells
			i += n
		}
	}
	return w
}

// tint is the length of the colour sequence that s starts with, 0 if it starts with another one.
func tint(s string) int {
	if len(s) < 3 || s[1] != '[' {
		return 0
	}
	for i := 2; i < len(s); i++ {
		switch c := s[i]; {
		case c == 'm':
			return i + 1
		case c != ';' && (c < '0' || c > '9'):
			return 0
		}
	}
	return 0
}

// alone is the width of a rune that joins with no other: lines, blocks and braille are one cell, ideographs and their
// punctuation two; 0 where it is not that simple.
func alone(r rune) int {
	switch {
	case r >= 0x2500 && r <= 0x259f, r >= 0x2800 && r <= 0x28ff, r == '·', r == '…', r >= 0x2190 && r <= 0x2193, r == '●',
		r == '○', r == '◆',
		r == '▲', r == '▼':
		return 1
	case r >= 0x4e00 && r <= 0x9fff, r >= 0x3400 && r <= 0x4dbf, r >= 0xff01 && r <= 0xff5e, r >= 0x3001 && r <= 0x3011:
		return 2
	}
	return 0
}

func plain(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < 0x20 || s[i] > 0x7e {
			return false
		}
	}
	return true
}

// Cut shortens s to w cells and ends it with tail where something was lost. A tail that does not fit is left out.
func Cut(s string, w int, tail string) string {
	if w <= 0 {
		return ""
	}
	if Width(s) <= w {
		return s
	}
	if Width(tail) >= w {
		tail = ""
	}
	return ansi.Truncate(s, w, tail)
}

// Left pads s on its right to exactly w cells, cutting it where it is longer. Without a tail nothing is cut: a text
// that is too long keeps a blank behind it and moves what follows.
func Left(s string, w int, tail string) string {
	if n := Width(s); n > w && tail == "" {
		return s + " "
	}
	s = Cut(s, w, tail)
	return s + Space(w-Width(s))
}

// Right pads s on its left to exactly w cells. Numbers stand in columns this way. Without a tail nothing is cut.
func Right(s string, w int, tail string) string {
	if tail != "" {
		s = Cut(s, w, tail)
	}
	return Space(w-Width(s)) + s
}

// Apart is Right for a figure behind another one: a blank at least stands between them.
func Apart(s string, w int) string { return Space(max(1, w-Width(s))) + s }

// Ends puts left and right at the two ends of w cells. Where both do not fit, right is dropped whole: half a hint helps
// nobody.
func Ends(left, right string, w int, tail string) string {
	gap := w - Width(left) - Width(right)
	if right == "" || gap < 1 {
		return Left(left, w, tail)
	}
	return left + Space(gap) + right
}

const blank = "                                                                                                     " +
	"                           "

// Space is n blanks, none for n below 1.
func Space(n int) string {
	if n <= 0 {
		return ""
	}
	if n <= len(blank) {
		return blank[:n]
	}
	return strings.Repeat(" ", n)
}

// Repeat fills exactly w cells with a mark that is one cell wide.
func Repeat(mark string, w int) string {
	if w <= 0 {
		return ""
	}
	return strings.Repeat(mark, w)
}

// Head is the part of a text that w cells hold, for breaking it there.
func Head(s string, w int) string { return ansi.Truncate(s, max(0, w), "") }
