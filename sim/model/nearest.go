package model

import (
	"slices"
	"strings"
)

// nearest gives the n names that look most like the one asked for, best first: names that contain it, then by edit
// distance; ties by name.
func nearest(names []string, name string, n int) []string {
	want := strings.ToLower(name)
	type scored struct {
		name  string
		score int
	}
	all := make([]scored, len(names))
	for i, candidate := range names {
		low := strings.ToLower(candidate)
		score := distance(want, low)
		if want != "" && strings.Contains(low, want) {
			score -= len(low) // typed a part of it
		}
		all[i] = scored{candidate, score}
	}
	slices.SortFunc(all, func(a, b scored) int {
		if a.score != b.score {
			return a.score - b.score
		}
		return strings.Compare(a.name, b.name)
	})
	out := make([]string, 0, n)
	for _, s := range all[:min(n, len(all))] {
		out = append(out, s.name)
	}
	return out
}

// distance is the Levenshtein distance in bytes. Only the first 200 bytes of the name asked for count.
func distance(a, b string) int {
	a = a[:min(len(a), 200)]
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		left, diagonal := i+1, row[0]
		row[0] = left
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			left = min(left+1, diagonal+1, cost)
			row[j+1] = left
		}
	}
	return row[len(b)]
}
