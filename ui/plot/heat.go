package plot

import (
	"math"
	"strings"

	"fathom/sim/chart"
	"fathom/ui/cell"
	"fathom/ui/style"
)

// Tile is one place of a map: how much is there, from 0 to 1, a letter for what it is, and that thing's number, for its
// colour. A tile without anything is shown by its letter alone.
type Tile struct {
	Level float64
	Sign  rune
	Hue   int
	Bare  bool
}

// TileOf is a place of a picture: its winner and its share of the end of the scale, or why it has no answer.
func TileOf(p *chart.Picture, at *chart.Place, top float64) Tile {
	switch v, ok := p.Figure.Of(at.Cell); {
	case at.Cell == nil:
		return Tile{Sign: ' ', Bare: true}
	case at.Winner < 0:
		return Tile{Sign: chart.Failed(at.Cell.Status), Bare: true}
	case ok && top > 0:
		return Tile{Level: v / top, Sign: p.Winners[at.Winner].Sign, Hue: at.Winner}
	default:
		return Tile{Sign: p.Winners[at.Winner].Sign, Hue: at.Winner}
	}
}

// Heat is a map of tiles in rows from the top. Every tile is two cells: the letter, and how much as the lightness of
// the thing's colour (256 colours), as a shade in it (16 colours or none) or as a digit from 0 to 9 (ASCII), so that a
// map can be read whatever the terminal shows.
type Heat struct {
	Rows           [][]Tile
	Labels         []string // of the rows
	Columns        []string // of the columns
	XLabel, YLabel string
	Cursor         *Spot // the tile that is being read; nil: none
}

// Spot is a tile by its column and its row from the top.
type Spot struct{ X, Y int }

// TileWidth is the number of cells that a tile takes.
const TileWidth = 2

// Lines draws the map: the name of the y axis first, the ruler of the columns and their name last.
func (h Heat) Lines(t style.Theme) []string {
	margin := 0
	for _, l := range h.Labels {
		margin = max(margin, cell.Width(l))
	}
	lines := []string{t.Muted.Paint(cell.Space(max(0, margin-cell.Width(h.YLabel))) + h.YLabel)}
	for y, row := range h.Rows {
		line := t.Muted.Paint(cell.Right(h.Labels[y], margin, "") + " " + t.Marks.Bar)
		if h.Cursor != nil && h.Cursor.Y == y {
			line = t.Strong.Paint(cell.Right(h.Labels[y], margin,
				"")) + t.Accent.Paint(t.Marks.Cursor) + t.Muted.Paint(t.Marks.Bar)
		}
		var b strings.Builder
		b.WriteString(line)
		for x, tile := range row {
			if h.Cursor != nil && h.Cursor.X == x && h.Cursor.Y == y {
				b.WriteString(t.Focus.Paint(tile.plain(t)))
			} else {
				b.WriteString(tile.draw(t))
			}
		}
		lines = append(lines, b.String())
	}
	w := TileWidth * len(h.Columns)
	rule := cell.Repeat(t.Marks.Rule, w)
	if c := h.Cursor; c != nil && c.X < len(h.Columns) { // a mark under its column, for screens without colour
		before, after := cell.Repeat(t.Marks.Rule, TileWidth*c.X), cell.Repeat(t.Marks.Rule, w-TileWidth*c.X-1)
		return append(lines, t.Muted.Paint(cell.Space(margin+1)+t.Marks.Corner+before)+t.Accent.Paint(t.Marks.Up)+
			t.Muted.Paint(after), t.Muted.Paint(cell.Space(margin+2)+h.ruler(w)),
			t.Muted.Paint(cell.Space(margin+2)+h.XLabel))
	}
	return append(lines, t.Muted.Paint(cell.Space(margin+1)+t.Marks.Corner+rule),
		t.Muted.Paint(cell.Space(margin+2)+h.ruler(w)),
		t.Muted.Paint(cell.Space(margin+2)+h.XLabel))
}

// ruler names columns under their tiles, as many as do not touch each other; the first one always.
func (h Heat) ruler(w int) string {
	s := ""
	for x, label := range h.Columns {
		at := TileWidth * x
		if s != "" && (at <= cell.Width(s) || at+cell.Width(label) > w) {
			continue
		}
		s += cell.Space(at-cell.Width(s)) + label
	}
	return s
}

// plain is a tile without its ink, for the cursor's.
func (t Tile) plain(th style.Theme) string {
	switch level := min(1, max(0, t.Level)); {
	case t.Bare || len(th.Heat) > 0 && !th.ASCII:
		return string(t.Sign) + " "
	case th.ASCII:
		return string(t.Sign) + string(rune('0'+int(math.Round(9*level))))
	default:
		return string(t.Sign) + shades[int(math.Round(3*level))]
	}
}

// shades stand for how much where there are no steps of a colour.
var shades = [...]string{"░", "▒", "▓", "█"}

func (t Tile) draw(th style.Theme) string {
	if t.Bare {
		return th.Muted.Paint(string(t.Sign) + " ")
	}
	level := min(1, max(0, t.Level))
	ink := th.Hue(t.Hue)
	switch {
	case th.ASCII:
		return ink.Paint(string(t.Sign) + string(rune('0'+int(math.Round(9*level)))))
	case len(th.Heat) > 0:
		steps := th.Heat[t.Hue%len(th.Heat)]
		return steps[int(math.Round(level*float64(len(steps)-1)))].Paint(string(t.Sign) + " ")
	}
	return ink.Paint(string(t.Sign) + shades[int(math.Round(3*level))])
}
