package layout

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// letters name the parts in the drawings below.
func parts(s Screen) map[byte]Rect {
	m := map[byte]Rect{'T': s.Title, '=': s.Rule, 'H': s.Head, 'h': s.Tabs, 'v': s.Views, 'M': s.Main, 'A': s.Aside,
		'D': s.Detail, 'P': s.Plot, 'C': s.Curves, 'n': s.Notes, '-': s.Base, 'k': s.Foot, '!': s.Disclaimer}
	if s.One() {
		delete(m, 'D')
	}
	return m
}

// draw prints the screen at one character for every 4 columns, rows that repeat as a count.
func draw(s Screen) string {
	grid := make([][]byte, s.Height)
	for y := range grid {
		grid[y] = []byte(strings.Repeat(" ", s.Width))
	}
	for c, r := range parts(s) {
		for y := r.Y; y < r.Y+r.H; y++ {
			for x := r.X; x < r.X+r.W; x++ {
				grid[y][x] = c
			}
		}
	}
	var b strings.Builder
	for y := 0; y < len(grid); {
		n := 1
		for y+n < len(grid) && string(grid[y+n]) == string(grid[y]) {
			n++
		}
		var line []byte
		for x := 2; x < s.Width; x += 4 {
			line = append(line, grid[y][x])
		}
		fmt.Fprintf(&b, "%2d %s\n", n, line)
		y += n
	}
	return b.String()
}

func TestRectangles(t *testing.T) {
	for _, c := range []struct {
		name string
		w, h int
		p    Pane
		want string
	}{
		{"results, smallest: rows instead of a rule", 60, 16, Table, `
 1 TTTTTTTTTTTTTTT
 1 ===============
 2 HHHHHHHHHHHHHHH
 1 hhhhhhhhhhhhhhh
 1 vvvvvvvvvvvvvvv
 7 MMMMMMMMMMMMMMM
 1 nnnnnnnnnnnnnnn
 1 kkkkkkkkkkkkkkk
 1 !!!!!!!!!!!!!!!
`},
		{"results, 80x24: one pane, header and twelve rows", 80, 24, Table, `
 1 TTTTTTTTTTTTTTTTTTTT
 1 ====================
 2 HHHHHHHHHHHHHHHHHHHH
 1 hhhhhhhhhhhhhhhhhhhh
 1 vvvvvvvvvvvvvvvvvvvv
12 MMMMMMMMMMMMMMMMMMMM
 3 nnnnnnnnnnnnnnnnnnnn
 1 --------------------
 1 kkkkkkkkkkkkkkkkkkkk
 1 !!!!!!!!!!!!!!!!!!!!
`},
		{"results, tall: detail below", 80, 50, Table, `
 1 TTTTTTTTTTTTTTTTTTTT
 1 ====================
 2 HHHHHHHHHHHHHHHHHHHH
 1 hhhhhhhhhhhhhhhhhhhh
 1 vvvvvvvvvvvvvvvvvvvv
18 MMMMMMMMMMMMMMMMMMMM
19 DDDDDDDDDDDDDDDDDDDD
 4 nnnnnnnnnnnnnnnnnnnn
 1 --------------------
 1 kkkkkkkkkkkkkkkkkkkk
 1 !!!!!!!!!!!!!!!!!!!!
`},
		{"results, 120x40: detail beside, plot below", 120, 40, Table, `
 1 TTTTTTTTTTTTTTTTTTTTTTTTTTTTTT
 1 ==============================
 2 HHHHHHHHHHHHHHHHHHHHHHHHHHHHHH
 1 hhhhhhhhhhhhhhhhhhhhhhhhhhhhhh
 1 vvvvvvvvvvvvvvvvvvvvvvvvvvvvvv
13 MMMMMMMMMMMMMMMMMMMDDDDDDDDDDD
14 PPPPPPPPPPPPPPPPPPPDDDDDDDDDDD
 4 nnnnnnnnnnnnnnnnnnnnnnnnnnnnnn
 1 ------------------------------
 1 kkkkkkkkkkkkkkkkkkkkkkkkkkkkkk
 1 !!!!!!!!!!!!!!!!!!!!!!!!!!!!!!
`},
		{"results, 200x60: all plots too", 200, 60, Table, `
 1 TTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTT
 1 ==================================================
 2 HHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHH
 1 hhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhh
 1 vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv
23 MMMMMMMMMMMMMMMMMMMMMMM DDDDDDDDDDDDDDPPPPPPPPPPPP
24 CCCCCCCCCCCCCCCCCCCCCCC DDDDDDDDDDDDDDPPPPPPPPPPPP
 4 nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn
 1 --------------------------------------------------
 1 kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk
 1 !!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!
`},
		{"form, 80x24: help below", 80, 24, Form, `
 1 TTTTTTTTTTTTTTTTTTTT
 1 ====================
15 MMMMMMMMMMMMMMMMMMMM
 5 AAAAAAAAAAAAAAAAAAAA
 1 --------------------
 1 kkkkkkkkkkkkkkkkkkkk
`},
		{"form, 120x40: help beside", 120, 40, Form, `
 1 TTTTTTTTTTTTTTTTTTTTTTTTTTTTTT
 1 ==============================
36 MMMMMMMMMMMMMMMMAAAAAAAAAAAAAA
 1 ------------------------------
 1 kkkkkkkkkkkkkkkkkkkkkkkkkkkkkk
`},
		{"confirm", 80, 24, Text, `
 1 TTTTTTTTTTTTTTTTTTTT
 1 ====================
20 MMMMMMMMMMMMMMMMMMMM
 1 --------------------
 1 kkkkkkkkkkkkkkkkkkkk
`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := "\n" + draw(Arrange(c.w, c.h, c.p)); got != c.want {
				t.Errorf("got %s", got)
			}
		})
	}
}

func TestPartsStayInsideAndApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, h := rapid.IntRange(1, 300).Draw(t, "w"), rapid.IntRange(1, 100).Draw(t, "h")
		s := Arrange(w, h, Pane(rapid.IntRange(0, 3).Draw(t, "pane")))
		if s.Band == TooSmall {
			return
		}
		taken := map[[2]int]byte{}
		for c, r := range parts(s) {
			if r.Empty() {
				continue
			}
			if r.X < 0 || r.Y < 0 || r.X+r.W > w || r.Y+r.H > h {
				t.Fatalf("%c leaves the screen: %+v", c, r)
			}
			for y := r.Y; y < r.Y+r.H; y++ {
				for _, x := range []int{r.X, r.X + r.W - 1} {
					if o, ok := taken[[2]int{x, y}]; ok && o != c {
						t.Fatalf("%c and %c overlap at %d,%d", c, o, x, y)
					}
					taken[[2]int{x, y}] = c
				}
			}
		}
		if s.Main.W < 40 || s.Main.H < 6 {
			t.Fatalf("no room to work: %+v", s.Main)
		}
	})
}

func TestComposeDrawsColumnsSideBySide(t *testing.T) {
	got := Compose(13, 3, "|", "~", []Piece{
		{Rect{8, 1, 5, 2}, []string{"right hand", "two"}},
		{Rect{0, 1, 5, 2}, []string{"left"}},
		{Rect{0, 0, 13, 1}, []string{"title"}},
	})
	want := "title\nleft  | righ~\n      | two"
	if strings.Join(got, "\n") != want {
		t.Errorf("%q", got)
	}
}

// Lines that have no room are said to be there; blank ones are no loss.
func TestComposeSaysThatLinesAreLeftOut(t *testing.T) {
	got := Compose(20, 2, "|", "~", []Piece{
		{Rect{0, 0, 9, 2}, []string{"one", "two", "three"}},
		{Rect{12, 0, 8, 2}, []string{"as wide as it goes", "fits", ""}},
	})
	if want := "one       | as wide~\ntwo ~     | fits"; strings.Join(got, "\n") != want {
		t.Errorf("%q", got)
	}
}
