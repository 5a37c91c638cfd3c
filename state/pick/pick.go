package pick

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Kind is what an item is, as far as choosing it goes.
type Kind uint8

// A name; a directory that can be entered; one that holds a checkpoint; a file.
const (
	Name Kind = iota
	Directory
	Checkpoint
	File
)

// Item is one thing that can be chosen.
type Item struct {
	Value  string // as it is written into the answer
	Words  string // what else it is found by: vendor, chip, description
	Kind   Kind
	Recent bool // was chosen before: first among equals
	Hidden bool // shown only to who types its beginning
}

// Find gives the items that hold every word of a text, the nearest first: the item itself, then those of whose name
// every word is a whole part (first where the name begins with them), then those that begin with the text, then those
// whose name holds every word, then all others; recent ones first among equals. An empty text
// finds all that are not hidden.
func Find(items []Item, text string) []Item {
	words := strings.Fields(strings.ToLower(text))
	type hit struct{ at, rank int }
	var hits []hit
	for i := range items {
		if rank, ok := items[i].rank(words); ok {
			hits = append(hits, hit{i, rank})
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return a.rank - b.rank })
	out := make([]Item, len(hits))
	for i, h := range hits {
		out[i] = items[h.at]
	}
	return out
}

// rank is how near an item is to the words, 0 nearest; ok is false where a word finds nothing.
func (i *Item) rank(words []string) (rank int, ok bool) {
	name := strings.ToLower(i.Value)
	base := name[strings.LastIndexByte(strings.TrimSuffix(name, "/"), '/')+1:]
	whole := strings.Join(words, " ")
	begins := whole != "" && (strings.HasPrefix(name, whole) || strings.HasPrefix(base, whole))
	if i.Hidden && !begins {
		return 0, false
	}
	switch {
	case whole == name || whole == base && whole != "":
		rank = 0
	case whole != "" && !slices.ContainsFunc(words, func(w string) bool { return !isPart(name, w) }):
		rank = 2
		if begins {
			rank = 1
		}
	case begins:
		rank = 3
	default:
		rank = 4
		for _, w := range words {
			switch {
			case strings.Contains(name, w):
			case shortened(i.Value, w):
				rank = max(rank, 5)
			case begun(strings.ToLower(i.Words), w):
				rank = max(rank, 6)
			default:
				return 0, false
			}
		}
	}
	rank *= 2
	if !i.Recent {
		rank++
	}
	return rank, true
}

// begun reports whether a word of a text begins with what was typed; ideographs have no words, so that they count
// anywhere.
func begun(text, word string) bool {
	if first, _ := utf8.DecodeRuneInString(word); first >= 0x2e80 {
		return strings.Contains(text, word)
	}
	for at := 0; ; at++ {
		next := strings.Index(text[at:], word)
		if next < 0 {
			return false
		}
		at += next
		if before, _ := utf8.DecodeLastRuneInString(text[:at]); before >= 0x2e80 || !inside(before) {
			return true
		}
	}
}

// isPart reports whether a word is a whole part of a name, or several that follow each other: "a3" is one of
// ATLAS_800_A3_752T and only begins one of A30_PCIE. A point stays inside a part: "v3" is none of V3.1.
func isPart(name, word string) bool {
	for at := 0; at < len(name); {
		next := strings.Index(name[at:], word)
		if next < 0 {
			return false
		}
		before, _ := utf8.DecodeLastRuneInString(name[:at+next])
		after, _ := utf8.DecodeRuneInString(name[at+next+len(word):])
		if !inside(before) && !inside(after) {
			return true
		}
		_, size := utf8.DecodeRuneInString(name[at+next:])
		at += next + size
	}
	return false
}

// inside reports whether a sign stands inside a part of a name. No sign at all is the end of the name.
func inside(r rune) bool {
	return r != utf8.RuneError && (r == '.' || unicode.IsLetter(r) || unicode.IsDigit(r))
}

// shortened reports whether a word is made of the beginnings of parts of a name that follow each other: "dsv3" is
// DeepSeek-V3, "l370b" is Llama-3-70B. Signs inside the
// word are skipped as those of the name are: "dsv3.1" is DeepSeek-V3.1. A word of digits alone would be found in the
// middle of other numbers.
func shortened(name, word string) bool {
	if !strings.ContainsFunc(word, unicode.IsLetter) {
		return false
	}
	word = strings.Join(parts(word), "")
	parts := parts(name)
	for at := range parts {
		if consumes(parts[at:], word) {
			return true
		}
	}
	return false
}

// consumes reports whether a word is a beginning of the first part, followed by beginnings of the next ones.
func consumes(parts []string, word string) bool {
	if word == "" {
		return true
	}
	if len(parts) == 0 {
		return false
	}
	for n := min(len(word), len(parts[0])); n > 0; n-- {
		if word[:n] == parts[0][:n] && consumes(parts[1:], word[n:]) {
			return true
		}
	}
	return false
}

// parts cuts a name where a person would: at signs, between letters and digits, and before capitals; in lower case.
func parts(name string) []string {
	var out []string
	var part strings.Builder
	end := func() {
		if part.Len() > 0 {
			out = append(out, strings.ToLower(part.String()))
			part.Reset()
		}
	}
	last := rune(0)
	for _, r := range name {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			end()
			last = 0
			continue
		case unicode.IsDigit(r) != unicode.IsDigit(last), unicode.IsUpper(r) && !unicode.IsUpper(last):
			end()
		}
		part.WriteRune(r)
		last = r
	}
	end()
	return out
}
