package table

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"
	"sync"
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

// Room for the keys of a sort, used again by the next one: a key press that leaves no garbage behind waits for no
// collection of it.
var (
	numberRoom = sync.Pool{New: func() any { return new([]keyed[float64]) }}
	textRoom   = sync.Pool{New: func() any { return new(texts) }}
)

func byNumber(order []int32, s *source, number func(Item) (float64, bool), down bool) []int32 {
	room := numberRoom.Get().(*[]keyed[float64])
	defer numberRoom.Put(room)
	keys, none := slices.Grow((*room)[:0], len(order)), order[:0]
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
	*room = keys
	return arrange(keys, none, func(a, b float64) int { // no NaN among them
		if a < b {
			return -1
		}
		if a > b {
			return 1
		}
		return 0
	})
}

// spelled is a text as it sorts; head is its beginning as a number, which settles most comparisons.
type spelled struct {
	head uint64
	text []byte
}

// texts are rows with their texts, all of these behind each other, and where each one ends.
type texts struct {
	keys []keyed[spelled]
	all  []byte
	ends []int
}

func byText(order []int32, s *source, text func(Item) string, down bool) []int32 {
	room := textRoom.Get().(*texts)
	defer textRoom.Put(room)
	all, ends := room.all[:0], slices.Grow(room.ends[:0], len(order))
	for _, at := range order {
		all = spell(all, text(s.at(at)))
		ends = append(ends, len(all))
	}
	start := 0
	keys, none := slices.Grow(room.keys[:0], len(order)), order[:0]
	for i, at := range order {
		if v := all[start:ends[i]]; len(v) > 0 {
			keys = append(keys, keyed[spelled]{spelled{head(v), v}, at})
		} else {
			none = append(none, at)
		}
		start = ends[i]
	}
	room.keys, room.all, room.ends = keys, all, ends
	sign := 1
	if down {
		sign = -1
	}
	return arrange(keys, none, func(a, b spelled) int {
		if a.head != b.head {
			return sign * cmp.Compare(a.head, b.head)
		}
		return sign * bytes.Compare(a.text, b.text)
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
func head(s []byte) uint64 {
	var b [8]byte
	copy(b[:], s)
	return binary.BigEndian.Uint64(b[:])
}

func digit(c byte) bool { return '0' <= c && c <= '9' }
