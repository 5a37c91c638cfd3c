package layout

import (
	"sort"
	"strings"

	"fathom/ui/cell"
)

// Piece is a part of the screen with what stands in it. Lines may be fewer or shorter than the place; they are cut
// with a sign where longer, and where there are more of them the last one that is shown ends with the sign.
type Piece struct {
	Rect
	Lines []string
}

// line is what stands in a row of the piece.
func (p *Piece) line(row int, more string) string {
	switch {
	case row >= len(p.Lines):
		return ""
	case row < p.H-1 || strings.TrimSpace(strings.Join(p.Lines[row+1:], "")) == "":
		return p.Lines[row]
	case cell.Width(p.Lines[row])+1+cell.Width(more) <= p.W:
		return p.Lines[row] + " " + more
	}
	return cell.Cut(p.Lines[row], p.W-1-cell.Width(more), "") + " " + more
}

// Compose puts pieces together into h lines of at most w cells. Where two pieces stand side by side, bar is drawn
// between them.
func Compose(w, h int, bar, more string, pieces []Piece) []string {
	pieces = append([]Piece(nil), pieces...)
	sort.SliceStable(pieces, func(i, j int) bool { return pieces[i].X < pieces[j].X })
	out := make([]string, max(h, 0))
	var b strings.Builder
	for y := range out {
		b.Reset()
		at := 0
		for i := range pieces {
			p := &pieces[i]
			if p.Empty() || y < p.Y || y >= p.Y+p.H {
				continue
			}
			if gap := p.X - at; gap > 0 {
				b.WriteString(cell.Space(gap / 2))
				if gap == Gap && at > 0 {
					b.WriteString(bar)
				} else {
					b.WriteString(cell.Space(1))
				}
				b.WriteString(cell.Space(gap - gap/2 - 1))
			}
			line := p.line(y-p.Y, more)
			if p.X+p.W >= w { // the last column needs no padding
				b.WriteString(cell.Cut(line, p.W, more))
			} else {
				b.WriteString(cell.Left(line, p.W, more))
			}
			at = p.X + p.W
		}
		out[y] = b.String()
	}
	return cell.Fit(out, w, h, more)
}
