package model

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"fathom/hw/message"
)

// facts accounts for the keys of one object: how the file spells them, which were asked for, and what was taken where
// the file says nothing.
type facts struct {
	spelling  map[string]string // key to its spelling in the file
	defaulted map[string]bool   // values that come from the family
	used      map[string]bool
	unknown   string // the model_type that no family has
	assumed   []message.Message
}

func (f *facts) asked(key string, value any) {
	f.used[key] = true
	if f.defaulted[key] {
		f.assume("assumed.family", key, value)
	}
}

func (f *facts) assume(says, key string, value any) {
	switch value {
	case nil, 0, 0.0, "", false:
		says, value = says+"-none", nil
	}
	m := message.New(says, key)
	if value != nil {
		m.Args = append(m.Args, fmt.Sprint(value))
	}
	if !slices.ContainsFunc(f.assumed, func(a message.Message) bool {
		return a.Key == says && slices.Equal(a.Args,
			m.Args)
	}) {
		f.assumed = append(f.assumed, m)
	}
}

// assume notes what is taken for a key that the file does not have.
func (r *reader) assume(key string, value any) {
	if r.facts != nil && r.facts.spelling[key] == "" {
		r.facts.assume("assumed.value", key, value)
	}
}

// skip accounts for keys that other keys of the file make void.
func (r *reader) skip(keys ...string) {
	for _, k := range keys {
		r.facts.used[k] = true
	}
}

// spelled gives the name that the file has for a key.
func (r *reader) spelled(key string) string {
	if r.facts != nil && r.facts.spelling[key] != "" {
		return r.facts.spelling[key]
	}
	return key
}

// canonical gives every fact of an object its most usual name, so that the rest of the package knows one. Families may
// have names of their own, and values that their files leave out. Two spellings of one fact must agree.
func canonical(r *reader, f *family) *reader {
	t := vocabulary()
	c := &reader{file: r.file, prefix: r.prefix, values: map[string]any{}, err: r.err, facts: &facts{
		spelling: map[string]string{}, defaulted: map[string]bool{}, used: map[string]bool{}}}
	if len(f.Types) == 0 {
		c.facts.unknown = show(r.values["model_type"])
	}
	own := map[string]string{}
	for key, name := range f.Same {
		own[name] = key
	}
	values := r.values
	for _, name := range f.Inside {
		values = lifted(r, values, name)
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		key, known := own[name]
		if !known {
			key, known = t.keys[name]
		}
		if !known {
			key = name
		}
		v := values[name]
		if old, twice := c.values[key]; twice {
			c.agree(t, key, name, old, v)
			if _, mine := own[name]; !mine && (v == nil || old != nil && name != key || f.Same[key] != "") {
				continue // the family's own name counts, then the usual one
			}
		}
		c.values[key], c.facts.spelling[key] = v, name
	}
	for key, v := range f.Default {
		if _, stated := c.values[key]; !stated {
			c.values[key], c.facts.defaulted[key] = v, true
		}
	}
	return c
}

// lifted puts the keys of a nested object beside those of the file; what both have must agree.
func lifted(r *reader, values map[string]any, name string) map[string]any {
	inner, ok := values[name].(map[string]any)
	if !ok {
		return values
	}
	out := maps.Clone(values)
	delete(out, name)
	for key, v := range inner {
		if old := out[key]; neutral(old) {
			out[key] = v
		} else if !neutral(v) && fmt.Sprint(old) != fmt.Sprint(v) {
			r.fail(key, "config.contradicts", show(old), name+"."+key, show(v))
		}
	}
	return out
}

// agree complains about two spellings of one fact with different values.
func (r *reader) agree(t *lexicon, key, name string, old, v any) {
	if r.facts == nil || v == nil || old == nil || t.loose[key] || fmt.Sprint(old) == fmt.Sprint(v) {
		return
	}
	r.fail(key, "config.contradicts", show(old), name, show(v))
}

// unread lists the keys that decide a cost and that nothing asked for, and those whose meaning nobody knows. Values
// that say nothing are no answer to either.
func (r *reader) unread() (cost, unknown []string) {
	t := vocabulary()
	for _, key := range slices.Sorted(maps.Keys(r.values)) {
		if r.facts.used[key] || r.facts.defaulted[key] || neutral(r.values[key]) {
			continue
		}
		said := fmt.Sprintf("%s = %s", r.spelled(key), show(r.values[key]))
		if _, known := t.keys[key]; known {
			cost = append(cost, said)
		} else if !t.free(r.spelled(key)) {
			unknown = append(unknown, said)
		}
	}
	return cost, unknown
}

// neutral reports whether a value is no answer: null, false, nothing of something.
func neutral(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case bool:
		return !v
	case float64:
		return v == 0
	case int64:
		return v == 0
	case string:
		return v == "" || strings.EqualFold(v, "none")
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}
