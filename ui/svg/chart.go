package svg

import (
	"fmt"
	"html"
	"math"
	"strconv"
	"strings"

	"fathom/hw"
	"fathom/ui/cell"
	"fathom/ui/number"
	"fathom/ui/text"
)

// Chart is one drawing.
type Chart struct {
	Title, Desc string // what it shows, and the same in words for those who cannot see it
	W, H        float64
	body        string
}

// Style holds the colours of drawings and of the pages around them: text has a contrast of at least 4.5 on both grounds
// (a test measures it).
const Style = `:root{color-scheme:light dark;--paper:#ffffff;--ink:#1b1f24;--muted:#545b64;--line:#c9ced6;` +
	`--panel:#f4f6f8;` +
	`--h0:#0550ae;--h1:#a85300;--h2:#116329;--h3:#8250df;--h4:#a40e26;--h5:#0a6b6b;--h6:#6b4f00;--h7:#99286e}` +
	`@media (prefers-color-scheme:dark){:root{--paper:#0e1116;--ink:#e8edf3;--muted:#a3adb8;--line:#3a424c;` +
	`--panel:#171c23;--h0:#79c0ff;--h1:#ffa657;--h2:#7ee787;--h3:#d2a8ff;--h4:#ff9492;--h5:#56d4dd;--h6:#e3b341;` +
	`--h7:#f778ba}}`

// drawn is the style of the elements of a drawing.
const drawn = `svg.fig{font:13px system-ui,"Noto Sans","Noto Sans CJK SC","Microsoft YaHei",sans-serif;` +
	`fill:var(--ink)}.fig text.m{fill:var(--muted)}` +
	`.fig .ax{stroke:var(--muted);fill:none}.fig .gr{stroke:var(--line);fill:none}` +
	`.fig .lim{stroke:var(--h4);stroke-dasharray:5 4;fill:none}` +
	`.fig .limt{fill:var(--h4);paint-order:stroke;stroke:var(--paper);stroke-width:4px}` +
	`.fig text.e{text-anchor:end}.fig text.c{text-anchor:middle}.fig text.b{font-weight:600}` +
	`.fig text.o{paint-order:stroke;stroke:var(--paper);stroke-width:2px;stroke-opacity:.6}.fig .l{fill:none;` +
	`stroke-width:2}.fig .d{fill:none;stroke-linecap:round}.fig .no{stroke:var(--muted);opacity:.55}`

// hues is how many colours there are; what comes later shares them.
const hues = 8

// hued are the classes of the colours: fN fills, sN strokes.
var hued = func() string {
	var b strings.Builder
	for i := range hues {
		fmt.Fprintf(&b, ".fig .f%d{fill:var(--h%d)}.fig .s%d{stroke:var(--h%d)}", i, i, i, i)
	}
	return b.String()
}()

// Sheet is the style that a page with drawings needs.
func Sheet() string { return Style + drawn + hued }

// Inline is the drawing as part of a page; id tells it from the others there.
func (c Chart) Inline(id string) string {
	return fmt.Sprintf(`<svg class="fig" viewBox="0 0 %s %s" role="img" aria-labelledby="%s-t %s-d">`+
		`<title id="%s-t">%s</title><desc id="%s-d">%s</desc>%s</svg>`, f(c.W), f(c.H), id, id, id, esc(c.Title), id,
		esc(c.Desc), c.body)
}

// File is a file of its own with drawings below each other.
func File(title string, list []Chart) []byte {
	const gap = 26.0
	w, h := 0.0, 34.0
	for _, c := range list {
		w, h = max(w, c.W), h+gap+c.H
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" class="fig" width="%[1]s" height="%[2]s" `+
		`viewBox="0 0 %[1]s %[2]s" role="img" aria-labelledby="t d"><title id="t">%[3]s</title><desc id="d">`, f(w), f(h),
		esc(title))
	for _, c := range list {
		b.WriteString(esc(c.Title+": "+c.Desc) + " ")
	}
	fmt.Fprintf(&b, `</desc><style>%s</style><rect width="100%%" height="100%%" style="fill:var(--paper)"/>`, Sheet())
	fmt.Fprintf(&b, `<text class="b" x="10" y="24">%s</text>`, esc(brief(title, 46)))
	at := 34.0
	for _, c := range list {
		fmt.Fprintf(&b, `<g transform="translate(0 %s)"><text class="b" x="10" y="14">%s</text></g>`+
			`<g transform="translate(0 %s)">%s</g>`, f(at), esc(brief(c.Title, 46)), f(at+gap-4), c.body)
		at += gap + c.H
	}
	b.WriteString("</svg>\n")
	return []byte(b.String())
}

// esc makes a text from anywhere harmless: no control characters, no markup.
func esc(s string) string { return html.EscapeString(hw.Clean(s)) }

// f writes a coordinate with one decimal at most.
func f(v float64) string { return strconv.FormatFloat(math.Round(10*v)/10, 'f', -1, 64) }

// Pen draws in one language.
type Pen struct{ Texts *text.Catalog }

func (p Pen) t(key string, pairs ...string) string { return p.Texts.T(key, pairs...) }

// sheet is a drawing under the pen.
type sheet struct {
	strings.Builder
	w float64
}

func (s *sheet) text(x, y float64, class, words string) {
	fmt.Fprintf(s, `<text x="%s" y="%s" class="%s">%s</text>`, f(x), f(y), class, esc(words))
}

func (s *sheet) line(class string, x1, y1, x2, y2 float64) {
	fmt.Fprintf(s, `<path class="%s" d="M%s %sL%s %s"/>`, class, f(x1), f(y1), f(x2), f(y2))
}

func (s *sheet) rect(class string, x, y, w, h float64) {
	fmt.Fprintf(s, `<rect class="%s" x="%s" y="%s" width="%s" height="%s"/>`, class, f(x), f(y), f(w), f(h))
}

func hue(i int) int { return i % hues }

// brief is a text of at most so many cells.
func brief(s string, cells int) string {
	return cell.Left(hw.Clean(s), min(cells, cell.Width(hw.Clean(s))), "…")
}

// scale is one side of a plot.
type scale struct {
	lo, hi   float64 // values at the ends
	from, to float64 // their places
	log      bool
	ticks    []float64
}

// linear covers the values with round ticks, from nought where that is near.
func linear(lo, hi, from, to float64, n int) scale {
	if !(hi > lo) { // one value, or none
		lo, hi = min(0, lo), max(hi, lo+1)
	}
	if lo > 0 && lo < 0.6*hi {
		lo = 0
	}
	s := scale{lo: lo, hi: hi, from: from, to: to, ticks: number.Nice(lo, hi, n)}
	if k := len(s.ticks); k > 1 {
		s.lo, s.hi = min(lo, s.ticks[0]), max(hi, s.ticks[k-1])
	}
	return s
}

func (s *scale) at(v float64) float64 {
	share := 0.5
	switch {
	case s.log && s.lo > 0 && s.hi > s.lo && v > 0:
		share = math.Log(v/s.lo) / math.Log(s.hi/s.lo)
	case !s.log && s.hi > s.lo:
		share = (v - s.lo) / (s.hi - s.lo)
	}
	return s.from + max(-0.02, min(1.02, share))*(s.to-s.from)
}

// The frame of a plot: its size and the room around it for ticks and titles.
const (
	plotW, plotH            = 400.0, 270.0
	left, right, over, foot = 54.0, 12.0, 26.0, 42.0
)

// axes draw both sides with their ticks and names.
func (s *sheet) axes(x, y *scale, xname, yname string, xtext, ytext func(float64) string) {
	for _, v := range y.ticks {
		at := y.at(v)
		s.line("gr", x.from, at, x.to, at)
		s.text(x.from-6, at+4, "m e", ytext(v))
	}
	last := math.Inf(-1)
	for _, v := range x.ticks {
		at, words := x.at(v), xtext(v)
		half := 4 * float64(cell.Width(words))
		if at-half < last {
			continue // no room for it
		}
		last = at + half + 6
		s.line("ax", at, y.from, at, y.from+4)
		if at+half > s.w-2 {
			s.text(s.w-2, y.from+18, "m e", words)
		} else {
			s.text(at, y.from+18, "m c", words)
		}
	}
	s.line("ax", x.from, y.from, x.to, y.from)
	s.line("ax", x.from, y.from, x.from, y.to)
	s.text(x.from-left+6, y.to-12, "m", yname)
	s.text(x.to, y.from+34, "m e", xname)
}

func tick(v float64) string { return number.Short(v, 4) }
