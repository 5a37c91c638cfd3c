package hw

import (
	"fathom/hw/message"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/BurntSushi/toml"
)

// reader walks a decoded file along the schema, remembers what the schema asked for and collects what is wrong.
type reader struct {
	file    string
	lines   locator
	tree    map[string]any
	known   map[string]bool // dotted paths that the schema asked for; true: a table, with keys below it
	keys    []string        // the same, in order, for suggestions
	skipped map[string]bool // tables with a wrong name, whose keys need no further complaint
	faults  Faults
	more    bool // there were too many faults to list
}

// mostFaults bounds a report: a file that is no profile at all would fill screens.
const mostFaults = 20

// fault notes what is wrong with a key; what says so is the text "profile.<what>".
func (r *reader) fault(path []string, value any, what string, args ...any) {
	if r.more = len(r.faults) >= mostFaults; r.more {
		return
	}
	f := Fault{File: r.file, Line: max(1, r.lines.line(path)), Key: Clean(dotted(path)),
		Fix: message.New("profile."+what, args...)}
	if value != nil {
		f.Value = shown(value)
	}
	r.faults = append(r.faults, f)
}

func dotted(path []string) string { return toml.Key(path).String() }

// look finds a value and notes that its path is part of the schema.
func (r *reader) look(path ...string) (any, bool) {
	for i := range path {
		p := dotted(path[:i+1])
		table, seen := r.known[p]
		if !seen {
			r.keys = append(r.keys, p)
		}
		r.known[p] = table || i < len(path)-1
	}
	level := r.tree
	for i, key := range path {
		v, ok := level[key]
		if !ok || i == len(path)-1 {
			return v, ok
		}
		if level, ok = v.(map[string]any); !ok {
			return nil, false // check says so
		}
	}
	return nil, false
}

// holds reports whether the file has a key, without making it part of the schema.
func (r *reader) holds(path []string) bool {
	var at any = r.tree
	for _, key := range path {
		level, _ := at.(map[string]any)
		var ok bool
		if at, ok = level[key]; !ok {
			return false
		}
	}
	return true
}

// oldKeys are what files of earlier versions call a figure.
var oldKeys = map[string]string{
	"overhead_us": "floor_us", "layer_overhead_us": "layer_floor_us", "prompt_overhead_us": "prompt_floor_us",
	"latent_overhead_us": "latent_floor_us", "expert_overhead_us": "expert_floor_us",
	"expert_overhead_4bit_us": "expert_floor_4bit_us", "expert_half_rate_width": "expert_narrow",
	"expert_coverage": "expert_spread",
}

// number reads one figure into SI; where the key is absent or wrong, the profile keeps its zero.
func (r *reader) number(n number) {
	if old, ok := oldKeys[n.key()]; ok {
		if path := append(n.path[:len(n.path)-1:len(n.path)-1], old); r.holds(path) && !r.holds(n.path) {
			n.path = path
		}
	}
	v, ok := r.look(n.path...)
	if !ok {
		if n.need {
			r.fault(n.path, nil, "absent", n.line())
		}
		return
	}
	var f float64
	switch v := v.(type) {
	case int64:
		f = float64(v)
	case float64:
		f = v
	default:
		r.fault(n.path, v, "number", n.line())
		return
	}
	if !n.allowed(f) {
		r.fault(n.path, v, "between", decimal(n.low), decimal(n.high), n.line())
		return
	}
	*n.to = n.unit.si(f)
}

// line is an example of the key, and the table that it belongs to.
func (n number) line() message.Message {
	s := n.key() + " = " + n.example
	if len(n.path) > 1 {
		return message.New("profile.under", s, dotted(n.path[:len(n.path)-1]))
	}
	return message.Literal(s)
}

// text reads one string, cleaned; a missing one is a fault only where need is set.
func (r *reader) text(need bool, limit int, key ...string) string {
	v, ok := r.look(key...)
	if !ok {
		if need {
			r.fault(key, nil, "absent", key[len(key)-1]+` = "…"`)
		}
		return ""
	}
	s, ok := v.(string)
	if !ok {
		r.fault(key, v, "text")
		return ""
	}
	s = Clean(s)
	switch n := utf8.RuneCountInString(s); {
	case need && n == 0:
		r.fault(key, v, "empty")
	case n > limit:
		r.fault(key, v, "long", n, limit)
	}
	return s
}

// word reads a name that is typed on a command line.
func (r *reader) word(need bool, key string) string {
	s := r.text(need, 64, key)
	if s != "" && !isWord(s) {
		r.fault([]string{key}, s, "word", wordOf(s))
	}
	return s
}

func isWord(s string) bool { return s == wordOf(s) }

// wordOf makes a word of a name that is none.
func wordOf(s string) string {
	s = strings.Map(func(c rune) rune {
		if unicode.IsLetter(c) || unicode.IsDigit(c) || strings.ContainsRune("_-.+", c) {
			return c
		}
		return '_'
	}, s)
	if s = strings.TrimLeft(s, "_-.+"); s == "" {
		return "MY_DEVICE"
	}
	return s
}

func (r *reader) skip(path []string) {
	r.look(path...)
	r.skipped[dotted(path)] = true
}

// check reports every key that the schema did not ask for, with the nearest one that it did.
func (r *reader) check(path []string, level map[string]any) {
	for _, key := range slices.Sorted(maps.Keys(level)) {
		v, at := level[key], append(path[:len(path):len(path)], key)
		sub, isTable := v.(map[string]any)
		wanted, seen := r.known[dotted(at)]
		switch {
		case !seen:
			at = r.headed(at, sub)
			if near := Meant(r.keys, dotted(at)); near != "" {
				r.fault(at, nil, "meant", near)
			} else {
				r.fault(at, nil, "unknown")
			}
		case r.skipped[dotted(at)]:
		case isTable:
			r.check(at, sub)
		case wanted:
			r.fault(at, v, "table", dotted(at))
		}
	}
}

// headed goes down from a table that has no line of its own, as a in [a.b], to the first one that has.
func (r *reader) headed(path []string, table map[string]any) []string {
	for depth := 0; depth < 8 && len(table) > 0 && r.lines.line(path) == 0; depth++ {
		key := slices.Sorted(maps.Keys(table))[0]
		path = append(path, key)
		table, _ = table[key].(map[string]any)
	}
	return path
}

// texts reads an optional list of names.
func (r *reader) texts(key, example string) []string {
	v, ok := r.look(key)
	if !ok {
		return nil
	}
	list, ok := v.([]any)
	var out []string
	for _, e := range list {
		s, isText := e.(string)
		if s = Clean(s); !isText || s == "" || len(s) > 64 || len(list) > 32 {
			ok = false
			break
		}
		out = append(out, s)
	}
	if !ok {
		r.fault([]string{key}, v, "words", 32, key, example)
	}
	return out
}

func (r *reader) flag(key string) bool {
	v, ok := r.look(key)
	if !ok {
		return false
	}
	b, ok := v.(bool)
	if !ok {
		r.fault([]string{key}, v, "bool")
	}
	return b
}

// whole reads an optional whole number.
func (r *reader) whole(low, high int, key ...string) (int, bool) {
	v, ok := r.look(key...)
	if !ok {
		return 0, false
	}
	n, isWhole := v.(int64)
	if !isWhole || n < int64(low) || n > int64(high) {
		r.fault(key, v, "whole", low, high)
		return 0, false
	}
	return int(n), true
}
