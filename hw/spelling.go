package hw

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"
)

// spelling is a name without what people write differently: case, blanks and signs, the maker's words, and the memory
// size that tools put into it ("NVIDIA H100 80GB HBM3").
type spelling struct {
	name string  // as it is written
	key  string  // letters and digits alone, in lower case
	gb   float64 // the stated size; 0: none
}

// common are words that name no product.
var common = []string{"gpu", "npu", "accelerator", "tensor", "core"}

// spellings are the words of an entry's maker and how its own names are spelled, worked out when a name is first looked
// for that is nobody's very name.
type spellings struct {
	once          sync.Once
	makers        []string // in lower case, with the words that name no product
	names, family []spelling
}

func (e *Entry) spelled() *spellings {
	s := &e.spellings
	s.once.Do(func() {
		for _, w := range slices.Concat([]string{e.Vendor}, common, e.Brands) {
			if w != "" {
				s.makers = append(s.makers, strings.ToLower(w))
			}
		}
		own := func(names []string) []spelling {
			out := make([]spelling, len(names))
			for i, n := range names {
				words, gb := wordsOf(n)
				out[i] = spelling{n, bare(words, s.makers), gb}
			}
			return out
		}
		s.names, s.family = own(e.names()), own(e.Family)
	})
	return s
}

// wordsOf takes a name apart as makers' tools write it: its words in lower case without a memory size, and that size.
func wordsOf(name string) (kept []string, gb float64) {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return !unicode.IsLetter(r) &&
			!unicode.IsDigit(r)
	})
	for i, w := range words {
		switch n, sized := size(w); {
		case sized:
			gb = n
		case i+1 < len(words) && words[i+1] == "gb" && number64(w) > 0:
			gb = number64(w)
		case w != "gb" || gb == 0:
			kept = append(kept, w)
		}
	}
	return kept, gb
}

// size reads 80gb, 80gib or 80g.
func size(word string) (float64, bool) {
	for _, unit := range []string{"gib", "gb", "g"} {
		if digits, ok := strings.CutSuffix(word, unit); ok {
			n := number64(digits)
			return n, n > 0
		}
	}
	return 0, false
}

// number64 reads a number of at most six digits; 0 for anything else.
func number64(digits string) float64 {
	if len(digits) > 6 || strings.Trim(digits, "0123456789") != "" {
		return 0
	}
	n, _ := strconv.ParseFloat(digits, 64)
	return n
}

// bare joins words without the maker's; one that is written together with the name ("ascend910b4") goes too.
func bare(words, makers []string) string {
	var b strings.Builder
	for _, w := range words {
		for _, m := range makers {
			if rest, ok := strings.CutPrefix(w, m); ok && (rest == "" || unicode.IsDigit(rune(rest[0]))) {
				w = rest
				break
			}
		}
		b.WriteString(w)
	}
	return b.String()
}

// fits reports whether a stated size is that of an alias, or of the device: sizes in names are rounded, and part of the
// memory may be kept back.
func (e *Entry) fits(asked, own spelling) bool {
	switch {
	case asked.gb == 0:
		return true
	case own.gb > 0:
		return asked.gb == own.gb
	}
	memory := e.Profile().MemoryBytes
	return math.Abs(asked.gb*(1<<30)-memory) < 0.1*memory
}

// answers reports whether one of its names is the one that was asked for, and the profile's spelling of it; sized is
// false where only the memory size differs.
func (e *Entry) answers(asked spelling, names []spelling) (as string, found, sized bool) {
	if asked.key == "" {
		return "", false, false
	}
	for _, own := range names {
		if own.key == asked.key {
			if e.fits(asked, own) {
				return own.name, true, true
			}
			as, found = own.name, true
		}
	}
	return as, found, false
}

// names are what a profile is called, its own name first.
func (e *Entry) names() []string {
	if e.short == "" {
		return slices.Concat([]string{e.Name}, e.Aliases)
	}
	return slices.Concat([]string{e.Name, e.short}, e.Aliases)
}
