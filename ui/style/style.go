package style

import (
	"strings"

	"github.com/charmbracelet/lipgloss"
)

// Ink paints text on one line. The escape sequences are worked out once, so that painting is a concatenation.
type Ink struct{ open, end string }

// Of takes the sequences of a style from the renderer that the style came from; a renderer without colour gives an ink
// without any.
func Of(s lipgloss.Style) Ink {
	const probe = "x"
	open, end, _ := strings.Cut(s.Inline(true).Render(probe), probe)
	return Ink{open, end}
}

// Paint applies the ink. Inks do not nest: an inner one ends the outer, so paint pieces and join them.
func (k Ink) Paint(s string) string {
	if s == "" || k.open == "" {
		return s
	}
	return k.open + s + k.end
}

// Theme is everything a pane needs to draw.
type Theme struct {
	Text   Ink // the terminal's own foreground
	Muted  Ink // what may be overlooked
	Strong Ink // the figure that a reader came for
	Title  Ink // names of things: program, section, column
	Accent Ink // keys and the active tab
	Focus  Ink // the question or row that has the cursor
	Good   Ink
	Warn   Ink
	Bad    Ink
	Input  Ink // text being typed
	Cursor Ink // the cell under the text cursor
	Source Ink // where a value came from

	Mem, Comm, Cube, Vec Ink // the four bounds, the same in every view
	Plot                 [4]Ink
	Heat                 [][]Ink // backgrounds of maps: a row a thing, from little to much; nil below 256 colours
	Limit                Ink     // an SLO line

	Marks Marks
	ASCII bool // marks of seven bits only, no braille
	Color bool // the inks differ at all
}

// Palette is a choice of colours out of the terminal's own sixteen.
type Palette string

// Auto is right on light and dark backgrounds alike; the other two trade that for more contrast.
const (
	Auto  Palette = "auto"
	Dark  Palette = "dark"
	Light Palette = "light"
)

// colours by meaning, as ANSI numbers 0 to 15.
type colours struct{ accent, good, warn, bad, mem, comm, cube, vec string }

var palettes = map[Palette]colours{
	Auto:  {accent: "6", good: "2", warn: "3", bad: "1", mem: "4", comm: "5", cube: "2", vec: "3"},
	Dark:  {accent: "14", good: "10", warn: "11", bad: "9", mem: "12", comm: "13", cube: "10", vec: "11"},
	Light: {accent: "4", good: "2", warn: "5", bad: "1", mem: "4", comm: "5", cube: "2", vec: "1"},
}

var order = []Palette{Auto, Dark, Light}

// After is the name of the palette that stands n places behind the named one, round and round.
func After(name string, n int) string {
	for i, p := range order {
		if string(p) == name {
			return string(order[(i+n)%len(order)])
		}
	}
	return string(order[n%len(order)])
}

// Known reports whether a palette exists.
func Known(p Palette) bool { _, ok := palettes[p]; return ok }

// New makes the theme of one session. The renderer must know its colour profile and background already: asking the
// terminal from inside a view would swallow the user's keys.
func New(r *lipgloss.Renderer, p Palette, ascii bool) Theme {
	c, ok := palettes[p]
	if !ok {
		c = palettes[Auto]
	}
	ink := func(colour string) lipgloss.Style { return r.NewStyle().Foreground(lipgloss.Color(colour)) }
	t := Theme{
		Muted:  Of(r.NewStyle().Faint(true)),
		Strong: Of(r.NewStyle().Bold(true)),
		Title:  Of(r.NewStyle().Bold(true)),
		Accent: Of(ink(c.accent).Bold(true)),
		Focus:  Of(r.NewStyle().Reverse(true)),
		Good:   Of(ink(c.good)),
		Warn:   Of(ink(c.warn).Bold(true)),
		Bad:    Of(ink(c.bad).Bold(true)),
		Input:  Of(r.NewStyle().Underline(true)),
		Cursor: Of(r.NewStyle().Reverse(true)),
		Source: Of(ink(c.accent)),
		Mem:    Of(ink(c.mem)), Comm: Of(ink(c.comm)), Cube: Of(ink(c.cube)), Vec: Of(ink(c.vec)),
		Plot:  [4]Ink{Of(ink(c.accent)), Of(ink(c.comm)), Of(ink(c.good)), Of(ink(c.warn))},
		Limit: Of(ink(c.bad)),
		Marks: unicodeMarks,
		ASCII: ascii,
	}
	t.Color = t.Accent.open != ""
	t.Heat = heat(r)
	if ascii {
		t.Marks = asciiMarks
	}
	return t
}
