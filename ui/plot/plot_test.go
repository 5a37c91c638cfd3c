package plot

import (
	"strings"
	"testing"
	"unicode/utf8"

	"fathom/ui/cell"
	"fathom/ui/style"

	"github.com/muesli/termenv"
	"pgregory.net/rapid"
)

func theme(ascii bool, p termenv.Profile) style.Theme {
	return style.Make(&strings.Builder{}, p, style.Wish{ASCII: ascii}, func(string) string { return "" })
}

func TestBars(t *testing.T) {
	u, a := theme(false, termenv.Ascii).Marks, theme(true, termenv.Ascii).Marks
	for _, c := range []struct{ got, want string }{
		{Bar(0.5, 10, u), "█████     "}, {Bar(0.505, 10, u), "█████     "}, {Bar(0.5125, 10, u), "█████▏    "},
		{Bar(0.0001, 4, u), "▏   "}, {Bar(0, 4, u), "    "}, {Bar(7, 4, u), "████"},
		{Bar(0.5, 10, a), "#####     "}, {Gauge(1, 6, a), "[####]"},
		{Stacked([]Part{{Size: 9, Sign: "w"}, {Size: 0.01, Sign: "k"}, {Size: 1, Sign: "."}}, 10), "wwwwwwwwk."},
		{Stacked([]Part{{Size: 1, Sign: "a"}, {Size: 1, Sign: "b"}, {Size: 1, Sign: "c"}}, 10), "aaaabbbccc"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestStackedFillsItsWidth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var parts []Part
		for range rapid.IntRange(1, 6).Draw(t, "n") {
			parts = append(parts, Part{Size: rapid.Float64Range(0, 100).Draw(t, "size"), Sign: "x"})
		}
		parts[0].Size += 1
		w := rapid.IntRange(6, 60).Draw(t, "w")
		if got := cell.Width(Stacked(parts, w)); got != w {
			t.Fatalf("%d cells of %d", got, w)
		}
	})
}

func TestChartInASCII(t *testing.T) {
	c := Chart{YLabel: "tok/s", Series: []Series{{Line: true, Sign: '.',
		Points: []Point{{0, 0, 0}, {10, 50, 0}, {20, 100, 'o'}}}},
		Limits: []Limit{{At: 90, Label: "90 ms"}}}
	got := ""
	for _, l := range c.Lines(40, 12, theme(true, termenv.Ascii)) {
		got += strings.TrimRight(l, " ") + "\n"
	}
	want := ` tok/s
100 | 90 ms                         ..o
    |- - - - - - - - - - - - - -.... - -
    |                       ....
    |                   ....
 50 |               ....
    |           ....
    |       ....
    |   ....
  0 |...
    +-----------------------------------
     0               10              20
`
	if got != want {
		t.Errorf("got\n%s", got)
	}
}

// However low a chart and whatever its values, its y axis has a figure beside 0.
func TestEveryChartHasAScale(t *testing.T) {
	for h := 6; h <= 12; h++ {
		for most := 0.1; most < 1000; most *= 1.07 {
			c := Chart{Series: []Series{{Line: true, Sign: '.', Points: []Point{{0, 0, 0}, {1, most, 0}}}}}
			scale := 0
			for _, l := range c.Lines(40, h, theme(true, termenv.Ascii)) {
				if label, _, axis := strings.Cut(l, "|"); axis && strings.TrimSpace(label) != "" {
					scale++
				}
			}
			if scale < 2 {
				t.Errorf("%d lines up to %.3g: %d figures", h, most, scale)
			}
		}
	}
}

func TestChartsFitAnyRoom(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ascii := rapid.Bool().Draw(t, "ascii")
		w, h := rapid.IntRange(0, 120).Draw(t, "w"), rapid.IntRange(0, 40).Draw(t, "h")
		var pts []Point
		for range rapid.IntRange(0, 30).Draw(t, "n") {
			pts = append(pts, Point{X: rapid.Float64().Draw(t, "x"), Y: rapid.Float64().Draw(t, "y")})
		}
		c := Chart{Series: []Series{{Points: pts, Line: rapid.Bool().Draw(t, "line"), Sign: '.'}}, YLabel: "y"}
		lines := c.Lines(w, h, theme(ascii, termenv.Ascii))
		if len(lines) > h {
			t.Fatalf("%d lines in %d", len(lines), h)
		}
		for _, l := range lines {
			if cell.Width(l) > w || !utf8.ValidString(l) || strings.Contains(l, "\x1b") {
				t.Fatalf("%q in %d", l, w)
			}
			if ascii && strings.IndexFunc(l, func(r rune) bool { return r > 126 }) >= 0 {
				t.Fatalf("not ASCII: %q", l)
			}
		}
	})
}

// A wide character takes two cells of the canvas; where one half is drawn over the other half does not stay behind.
func TestCanvasHoldsWideText(t *testing.T) {
	for _, x := range []struct {
		name string
		draw func(*Canvas)
		want string
	}{
		{"whole", func(c *Canvas) { c.Text(1, 0, 0, "上限 5") }, " 上限 5   "},
		{"cut at the edge", func(c *Canvas) { c.Text(7, 0, 0, "上限") }, "       上 "},
		{"over the left half", func(c *Canvas) { c.Text(1, 0, 0, "上限"); c.Sign(1, 0, 0, 'o') }, " o 限     "},
		{"over the right half", func(c *Canvas) { c.Text(1, 0, 0, "上限"); c.Sign(4, 0, 0, 'o') }, " 上 o     "},
		{"wide over wide", func(c *Canvas) { c.Text(1, 0, 0, "上限"); c.Text(2, 0, 0, "批") }, "  批      "},
	} {
		c := NewCanvas(10, 1, false)
		x.draw(c)
		if got := c.Lines()[0]; got != x.want || cell.Width(got) != 10 {
			t.Errorf("%s: got %q, want %q", x.name, got, x.want)
		}
	}
}

func BenchmarkCurve(b *testing.B) {
	var pts []Point
	for i := range 512 {
		pts = append(pts, Point{X: float64(i), Y: float64(i * i % 1000)})
	}
	c, t := Chart{Series: []Series{{Points: pts, Line: true, Sign: '.'}}}, theme(false, termenv.ANSI)
	for b.Loop() {
		c.Lines(60, 20, t)
	}
}
