package layout

// The smallest terminal that can be worked with. Below it a message names both sizes.
const (
	MinWidth  = 60
	MinHeight = 16
)

// Rect is a part of the screen in cells; the zero Rect is a part that this size has no room for.
type Rect struct{ X, Y, W, H int }

// Empty reports whether nothing can be drawn there.
func (r Rect) Empty() bool { return r.W <= 0 || r.H <= 0 }

// Contains reports whether a cell lies inside, for the mouse.
func (r Rect) Contains(x, y int) bool { return x >= r.X && x < r.X+r.W && y >= r.Y && y < r.Y+r.H }

// Pane is what the screen shows, as far as its division goes.
type Pane uint8

// Text panes have one column that scrolls; the form has help beside or below; Table panes have a table and its details;
// Wide ones fill the whole body of the results.
const (
	Text Pane = iota
	Form
	Table
	Wide
)

// Band is the class of a size.
type Band uint8

// One column; table or detail; table and detail; table, detail and plot.
const (
	TooSmall Band = iota
	Narrow
	Single
	Double
	Triple
)

// BandOf classifies a terminal.
func BandOf(w, h int) Band {
	switch {
	case w < MinWidth || h < MinHeight:
		return TooSmall
	case w < 80:
		return Narrow
	case w < 120:
		return Single
	case w < 160:
		return Double
	}
	return Triple
}

// Gap is the width of the line between two columns, with a blank on either side.
const Gap = 3

// Screen is the division of one frame. Parts that stand side by side are Gap cells apart.
type Screen struct {
	Band          Band
	Width, Height int

	Title, Rule Rect // the top two lines
	Head        Rect // headline of results
	Tabs        Rect // hardware
	Views       Rect // names of the detail views, where only one of them fits
	Body        Rect // everything between the rules
	Main        Rect // questions, text or table
	Aside       Rect // help of the form
	Detail      Rect
	Plot        Rect
	Curves      Rect // the other plots, where the table leaves room for them
	Notes       Rect // counts and remarks under the table
	Base        Rect // the lower rule
	Foot        Rect // key hints
	Disclaimer  Rect
}

// One reports whether table and detail share one place, so that only one of them shows.
func (s Screen) One() bool { return s.Detail == s.Main && !s.Detail.Empty() }

// Arrange divides w x h cells for a pane.
func Arrange(w, h int, p Pane) Screen {
	s := Screen{Band: BandOf(w, h), Width: w, Height: h}
	if s.Band == TooSmall {
		s.Body = Rect{0, 0, max(w, 0), max(h, 0)}
		return s
	}
	top, bottom := 0, h
	down := func(n int) Rect { top += n; return Rect{0, top - n, w, n} }
	up := func(n int) Rect { bottom -= n; return Rect{0, bottom, w, n} }

	s.Title, s.Rule = down(1), down(1)
	results := p == Table || p == Wide
	if results {
		s.Disclaimer = up(1)
	}
	s.Foot = up(1)
	if !results || h >= 20 { // sixteen lines: rows are worth more than a rule
		s.Base = up(1)
	}
	if results {
		s.Head, s.Tabs = down(2), down(1)
		s.Views = down(1)
		s.Notes = up(1)
		for _, tall := range []int{24, 24, 32} { // counts, and what another fidelity and another search would give
			if h >= tall {
				s.Notes = grow(s.Notes)
				bottom--
			}
		}
	}
	s.Body = Rect{0, top, w, bottom - top}
	s.Main = s.Body
	switch p {
	case Form:
		s.form()
	case Table:
		s.table()
	}
	return s
}

func grow(r Rect) Rect { return Rect{r.X, r.Y - 1, r.W, r.H + 1} }

// form puts help beside the questions from 120 columns on, else below them.
func (s *Screen) form() {
	if s.Band >= Double {
		s.Main, s.Aside = s.Body.right(max(44, s.Width*45/100))
		return
	}
	n := 3
	if s.Height >= 20 {
		n = 5
	}
	if s.Height >= 30 {
		n = 9
	}
	s.Main.H -= n
	s.Aside = Rect{0, s.Main.Y + s.Main.H, s.Width, n}
}

// table puts detail beside the table from 120 columns on, and the plot under the table or, from 160 columns on, beside
// both; below that, detail under a table that keeps twelve rows, else in its place.
func (s *Screen) table() {
	switch {
	case s.Band == Triple:
		var rest Rect
		s.Main, rest = s.Body.right(s.Width * 52 / 100)
		s.Detail, s.Plot = rest.right(rest.W * 45 / 100)
		if s.Body.H >= 36 { // a wall: the table keeps as many rows as anybody compares at once
			s.Curves = s.Main
			s.Main.H = max(18, s.Body.H/2)
			s.Curves.Y += s.Main.H
			s.Curves.H -= s.Main.H
		}
	case s.Band == Double:
		s.Main, s.Detail = s.Body.right(max(42, s.Width*35/100))
		if s.Body.H >= 26 { // a tall window has room for the plot under the table
			s.Plot = s.Main
			s.Main.H = max(13, s.Body.H/2)
			s.Plot.Y += s.Main.H
			s.Plot.H -= s.Main.H
		}
	case s.Body.H >= 26:
		s.Detail = s.Body
		s.Main.H = max(13, s.Body.H/2)
		s.Detail.Y += s.Main.H
		s.Detail.H -= s.Main.H
	default:
		s.Detail = s.Main
	}
}

// right cuts n columns off the right side, with a gap between.
func (r Rect) right(n int) (left, cut Rect) {
	left, cut = r, r
	left.W = r.W - n - Gap
	cut.X, cut.W = r.X+r.W-n, n
	return left, cut
}
