package hw

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// closest gives the n names that look most like the one asked for, best first. A name that contains it counts as equal,
// so that a part of a long name finds it even with a typing error; ties go to the name of most similar length, then to
// the order given.
func closest(names []string, name string, n int) []string {
	type scored struct{ index, part, whole int }
	all := make([]scored, len(names))
	want := strings.ToLower(clip(name, 100))
	for i, candidate := range names {
		low := strings.ToLower(candidate)
		all[i] = scored{i, partDistance(want, low), distance(want, low)}
	}
	slices.SortFunc(all, func(a, b scored) int {
		return cmp.Or(a.part-b.part, a.whole-b.whole, a.index-b.index)
	})
	out := make([]string, 0, max(0, min(n, len(all))))
	for _, s := range all[:cap(out)] {
		out = append(out, names[s.index])
	}
	return out
}

// Meant is the name that another likely stands for, the first of Near; "" where nothing is near.
func Meant(names []string, name string) string {
	if near := Near(names, name, 1); len(near) > 0 {
		return near[0]
	}
	return ""
}

// Near are the names of closest that a typing error, a part or a word of a name may have meant: a guess that is farther
// leads people to what they did not ask for, so that none is better.
func Near(names []string, name string, n int) []string {
	want := strings.ToLower(clip(name, 100))
	words := strings.FieldsFunc(want, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return slices.DeleteFunc(closest(names, name, n), func(near string) bool {
		near = strings.ToLower(near)
		if slices.ContainsFunc(words, func(w string) bool { return len(w) > 3 && strings.Contains(near, w) }) {
			return false
		}
		part := len(want) > 2 && partDistance(want, near) <= (len(want)-1)/3
		return !part && !strings.HasPrefix(near, want) && distance(want, near) > max(1, len(want)/3)
	})
}

// distance is the number of bytes to insert, delete or change to turn a into b (Levenshtein).
func distance(a, b string) int {
	row := edits(a, b, false)
	return row[len(b)]
}

// partDistance is the distance of a to the most similar part of b (Sellers 1980).
func partDistance(a, b string) int { return slices.Min(edits(a, b, true)) }

// edits gives the last row of the edit table; with anywhere, a may start at any place of b for free.
func edits(a, b string, anywhere bool) []int {
	row := make([]int, len(b)+1)
	if !anywhere {
		for j := range row {
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
