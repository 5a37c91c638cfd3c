package file

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// quickHead reads the head of a file that is written as Encode and WithKept write them, line by line, some ten times
// faster than a reader of all TOML: a list reads a thousand of them. false: it is written otherwise, or damaged, which
// is for the whole reader to say.
func quickHead(text string) (*Head, bool) {
	if !utf8.ValidString(text) {
		return nil, false
	}
	h, in, seen := &Head{}, "", make([]string, 0, 32)
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(strings.TrimSuffix(line, "\n"))
		switch {
		case line == "" || strings.HasPrefix(line, "#") && plain(line):
			continue
		case line == "["+keptKey+"]" && h.Kept == nil:
			in, seen, h.Kept = keptKey, seen[:0], &Kept{}
			continue
		case line == "[["+keptKey+".result]]" && h.Kept != nil:
			in, seen = "result", seen[:0]
			h.Kept.Results = append(h.Kept.Results, Result{})
			continue
		}
		key, rest, ok := strings.Cut(line, " = ")
		if !ok || !bare(key) || key == keptKey || slices.Contains(seen, key) {
			return nil, false
		}
		seen = append(seen, key)
		v, ok := values(rest)
		if !ok || !h.take(in, key, v) {
			return nil, false
		}
	}
	return h, h.Schema == Schema
}

// take puts a value in its place; false: it does not fit.
func (h *Head) take(in, key string, v any) bool {
	if in == "" {
		switch key {
		case "schema":
			return put(&h.Schema, v)
		case "model":
			h.Model = v
		case "device":
			h.Device = v
		}
		return true
	}
	k := h.Kept
	if in == keptKey {
		place, ok := map[string]*string{"at": &k.At, "program": &k.Program, "fidelity": &k.Fidelity,
			"search": &k.Search}[key]
		return ok && put(place, v)
	}
	r := &k.Results[len(k.Results)-1]
	switch key {
	case "device":
		return put(&r.Device, v)
	case "profile":
		return put(&r.Profile, v)
	case "phase":
		return put(&r.Phase, v)
	case "strategy":
		return put(&r.Strategy, v)
	case "reason":
		return put(&r.Reason, v)
	case "throughput_tok_s":
		return put(&r.Throughput, v)
	case "throughput_low":
		return put(&r.Low, v)
	case "throughput_high":
		return put(&r.High, v)
	case "throughput_tok_s_device":
		return put(&r.PerDevice, v)
	case "ttft_ms":
		return put(&r.TTFT, v)
	case "tpot_ms":
		return put(&r.TPOT, v)
	case "cost_per_mtok":
		return put(&r.Cost, v)
	case "concurrency":
		n, ok := v.(int64)
		r.Concurrency = int(n)
		return ok
	}
	return false
}

func put[T any](place *T, v any) bool {
	own, ok := v.(T)
	if ok {
		*place = own
	}
	return ok
}

// values reads a scalar, or a list of them on one line, and what may stand behind it: a comment.
func values(s string) (any, bool) {
	if !strings.HasPrefix(s, "[") {
		v, rest, ok := scalar(s)
		return v, ok && ended(rest)
	}
	list := []any{}
	for s = s[1:]; ; s = s[2:] {
		if rest, ok := strings.CutPrefix(s, "]"); ok && len(list) == 0 {
			return list, ended(rest)
		}
		v, rest, ok := scalar(s)
		if !ok {
			return nil, false
		}
		list = append(list, v)
		if rest, ok := strings.CutPrefix(rest, "]"); ok {
			return list, ended(rest)
		}
		if s = rest; !strings.HasPrefix(s, ", ") {
			return nil, false
		}
	}
}

// ended reports whether nothing but a comment follows.
func ended(rest string) bool {
	rest = strings.TrimLeft(rest, " ")
	return rest == "" || rest[0] == '#' && plain(rest)
}

// scalar reads a text without escapes, a number or a boolean from the beginning of a line.
func scalar(s string) (v any, rest string, ok bool) {
	if strings.HasPrefix(s, `"`) {
		end := strings.IndexAny(s[1:], `"\`)
		if end < 0 || s[1+end] == '\\' || !plain(s[1:1+end]) {
			return nil, "", false
		}
		return s[1 : 1+end], s[2+end:], true
	}
	end := strings.IndexAny(s, " ,]#")
	if end < 0 {
		end = len(s)
	}
	word := s[:end]
	if word == "true" || word == "false" {
		return word == "true", s[end:], true
	}
	digits := strings.TrimPrefix(word, "-")
	if digits == "" || len(digits) > 1 && digits[0] == '0' && digits[1] != '.' ||
		strings.Trim(digits, "0123456789.") != "" ||
		digits[0] == '.' || digits[len(digits)-1] == '.' {
		return nil, "", false
	}
	if !strings.Contains(digits, ".") {
		n, err := strconv.ParseInt(word, 10, 64)
		return n, s[end:], err == nil
	}
	f, err := strconv.ParseFloat(word, 64)
	return f, s[end:], err == nil
}

// plain reports whether a text has no control characters.
func plain(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) < 0
}

// bare reports whether a key needs no quotes.
func bare(key string) bool {
	return key != "" && strings.IndexFunc(key, func(r rune) bool {
		return r != '_' && r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	}) < 0
}
