package hw

import (
	"bytes"
	"errors"
	"fathom/hw/message"

	"github.com/BurntSushi/toml"
)

// probe makes the TOML decoder report where a key stands: it alone knows the positions, and tells them only with an
// error.
type probe struct{}

func (probe) Error() string              { return "probe" }
func (p *probe) UnmarshalTOML(any) error { return p }

// locator finds lines in a file that is valid TOML; it decodes the file again at the first question only.
type locator struct {
	source string
	root   map[string]toml.Primitive
	md     toml.MetaData
}

// line finds the line of a key, else of the innermost table around it that has a header of its own, else 0.
func (l *locator) line(path []string) int {
	if l.root == nil {
		l.root = map[string]toml.Primitive{}
		l.md, _ = toml.Decode(l.source, &l.root) // it was decoded before: no error
	}
	level, line := l.root, 0
	for _, key := range path {
		here, ok := level[key]
		if !ok {
			break
		}
		var found toml.ParseError
		if errors.As(l.md.PrimitiveDecode(here, &probe{}), &found) && found.Position.Line > 0 {
			line = found.Position.Line
		}
		level = map[string]toml.Primitive{}
		if l.md.PrimitiveDecode(here, &level) != nil {
			break
		}
	}
	return line
}

// The decoder's time grows with the square of the nesting, so files that nest more than any profile are not given to
// it.
const (
	maxFile   = 32 << 10 // bytes; the built-in files have about 3,000
	maxDots   = 200      // in a line
	maxBraces = 300      // in a file
)

// tooMuch finds what no profile has; the fault is nil for a file that may be decoded.
func tooMuch(file string, data []byte) Faults {
	if len(data) > maxFile {
		return Faults{{File: file, Fix: message.New("profile.large", maxFile)}}
	}
	line := 0
	for text := range bytes.Lines(data) {
		line++
		if n := bytes.Count(text, []byte(".")); n > maxDots {
			return Faults{{File: file, Line: line, Fix: message.New("profile.dots", n, maxDots)}}
		}
	}
	if n := bytes.Count(data, []byte("{")); n > maxBraces {
		return Faults{{File: file, Fix: message.New("profile.braces", n, maxBraces)}}
	}
	return nil
}
