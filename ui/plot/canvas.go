package plot

import (
	"strings"

	"fathom/ui/cell"
	"fathom/ui/style"
)

// Canvas is a grid of dots behind a grid of cells: 2 x 4 dots a cell in braille, one dot a cell in ASCII. The last ink
// that touches a cell colours all of it.
type Canvas struct {
	W, H  int // cells
	ascii bool
	bits  []uint8 // braille dots of a cell
	sign  []rune  // a sign that replaces the dots, 0 for none
	ink   []uint8 // index into inks, 0: none
	inks  []style.Ink
}

// NewCanvas makes an empty canvas of w x h cells.
func NewCanvas(w, h int, ascii bool) *Canvas {
	w, h = max(w, 0), max(h, 0)
	return &Canvas{W: w, H: h, ascii: ascii, bits: make([]uint8, w*h), sign: make([]rune, w*h), ink: make([]uint8, w*h),
		inks: []style.Ink{{}}}
}

// Dots gives the size in dots.
func (c *Canvas) Dots() (w, h int) {
	if c.ascii {
		return c.W, c.H
	}
	return 2 * c.W, 4 * c.H
}

// Ink adds an ink and gives its number for the drawing calls.
func (c *Canvas) Ink(k style.Ink) uint8 {
	c.inks = append(c.inks, k)
	return uint8(len(c.inks) - 1)
}

// braille is the bit of each dot of a cell, by row and column (Unicode 11, block 2800).
var braille = [4][2]uint8{{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}}

// Dot sets one dot; y counts from the top. Dots outside are dropped. In ASCII the dot is the sign.
func (c *Canvas) Dot(x, y int, ink uint8, sign rune) {
	w, h := c.Dots()
	if x < 0 || y < 0 || x >= w || y >= h {
		return
	}
	if c.ascii {
		c.Sign(x, y, ink, sign)
		return
	}
	i := y/4*c.W + x/2
	c.bits[i] |= braille[y%4][x%2]
	c.ink[i] = ink
}

// Sign puts a character into a cell, in front of the dots.
func (c *Canvas) Sign(x, y int, ink uint8, sign rune) {
	if x < 0 || y < 0 || x >= c.W || y >= c.H {
		return
	}
	c.sign[y*c.W+x] = sign
	c.ink[y*c.W+x] = ink
}

// covered is the right half of a wide character.
const covered rune = -1

// Text writes characters from a cell on, in front of the dots; what does not fit into the row is left out.
func (c *Canvas) Text(x, y int, ink uint8, text string) {
	for _, r := range text {
		w := cell.Width(string(r))
		if w < 1 || x+w > c.W {
			return
		}
		c.Sign(x, y, ink, r)
		if w == 2 {
			c.Sign(x+1, y, ink, covered)
		}
		x += w
	}
}

// whole reports whether nothing has been put on the right half of the wide character at i since.
func (c *Canvas) whole(i int) bool {
	return (i+1)%c.W != 0 && c.sign[i+1] == covered
}

// Line joins two dots (Bresenham).
func (c *Canvas) Line(x0, y0, x1, y1 int, ink uint8, sign rune) {
	dx, dy := abs(x1-x0), -abs(y1-y0)
	sx, sy := 1, 1
	if x0 > x1 {
		sx = -1
	}
	if y0 > y1 {
		sy = -1
	}
	for err := dx + dy; ; {
		c.Dot(x0, y0, ink, sign)
		if x0 == x1 && y0 == y1 {
			return
		}
		e := 2 * err
		if e >= dy {
			err += dy
			x0 += sx
		}
		if e <= dx {
			err += dx
			y0 += sy
		}
	}
}

func abs(n int) int { return max(n, -n) }

// Lines renders the canvas; neighbours of one ink are painted as one run.
func (c *Canvas) Lines() []string {
	out := make([]string, c.H)
	var b, run strings.Builder
	for y := range out {
		b.Reset()
		ink := uint8(0)
		flush := func() {
			b.WriteString(c.inks[ink].Paint(run.String()))
			run.Reset()
		}
		for x := 0; x < c.W; x++ {
			i := y*c.W + x
			if c.ink[i] != ink {
				flush()
				ink = c.ink[i]
			}
			switch {
			case c.sign[i] == covered: // its left half is gone
				run.WriteByte(' ')
			case c.sign[i] != 0 && cell.Width(string(c.sign[i])) == 2:
				if c.whole(i) {
					run.WriteRune(c.sign[i])
					x++
				} else {
					run.WriteByte(' ')
				}
			case c.sign[i] != 0:
				run.WriteRune(c.sign[i])
			case c.bits[i] != 0:
				run.WriteRune(0x2800 + rune(c.bits[i]))
			default:
				run.WriteByte(' ')
			}
		}
		flush()
		out[y] = b.String()
	}
	return out
}
