package plot

import (
	"math"
	"strings"

	"fathom/ui/cell"
	"fathom/ui/style"
)

// Bar is a horizontal bar of w cells filled to a fraction, to an eighth of a cell. A fraction above 0 always shows
// something.
func Bar(fraction float64, w int, m style.Marks) string {
	if w <= 0 {
		return ""
	}
	if !(fraction > 0) { // NaN too
		return cell.Space(w)
	}
	parts := len(m.Parts)
	units := int(math.Round(min(fraction, 1) * float64(w*parts)))
	units = max(units, 1)
	full, rest := units/parts, units%parts
	s := cell.Repeat(m.Full, full)
	if rest > 0 {
		s += m.Parts[rest]
		full++
	}
	return s + cell.Space(w-full)
}

// Gauge is a bar between two ends: how much of a limit is used.
func Gauge(fraction float64, w int, m style.Marks) string {
	if w < 3 {
		return ""
	}
	return m.BarLeft + Bar(fraction, w-2, m) + m.BarRight
}

// Part is one piece of a stacked bar. Sign stands for it where there is no colour, so that every piece can be told from
// its neighbour.
type Part struct {
	Size float64
	Ink  style.Ink
	Sign string
}

// Stacked draws parts of a whole side by side in w cells. Cells are dealt by largest remainder, so that they add up to
// w, and a part above 0 gets a cell while there is room.
func Stacked(parts []Part, w int) string {
	cells := deal(parts, w)
	var b strings.Builder
	for i, p := range parts {
		b.WriteString(p.Ink.Paint(cell.Repeat(p.Sign, cells[i])))
	}
	return b.String()
}

func deal(parts []Part, w int) []int {
	cells := make([]int, len(parts))
	total := 0.0
	for _, p := range parts {
		if p.Size > 0 {
			total += p.Size
		}
	}
	if total <= 0 || math.IsInf(total, 0) || w <= 0 {
		return cells
	}
	left := w
	for i, p := range parts {
		if p.Size > 0 {
			cells[i] = int(p.Size / total * float64(w))
			if cells[i] == 0 && left > 0 {
				cells[i] = 1
			}
			left -= cells[i]
		}
	}
	for ; left != 0; left -= sign(left) {
		best, gap := -1, math.Inf(-1)
		for i, p := range parts {
			if p.Size <= 0 || left < 0 && cells[i] <= 1 {
				continue
			}
			if g := (p.Size/total*float64(w) - float64(cells[i])) * float64(sign(left)); g > gap {
				best, gap = i, g
			}
		}
		if best < 0 {
			break
		}
		cells[best] += sign(left)
	}
	return cells
}

func sign(n int) int {
	if n < 0 {
		return -1
	}
	return 1
}
