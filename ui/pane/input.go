package pane

import (
	"fathom/ui/cell"
)

// input draws a text with its cursor in w cells. A longer text is shown around the cursor, so that the typing is always
// in sight.
func (p *Painter) input(text string, w int) string {
	runes := []rune(cell.Clean(text))
	caret := p.Caret
	if caret < 0 || caret > len(runes) {
		caret = len(runes)
	}
	before, at, after := string(runes[:caret]), " ", ""
	if caret < len(runes) {
		at, after = string(runes[caret]), string(runes[caret+1:])
	}
	room := w - cell.Width(at)
	if over := cell.Width(before) - room; over > 0 {
		r := []rune(before)
		for len(r) > 0 && cell.Width(string(r)) > room-1 {
			r = r[1:]
		}
		before = p.T.Marks.More + string(r)
	}
	after = cell.Cut(after, room-cell.Width(before), p.T.Marks.More)
	if !p.T.Color && at == " " { // without reverse video the cursor needs a sign
		at = p.T.Marks.Caret
	} else if !p.T.Color {
		return before + p.T.Marks.Caret + cell.Cut(at+after, room-cell.Width(before), p.T.Marks.More)
	}
	return p.T.Input.Paint(before) + p.T.Cursor.Paint(at) + p.T.Input.Paint(after)
}
