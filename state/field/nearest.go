package field

import (
	"slices"
	"strings"
)

// Nearest gives up to n of the names that a typing slip or an incomplete name may have meant, best first: names that hold the
// text as a part, then small edit distances. Case, "_" and "-" do not matter.
func Nearest(text string, names []string, n int) []string {
	type hit struct {
		rank, at int
	}
	t := squash(text)
	if t == "" || len(t) > 256 {
		return nil
	}
	var hits []hit
	for i, name := range names {
		s := squash(name)
		d := distance(t, s)
		switch {
		case d <= max(1, min(len(t), len(s))/3):
			hits = append(hits, hit{d, i})
		case len(t) >= 3 && strings.Contains(s, t), len(s) >= 3 && strings.Contains(t, s):
			hits = append(hits, hit{len(s) + len(t), i})
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return a.rank - b.rank })
	var out []string
	for _, h := range hits[:min(n, len(hits))] {
		out = append(out, names[h.at])
	}
	return out
}

// squash drops what does not tell names apart.
func squash(s string) string {
	return strings.NewReplacer("_", "", "-", "", " ", "", ".", "").Replace(strings.ToLower(s))
}

// distance is the number of inserted, deleted, replaced or swapped neighbouring bytes (optimal string alignment).
func distance(a, b string) int {
	before, row, next := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		next[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			next[j] = min(row[j]+1, next[j-1]+1, row[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				next[j] = min(next[j], before[j-2]+1)
			}
		}
		before, row, next = row, next, before
	}
	return row[len(b)]
}

// didYouMean words the nearest names, or the whole list where nothing is near and it is short, or where to look.
func didYouMean(text string, names []string, listing string) string {
	near := Nearest(text, names, 3)
	switch {
	case len(near) > 0:
		return "did you mean " + strings.Join(near, ", ") + "?"
	case len(names) > 0 && len(names) <= 12:
		return "known: " + strings.Join(names, ", ")
	}
	return listing
}
