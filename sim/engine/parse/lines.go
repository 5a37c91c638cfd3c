package parse

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"fathom/hw"
)

// Bounds of what is kept, whatever a program prints.
const (
	longest  = 16 << 10 // bytes of a line; the rest of it is dropped
	tailKept = 200      // newest lines
	tailCut  = 400      // bytes of a line among them
)

// lines cuts a stream of bytes into lines that are safe to print: no control sequences, tabs as blanks, no blanks at
// the end, no wide forms of plain characters. A carriage return ends a line that the next one replaces, as progress
// bars do.
type lines struct {
	pending []byte
	redrawn bool // the last line ended with a carriage return: the next one replaces it
	tail    []string
	first   int // of the ring
	each    func(text string)
}

// Write takes the next bytes; lines may be split anywhere between calls.
func (l *lines) Write(p []byte) {
	for len(p) > 0 {
		i := bytes.IndexAny(p, "\n\r")
		if i < 0 {
			l.add(p)
			return
		}
		l.add(p[:i])
		l.end(p[i] == '\r')
		p = p[i+1:]
	}
}

func (l *lines) add(p []byte) {
	if room := longest - len(l.pending); len(p) > room {
		p = p[:room]
	}
	l.pending = append(l.pending, p...)
}

// end closes the pending line. A line end after a carriage return is the second half of one line end.
func (l *lines) end(redraws bool) {
	if len(l.pending) == 0 && l.redrawn {
		l.redrawn = redraws
		return
	}
	text := clean(string(l.pending))
	l.pending = l.pending[:0]
	l.keep(text, redraws)
	l.each(text)
}

// keep adds a line to the newest ones.
func (l *lines) keep(text string, redraws bool) {
	text = cut(text, tailCut)
	replace := l.redrawn && len(l.tail) > 0
	l.redrawn = redraws
	switch {
	case replace:
		l.tail[(l.first+len(l.tail)-1)%len(l.tail)] = text
	case len(l.tail) < tailKept:
		l.tail = append(l.tail, text)
	default:
		l.tail[l.first] = text
		l.first = (l.first + 1) % tailKept
	}
}

// newest are the last lines, oldest first, as a slice of its own.
func (l *lines) newest() []string {
	out := make([]string, 0, len(l.tail))
	for i := range l.tail {
		out = append(out, l.tail[(l.first+i)%len(l.tail)])
	}
	return out
}

// clean makes a line safe to print and keeps its columns.
func clean(s string) string {
	plain := true
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' {
			plain = false
			break
		}
	}
	if !plain {
		s = strings.Map(func(r rune) rune {
			switch r {
			case '\t', '\v', '\f', 0x85, 0x2028, 0x2029, 0x3000:
				return ' '
			}
			if r >= 0xff01 && r <= 0xff5e { // forms as wide as ideographs, which an editor or a mail has put for plain ones
				return r - 0xff01 + '!'
			}
			return r
		}, hw.Strip(s))
	}
	return strings.TrimRight(s, " ")
}

// cut shortens a text to at most n bytes, at the end of a character.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}
