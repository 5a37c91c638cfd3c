package cell

import "strings"

// Grid lays rows out in columns of w cells in all, the first one left, the others right. Columns never touch: they
// stand two cells apart, or one where that is needed; those that do not fit are dropped whole from the right, and each
// line says so with the sign more.
func Grid(rows [][]string, w int, more string) []string {
	var widths []int
	for _, row := range rows {
		for c, s := range row {
			if c == len(widths) {
				widths = append(widths, 0)
			}
			widths[c] = max(widths[c], Width(s))
		}
	}
	total := func(n, gap int) int {
		sum := gap * max(0, n-1)
		for _, c := range widths[:n] {
			sum += c
		}
		return sum
	}
	n, gap := len(widths), 2
	if total(n, gap) > w {
		gap = 1
	}
	dropped := false
	for n > 1 && total(n, gap) > w {
		n, dropped = n-1, true
	}
	out := make([]string, len(rows))
	for i, row := range rows {
		var b strings.Builder
		for c := range min(n, len(row)) {
			if c == 0 {
				b.WriteString(Left(row[c], widths[c], more))
				continue
			}
			b.WriteString(Space(gap) + Right(row[c], widths[c], more))
		}
		if dropped {
			b.WriteString(" " + more)
		}
		out[i] = Cut(b.String(), w, more)
	}
	return out
}
