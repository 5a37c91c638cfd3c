package cell

import (
	"strings"
)

// Wrap breaks plain text into lines of at most w cells: between words where it can, between ideographs anywhere, but
// never in front of a mark that closes what stands before it. A word longer than a line is cut.
func Wrap(s string, w int) []string {
	if w <= 0 {
		return nil
	}
	var out []string
	for _, par := range strings.Split(s, "\n") {
		out = append(out, wrapOne(par, w)...)
	}
	return out
}

func wrapOne(s string, w int) []string {
	var out []string
	line, used := "", 0
	gap := "" // blanks before the next piece, dropped at a break
	for s != "" {
		piece, rest := next(s)
		s = rest
		if strings.TrimLeft(piece, " ") == "" {
			gap += piece
			continue
		}
		n := Width(piece)
		if used > 0 && used+len(gap)+n > w || used == 0 && len(gap)+n > w && gap != "" {
			if used > 0 {
				out = append(out, line)
			}
			line, used, gap = "", 0, ""
		}
		for n > w { // a word longer than a line
			head := Cut(piece, w, "")
			if head == "" {
				break
			}
			out = append(out, head)
			piece = piece[len(head):]
			n = Width(piece)
		}
		line += gap + piece
		used += len(gap) + n
		gap = ""
	}
	if line != "" || len(out) == 0 {
		out = append(out, line)
	}
	return out
}

// next splits the first piece off: blanks, one ideograph with the closing marks behind it, or a run of other
// characters.
func next(s string) (piece, rest string) {
	blank, first := s[0] == ' ', true
	wide := false
	for i, r := range s {
		switch {
		case first:
			wide = ideograph(r)
			if opening(r) { // holds on to what it opens
				continue
			}
		case blank != (r == ' '):
			return s[:i], s[i:]
		case blank:
		case closing(r):
			continue
		case wide || ideograph(r):
			return s[:i], s[i:]
		}
		first = false
	}
	return s, ""
}

func ideograph(r rune) bool { return r >= 0x2e80 && r <= 0x9fff || r >= 0xff00 && r <= 0xff60 }

// opening marks must not end a line.
func opening(r rune) bool { return strings.ContainsRune("（《「『【〔", r) }

// closing marks must not begin a line.
func closing(r rune) bool {
	return strings.ContainsRune("，。、；：？！）》」』】％,.;:?!)", r)
}
