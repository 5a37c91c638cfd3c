package table

import (
	"cmp"
	"encoding/binary"
	"slices"
	"strings"
)

// SortBy orders the rows by a column, stably: equal ones keep the order of the report. Rows without a value come last
// in both directions. The order is a new slice, since an older model may share the present one.
func (t *Table) SortBy(key SortKey, delta func(Item) (float64, bool)) {
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
	key K
	at  int32
}

func byNumber(order []int32, s *source, number func(Item) (float64, bool), down bool) []int32 {
	keys, none := make([]keyed[float64], 0, len(order)), order[:0]
	for _, at := range order {
		v, ok := number(s.at(at))
		if down {
			v = -v
		}
		if !ok || v != v {
			none = append(none, at) // not ahead of what is read
		} else {
			keys = append(keys, keyed[float64]{v, at})
		}
	}
	return arrange(keys, none, cmp.Compare)
}

// spelled is a text as it sorts; head is its beginning as a number, which settles most comparisons.
type spelled struct {
	head uint64
	text string
}

func byText(order []int32, s *source, text func(Item) string, down bool) []int32 {
	var all []byte
	ends := make([]int, len(order))
	for i, at := range order {
		all = spell(all, text(s.at(at)))
		ends[i] = len(all)
	}
	whole, start := string(all), 0
	keys, none := make([]keyed[spelled], 0, len(order)), order[:0]
	for i, at := range order {
		if v := whole[start:ends[i]]; v != "" {
			keys = append(keys, keyed[spelled]{spelled{head(v), v}, at})
		} else {
			none = append(none, at)
		}
		start = ends[i]
	}
	sign := 1
	if down {
		sign = -1
	}
	return arrange(keys, none, func(a, b spelled) int {
		if a.head != b.head {
			return sign * cmp.Compare(a.head, b.head)
		}
		return sign * strings.Compare(a.text, b.text)
	})
}

// arrange sorts the rows by their keys; those without a value come last, as they are.
func arrange[K any](keys []keyed[K], none []int32, compare func(a, b K) int) []int32 {
	slices.SortFunc(keys, func(a, b keyed[K]) int {
		if c := compare(a.key, b.key); c != 0 {
			return c
		}
		return cmp.Compare(a.at, b.at) // positions differ, so the order is total and the sort stable
	})
	order := make([]int32, 0, len(keys)+len(none))
	for _, k := range keys {
		order = append(order, k.at)
	}
	return append(order, none...)
}

// spell appends a text so that plain comparison takes its numbers as numbers (TP=8 before TP=16): each run of digits,
// without leading zeros, comes behind its length.
func spell(dst []byte, text string) []byte {
	for i := 0; i < len(text); {
		if !digit(text[i]) {
			dst = append(dst, text[i])
			i++
			continue
		}
		start := i
		for i < len(text) && digit(text[i]) {
			i++
		}
		for start < i-1 && text[start] == '0' {
			start++
		}
		dst = append(dst, '0', byte(min(i-start, 255)))
		dst = append(dst, text[start:i]...)
	}
	return dst
}

// head is the first eight bytes, the first one weighing most.
func head(s string) uint64 {
	var b [8]byte
	copy(b[:], s)
	return binary.BigEndian.Uint64(b[:])
}

func digit(c byte) bool { return '0' <= c && c <= '9' }
