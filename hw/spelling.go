package hw

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// spelling is a name without what people write differently: case, blanks and signs, the maker's words, and the memory
// size that tools put into it ("NVIDIA H100 80GB HBM3").
type spelling struct {
	key string  // letters and digits alone, in lower case
	gb  float64 // the stated size; 0: none
}

// common are words that name no product.
var common = []string{"gpu", "npu", "accelerator", "tensor", "core"}

// spell takes a name apart as its maker's tools write it.
func (e *Entry) spell(name string) spelling {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return !unicode.IsLetter(r) &&
			!unicode.IsDigit(r)
	})
	var s spelling
	var kept []string
	for i, w := range words {
		switch gb, sized := size(w); {
		case sized:
			s.gb = gb
		case i+1 < len(words) && words[i+1] == "gb" && number64(w) > 0:
			s.gb = number64(w)
		case w != "gb" || s.gb == 0:
			kept = append(kept, w)
		}
	}
	s.key = e.bare(kept)
	return s
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
func (e *Entry) bare(words []string) string {
	makers := append([]string{strings.ToLower(e.Vendor)}, common...)
	for _, b := range e.Brands {
		makers = append(makers, strings.ToLower(b))
	}
	var b strings.Builder
	for _, w := range words {
		for _, m := range makers {
			if rest, ok := strings.CutPrefix(w, m); ok && m != "" && (rest == "" || unicode.IsDigit(rune(rest[0]))) {
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

// answers reports whether one of the names is the one that was asked for, and the profile's spelling of it; sized is
// false where only the memory size differs.
func (e *Entry) answers(asked string, names []string) (as string, found, sized bool) {
	s := e.spell(asked)
	if s.key == "" {
		return "", false, false
	}
	for _, n := range names {
		if own := e.spell(n); own.key == s.key {
			if e.fits(s, own) {
				return n, true, true
			}
			as, found = n, true
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
