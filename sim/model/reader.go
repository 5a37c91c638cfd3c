package model

import (
	"fmt"
	"math"

	"fathom/hw"
	"fathom/hw/message"
)

// Bounds of sizes in a configuration. They are several times what any published model has, and small enough that no
// product of a few of them leaves the range of a float64 or asks for much memory.
const (
	maxLayers    = 4096
	maxWidth     = 1 << 20
	maxHeads     = 1 << 14
	maxExperts   = 1 << 14
	maxVocab     = 1 << 24
	maxPositions = 1 << 30
	maxPixels    = 1 << 32
)

// reader takes typed values out of one JSON or TOML object. The first problem is kept and ends all further complaints,
// so that a family can read all its facts in a row and be asked once whether they were good.
type reader struct {
	file   string // named in errors
	prefix string // path of a nested object, with its dot
	values map[string]any
	err    *error // shared with nested readers
	// facts accounts for the keys of the object that describes the layers; nil for other objects.
	facts *facts
}

func newReader(file string, values map[string]any) *reader {
	return &reader{file: file, values: values, err: new(error)}
}

// fail keeps the first problem: the key of its text, whose places are the file, the key there, and args.
func (r *reader) fail(key, problem string, args ...any) {
	if *r.err == nil {
		*r.err = message.Fault(problem, append([]any{r.file, r.prefix + r.spelled(key)}, args...)...)
	}
}

// show prints a value of a configuration in an error, short and without control characters.
func show(v any) string {
	s := hw.Clean(fmt.Sprintf("%v", v))
	if r := []rune(s); len(r) > 40 {
		s = string(r[:40]) + "…"
	}
	return s
}

// has reports whether the key is there and says something: neither null nor false, which some files write for none.
func (r *reader) has(key string) bool {
	v := r.value(key)
	return v != nil && v != false
}

// value gives what the file says of a key, nil where it says nothing, and accounts for the key.
func (r *reader) value(key string) any {
	if r.facts != nil {
		r.facts.asked(key, r.values[key])
	}
	return r.values[key]
}

// number gives a finite number, or false with a complaint unless the key is absent.
func (r *reader) number(key string) (float64, bool) {
	var f float64
	switch v := r.value(key).(type) {
	case nil:
		return 0, false
	case bool:
		if !v { // none
			return 0, false
		}
		r.fail(key, "config.no-number", show(v))
		return 0, false
	case float64:
		f = v
	case int64:
		f = float64(v)
	case int:
		f = float64(v)
	default:
		r.fail(key, "config.no-number", show(v))
		return 0, false
	}
	if math.IsNaN(f) || math.IsInf(f, 0) {
		r.fail(key, "config.infinite", f)
		return 0, false
	}
	return f, true
}

// wholeOr gives an integer between lo and hi, or missing where the key is absent or null.
func (r *reader) wholeOr(key string, missing, lo, hi int) int {
	f, ok := r.number(key)
	if !ok {
		r.assume(key, missing)
		return missing
	}
	if f != math.Trunc(f) || f < float64(lo) || f > float64(hi) {
		r.fail(key, "config.whole-number", show(r.values[key]), lo, hi)
		return missing
	}
	return int(f)
}

// whole is wholeOr for a key that must be there. Only sizes are required, so the answer after a complaint is 1, which
// divides everything.
func (r *reader) whole(key string, lo, hi int) int {
	if !r.has(key) {
		if r.facts != nil && r.facts.unknown != "" {
			r.fail(key, "config.missing-unknown", r.facts.unknown)
		}
		r.fail(key, "config.missing-family")
		return 1
	}
	return r.wholeOr(key, 1, lo, hi)
}

// fraction gives a number between lo and hi, or missing.
func (r *reader) fraction(key string, missing, lo, hi float64) float64 {
	f, ok := r.number(key)
	if !ok {
		r.assume(key, missing)
		return missing
	}
	if f < lo || f > hi {
		r.fail(key, "config.number", f, lo, hi)
		return missing
	}
	return f
}

// flagWhere is flag for a key that means something only where relevant holds: elsewhere its absence assumes nothing.
func (r *reader) flagWhere(relevant bool, key string, missing bool) bool {
	if !relevant && !r.has(key) {
		return missing
	}
	return r.flag(key, missing)
}

// flag gives a boolean, or missing.
func (r *reader) flag(key string, missing bool) bool {
	switch v := r.value(key).(type) {
	case nil:
		r.assume(key, missing)
		return missing
	case bool:
		return v
	default:
		r.fail(key, "config.no-bool", show(v))
		return missing
	}
}

// text gives a string without control characters, or missing.
func (r *reader) text(key, missing string) string {
	switch v := r.value(key).(type) {
	case nil:
		r.assume(key, missing)
		return missing
	case string:
		return hw.Clean(v)
	default:
		r.fail(key, "config.no-text", show(v))
		return missing
	}
}

// list gives an array, of at most maxLayers+1 items where it is about layers, or nil. Lists of modules are longer, they
// name each expert.
func (r *reader) list(key string) []any {
	switch v := r.value(key).(type) {
	case nil:
		r.assume(key, nil)
		return nil
	case []any:
		if r.facts != nil && len(v) > maxLayers+1 {
			r.fail(key, "config.most-entries", len(v), maxLayers+1)
			return nil
		}
		return v
	default:
		r.fail(key, "config.no-list", show(v))
		return nil
	}
}

// wholes gives a list of integers between lo and hi, or nil.
func (r *reader) wholes(key string, lo, hi int) []int {
	items := r.list(key)
	out := make([]int, len(items))
	for i, v := range items {
		entry := &reader{file: r.file, prefix: r.prefix, values: map[string]any{key: v}, err: r.err}
		if out[i] = entry.wholeOr(key, lo-1, lo, hi); out[i] < lo {
			r.fail(key, "config.entry-number", i, lo, hi)
			return nil
		}
	}
	return out
}

// child gives a nested object, or nil.
func (r *reader) child(key string) *reader {
	switch v := r.value(key).(type) {
	case nil:
		return nil
	case map[string]any:
		return &reader{file: r.file, prefix: r.prefix + r.spelled(key) + ".", values: v, err: r.err}
	default:
		r.fail(key, "config.no-object", show(v))
		return nil
	}
}

// divides complains unless size is a multiple of part.
func (r *reader) divides(key string, part int, of string, size int) bool {
	if part < 1 || size%part != 0 {
		r.fail(key, "config.no-divisor", part, r.spelled(of), size)
		return false
	}
	return true
}

// atMost complains about a size above the one of another key.
func (r *reader) atMost(key string, size int, of string, limit int) {
	if size > limit {
		r.fail(key, "config.more-than", size, r.spelled(of), limit)
	}
}
