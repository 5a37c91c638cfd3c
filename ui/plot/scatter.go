package plot

import (
	"math"

	"fathom/ui/cell"
	"fathom/ui/number"
)

// Scatter draws predictions against measurements on two equal logarithmic axes, in w x h cells of plain text, so that
// it can be pasted: points on the diagonal are right, above it too high. Where several fall on one cell the sign grows:
// . : o #. Pairs that are not both above 0 are left out; fewer than two, or too little room, give nil.
func Scatter(measured, predicted []float64, w, h int, name string) []string {
	low, high := math.Inf(1), 0.0
	n := 0
	for i := range measured {
		if drawable(measured[i], predicted[i]) {
			low, high = min(low, measured[i], predicted[i]), max(high, measured[i], predicted[i])
			n++
		}
	}
	const margin = 8
	cols, rows := w-margin-1, h-3
	if n < 2 || cols < 10 || rows < 5 {
		return nil
	}
	from, to := math.Log10(low), math.Log10(high)
	if to-from < 0.3 {
		from, to = from-0.15, to+0.15
	}
	place := func(v float64, cells int) int {
		return int(math.Round((math.Log10(v) - from) / (to - from) * float64(cells-1)))
	}
	count := make([][]int, rows)
	for y := range count {
		count[y] = make([]int, cols)
	}
	for i := range measured {
		if drawable(measured[i], predicted[i]) {
			count[rows-1-place(predicted[i], rows)][place(measured[i], cols)]++
		}
	}
	lines := []string{cell.Space(margin) + name}
	marks, ruler := ticks(from, to)
	for y, line := range count {
		b := make([]byte, cols)
		for x, k := range line {
			b[x] = speck(k, rows-1-y == int(math.Round(float64(x)/float64(cols-1)*float64(rows-1))))
		}
		label := ""
		for i, v := range marks {
			if rows-1-place(v, rows) == y {
				label = ruler[i]
			}
		}
		lines = append(lines, cell.Right(label, margin-1, "")+" |"+string(b))
	}
	axis := ""
	for i, v := range marks {
		if x := min(place(v, cols)-len(ruler[i])/2, cols-len(ruler[i])); x >= len(axis) {
			axis += cell.Space(x-len(axis)) + ruler[i]
		}
	}
	return append(lines, cell.Space(margin)+"+"+cell.Repeat("-", cols), cell.Space(margin+1)+axis)
}

func drawable(x, y float64) bool { return x > 0 && y > 0 && !math.IsInf(x, 0) && !math.IsInf(y, 0) }

// speck is the sign of a cell with so many points; an empty one may lie on the diagonal.
func speck(points int, diagonal bool) byte {
	switch {
	case points >= 10:
		return '#'
	case points >= 4:
		return 'o'
	case points >= 2:
		return ':'
	case points == 1:
		return '.'
	case diagonal:
		return '/'
	}
	return ' '
}

// ticks are round numbers between two powers of ten.
func ticks(from, to float64) (at []float64, labels []string) {
	steps := []float64{1}
	if to-from < 2 {
		steps = []float64{1, 2, 5}
	}
	for e := math.Floor(from); e <= to; e++ {
		for _, s := range steps {
			if v := s * math.Pow(10, e); math.Log10(v) >= from && math.Log10(v) <= to {
				at, labels = append(at, v), append(labels, number.Short(v, 4))
			}
		}
	}
	return at, labels
}
