package hw

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// likeness is how much a name looks like the one asked for.
type likeness struct {
	name, low   string // as it is, and in lower case
	part, whole int    // distances
	index       int
}

// ranked orders names by how much they look like the one asked for, which is in lower case, best first. A name that
// contains it counts as equal, so that a part of a long name finds it even with a typing error; ties go to the name of
// most similar length, then to the order given.
func ranked(names []string, want string) []likeness {
	all := make([]likeness, len(names))
	var row []int
	for i, candidate := range names {
		low := strings.ToLower(candidate)
		row = edits(row, want, low, true)
		part := slices.Min(row)
		row = edits(row, want, low, false)
		all[i] = likeness{candidate, low, part, row[len(low)], i}
	}
	slices.SortFunc(all, func(a, b likeness) int {
		return cmp.Or(a.part-b.part, a.whole-b.whole, a.index-b.index)
	})
	return all
}

// Meant is the name that another likely stands for, the first of Near; "" where nothing is near.
func Meant(names []string, name string) string {
	if near := Near(names, name, 1); len(near) > 0 {
		return near[0]
	}
	return ""
}

// Near are those of the n most similar names that a typing error, a part or a word of a name may have meant: a guess
// that is farther leads people to what they did not ask for, so that none is better.
func Near(names []string, name string, n int) []string {
	want := strings.ToLower(clip(name, 100))
	words := strings.FieldsFunc(want, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	var out []string
	for _, c := range ranked(names, want)[:max(0, min(n, len(names)))] {
		word := slices.ContainsFunc(words, func(w string) bool { return len(w) > 3 && strings.Contains(c.low, w) })
		part := len(want) > 2 && c.part <= (len(want)-1)/3
		if word || part || strings.HasPrefix(c.low, want) || c.whole <= max(1, len(want)/3) {
			out = append(out, c.name)
		}
	}
	return out
}

// edits gives the last row of the table of bytes to insert, delete or change to turn a into each beginning of b
// (Levenshtein); with anywhere, a may start at any place of b for free, so that the least of the row is its distance to
// the most similar part (Sellers 1980). The row given is written over where it is long enough.
func edits(row []int, a, b string, anywhere bool) []int {
	row = slices.Grow(row[:0], len(b)+1)[:len(b)+1]
	for j := range row {
		row[j] = 0
		if !anywhere {
			row[j] = j
		}
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, diagonal+1, row[j]+1)
		}
	}
	return row
}
