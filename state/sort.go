package state

import (
	"cmp"
	"slices"
)

// sortBy orders the rows by a column, stably: equal ones keep the order of the report. Rows without a value come last in both
// directions. The order is a new slice, since an older model may share the present one.
func (t *Table) sortBy(key SortKey, delta func(Item) (float64, bool)) {
	t.Sort = key
	order := slices.Clone(t.Order)
	slices.Sort(order) // the report's own order is the last tie
	col := &Columns[key.Column]
	number := col.Number
	if key.Column == ColDelta {
		if number = delta; number == nil {
			number = func(Item) (float64, bool) { return 0, false }
		}
	}
	switch {
	case number != nil:
		t.Order = byNumber(order, &t.source, number, key.Down)
	case col.Text != nil:
		t.Order = byText(order, &t.source, col.Text, key.Down)
	default:
		t.Order = order
	}
}

// keyed is a row with its value, so that a value is worked out once and not once a comparison.
type keyed[K any] struct {
	key  K
	none bool
	at   int32
}

func byNumber(order []int32, s *source, number func(Item) (float64, bool), down bool) []int32 {
	keys := make([]keyed[float64], len(order))
	for i, at := range order {
		v, ok := number(s.at(at))
		if down {
			v = -v
		}
		keys[i] = keyed[float64]{v, !ok || v != v, at}
	}
	return arrange(keys, order, func(a, b keyed[float64]) int { return cmp.Compare(a.key, b.key) })
}

func byText(order []int32, s *source, text func(Item) string, down bool) []int32 {
	keys := make([]keyed[string], len(order))
	for i, at := range order {
		v := text(s.at(at))
		keys[i] = keyed[string]{v, v == "", at}
	}
	sign := 1
	if down {
		sign = -1
	}
	return arrange(keys, order, func(a, b keyed[string]) int { return sign * natural(a.key, b.key) })
}

// arrange sorts the keys, absent values last, and writes the positions into order.
func arrange[K any](keys []keyed[K], order []int32, compare func(a, b keyed[K]) int) []int32 {
	slices.SortFunc(keys, func(a, b keyed[K]) int {
		if a.none != b.none {
			if a.none {
				return 1
			}
			return -1
		}
		if !a.none {
			if c := compare(a, b); c != 0 {
				return c
			}
		}
		return cmp.Compare(a.at, b.at) // positions differ, so the order is total and the sort stable
	})
	for i, k := range keys {
		order[i] = k.at
	}
	return order
}

// natural compares texts with their numbers as numbers, so that TP=8 comes before TP=16.
func natural(a, b string) int {
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		if digit(a[i]) && digit(b[j]) {
			si, sj := i, j
			for i < len(a) && digit(a[i]) {
				i++
			}
			for j < len(b) && digit(b[j]) {
				j++
			}
			na, nb := trimZeros(a[si:i]), trimZeros(b[sj:j])
			if c := cmp.Or(cmp.Compare(len(na), len(nb)), cmp.Compare(na, nb)); c != 0 {
				return c
			}
			continue
		}
		if c := cmp.Compare(a[i], b[j]); c != 0 {
			return c
		}
		i++
		j++
	}
	return cmp.Or(cmp.Compare(len(a)-i, len(b)-j), cmp.Compare(a, b))
}

func digit(c byte) bool { return '0' <= c && c <= '9' }

func trimZeros(s string) string {
	for len(s) > 1 && s[0] == '0' {
		s = s[1:]
	}
	return s
}
