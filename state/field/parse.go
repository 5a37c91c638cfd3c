package field

import (
	"math"
	"strconv"
	"strings"

	"fathom/sim/plan"
)

// most is the largest length, size or count that the reference tool takes (its "service" integers).
const most = 100_000_000

type parser = func(text string) (Value, *Problem)

// scale is what the signs behind a number are worth in a question's own unit.
type scale map[string]float64

var (
	counted = scale{"k": 1e3, "m": 1e6, "g": 1e9, "b": 1e9, "千": 1e3, "万": 1e4, "百万": 1e6, "亿": 1e8}
	timed   = scale{"ms": 1, "s": 1e3, "sec": 1e3, "min": 6e4, "us": 1e-3, "µs": 1e-3, "毫秒": 1, "秒": 1e3}
	watts   = scale{"w": 1, "kw": 1e3, "mw": 1e6, "k": 1e3, "m": 1e6, "瓦": 1, "千瓦": 1e3, "兆瓦": 1e6}
	rated   = scale{"/s": 1, "/min": 1. / 60, "/h": 1. / 3600, "req/s": 1, "qps": 1, "rps": 1, "k": 1e3, "请求/秒": 1}
	shared  = scale{"%": 0.01, "％": 0.01}
	sized   = scale{"g": 1, "gb": 1, "gib": 1, "m": 1. / 1024, "mb": 1. / 1024, "mib": 1. / 1024, "t": 1024, "tb": 1024,
		"tib": 1024}
)

// plain writes "3.5k", "2 s" or "50%" as the number that it means; a text of another kind stays as it is.
func (s scale) plain(text string) string {
	text = strings.TrimSpace(text)
	at := strings.LastIndexFunc(text, func(r rune) bool { return '0' <= r && r <= '9' || r == '.' }) + 1
	by, ok := s[strings.ToLower(strings.TrimSpace(text[at:]))]
	x, err := strconv.ParseFloat(text[:at], 64)
	if !ok || err != nil || strings.ContainsAny(text[:at], "xX_pPeE") {
		return text
	}
	return strconv.FormatFloat(rounded(x*by), 'f', -1, 64)
}

// rounded takes off what a product of two decimals has beyond twelve digits: 1.1k is 1100 and 7% is 0.07.
func rounded(x float64) float64 {
	y, err := strconv.ParseFloat(strconv.FormatFloat(x, 'g', 12, 64), 64)
	if err != nil {
		return x
	}
	return y
}

// word takes one text as it stands.
func word(example string) parser {
	return func(text string) (Value, *Problem) {
		text = strings.TrimSpace(text)
		if text == "" {
			return Value{}, problem("empty", example)
		}
		return Value{Words: []string{text}}, nil
	}
}

// optionalWord also takes "none".
func optionalWord(example string) parser {
	return func(text string) (Value, *Problem) {
		if none(text) {
			return Value{}, nil
		}
		return word(example)(text)
	}
}

// wordList takes any number of words, one or more.
func wordList(example string) parser {
	return func(text string) (Value, *Problem) {
		ws, p := Words(text)
		if p != nil {
			return Value{}, p
		}
		if len(ws) == 0 {
			return Value{}, problem("empty", example)
		}
		return Value{Words: ws}, nil
	}
}

// number takes a finite number that ok admits; key is the message where it does not.
func number(in scale, ok func(float64) bool, key, example string) parser {
	return func(text string) (Value, *Problem) {
		x, p := finite(in.plain(text), example)
		if p == nil && !ok(x) {
			p = problem(key, example)
		}
		return Value{Floats: []float64{x}}, p
	}
}

func finite(text, example string) (float64, *Problem) {
	if text == "" {
		return 0, problem("empty", example)
	}
	x, err := strconv.ParseFloat(text, 64)
	switch {
	case math.IsInf(x, 0) || math.IsNaN(x):
		return 0, problem("not-finite", example)
	case err != nil || strings.ContainsAny(text, "xX_pP"):
		return 0, problem("not-number", example)
	}
	return x, nil
}

// goodput is a share of requests above 0, or none.
func goodput(text string) (Value, *Problem) {
	if none(text) {
		return Value{}, nil
	}
	return number(shared, func(x float64) bool { return x > 0 && x <= 1 }, "share", "0.95")(text)
}

// limit is a latency in ms above 0, with the statistic that it binds before it ("p99=2000"), or none. Words hold a
// statistic other than the mean.
func limit(example string) parser {
	positive := number(timed, func(x float64) bool { return x > 0 }, "above-zero", example)
	return func(text string) (Value, *Problem) {
		if none(text) {
			return Value{}, nil
		}
		stat, rest, err := plan.SplitLimit(text)
		if err != nil {
			return Value{}, problem("statistic", strings.Join(plan.Percentiles(), ", "), "p99="+example)
		}
		v, p := positive(rest)
		if p != nil && p.Key == "issue.not-finite" {
			p = problem("limit-finite")
		}
		if stat != plan.Mean && p == nil {
			v.Words = []string{stat.String()}
		}
		return v, p
	}
}

// none reads the words for "no value"; an empty text is one of them, since a user may pass over an optional question.
func none(text string) bool {
	switch fold(text) {
	case "", "none", "no", "off", "-", "无", "不":
		return true
	}
	return false
}

// listed are the words of a list; none where the text says that there are none.
func listed(text string) ([]string, *Problem) {
	if none(text) {
		return nil, nil
	}
	return Words(text)
}

// numbers takes one or more rates from 0 to 1.
func rates(example string) parser {
	return func(text string) (Value, *Problem) {
		ws, p := Words(text)
		if p == nil && len(ws) == 0 {
			p = problem("empty", example)
		}
		if p != nil {
			return Value{}, p
		}
		var v Value
		for _, w := range ws {
			x, p := finite(shared.plain(w), example)
			if p != nil {
				return Value{}, p
			}
			if x < 0 || x > 1 {
				return Value{}, problem("unit-interval", example)
			}
			v.Floats = append(v.Floats, x)
		}
		return v, nil
	}
}

func whole(text string, lo, hi int, example string) (int, *Problem) {
	n, err := strconv.Atoi(text)
	switch {
	case text == "":
		return 0, problem("empty", example)
	case err != nil && !strings.ContainsFunc(strings.TrimLeft(text, "+-"),
		func(r rune) bool { return r < '0' || r > '9' }):
		return 0, problem("int-range", strconv.Itoa(lo), strconv.Itoa(hi), example) // digits, but too many of them
	case err != nil:
		return 0, problem("not-int", example)
	case n < lo || n > hi:
		return 0, problem("int-range", strconv.Itoa(lo), strconv.Itoa(hi), example)
	}
	return n, nil
}

// integer takes one whole number from lo to hi.
func integer(lo, hi int, example string) parser {
	return func(text string) (Value, *Problem) {
		n, p := whole(counted.plain(text), lo, hi, example)
		return Value{Ints: []int{n}}, p
	}
}

// divided is off, auto, or attention and expert ranks as M:N.
func divided(text string) (Value, *Problem) {
	switch {
	case none(text):
		return Value{}, nil
	case auto(text):
		return Value{On: true}, nil
	}
	m, n, _ := strings.Cut(text, ":")
	v := Value{On: true, Words: []string{text}}
	for _, side := range []string{m, n} {
		ranks, p := whole(strings.TrimSpace(side), 1, most, "48")
		if p != nil {
			return Value{}, problem("division", "48:16")
		}
		v.Ints = append(v.Ints, ranks)
	}
	return v, nil
}

// optionalNumber also takes "none", as no value.
func optionalNumber(in scale, ok func(float64) bool, key, example string) parser {
	one := number(in, ok, key, example)
	return func(text string) (Value, *Problem) {
		if none(text) {
			return Value{}, nil
		}
		return one(text)
	}
}

// optionalInteger also takes "none", as 0 values.
func optionalInteger(lo, hi int, example string) parser {
	one := integer(lo, hi, example)
	return func(text string) (Value, *Problem) {
		if none(text) {
			return Value{}, nil
		}
		return one(text)
	}
}

// integers takes one or more whole numbers, dropping repeated ones.
func integers(lo, hi int, example string) parser {
	return func(text string) (Value, *Problem) {
		ws, p := Words(text)
		if p == nil && len(ws) == 0 {
			p = problem("empty", example)
		}
		if p != nil {
			return Value{}, p
		}
		var v Value
		seen := map[int]bool{}
		for _, w := range ws {
			n, p := whole(w, lo, hi, example)
			if p != nil {
				return Value{}, p
			}
			if !seen[n] {
				seen[n] = true
				v.Ints = append(v.Ints, n)
			}
		}
		return v, nil
	}
}

// sizes is a dimension of the search: off, auto (the default range), or sizes.
func sizes(example string) parser { return sizesFrom(1, example) }

// sizesFrom is sizes of at least least.
func sizesFrom(least int, example string) parser {
	list := integers(least, most, example)
	return func(text string) (Value, *Problem) {
		switch {
		case none(text):
			return Value{}, nil
		case auto(text):
			return Value{On: true}, nil
		}
		v, p := list(text)
		if p != nil && p.Key == "issue.not-int" {
			p = problem("size-words", example)
		}
		v.On = true
		return v, p
	}
}

func auto(text string) bool {
	switch fold(text) {
	case "auto", "all", "search", "yes", "on", "自动":
		return true
	}
	return false
}

// batchRange is [max] or [min max].
func batchRange(text string) (Value, *Problem) {
	if none(text) {
		return Value{}, nil
	}
	ws, p := Words(strings.Trim(strings.TrimSpace(text), "[]"))
	if p != nil {
		return Value{}, p
	}
	if len(ws) > 2 || len(ws) == 0 {
		return Value{}, problem("batch-range")
	}
	v := Value{}
	for _, w := range ws {
		n, p := whole(w, 1, most, "64")
		if p != nil {
			return Value{}, problem("batch-range")
		}
		v.Ints = append(v.Ints, n)
	}
	if len(v.Ints) == 2 && v.Ints[0] > v.Ints[1] {
		return Value{}, problem("batch-order", strconv.Itoa(v.Ints[1])+" "+strconv.Itoa(v.Ints[0]))
	}
	return v, nil
}

// length is a number of tokens, or the path of a length-distribution file.
func length(text string) (Value, *Problem) {
	text = counted.plain(text)
	if !looksNumeric(text) {
		if text == "" {
			return Value{}, problem("empty", "3500")
		}
		return Value{Words: []string{text}}, nil
	}
	return integer(1, most, "3500")(text)
}

// looksNumeric: digits and signs only, so that 0, -5, 1e9 and 3.5 are numbers at fault and not file names.
func looksNumeric(text string) bool {
	if _, err := strconv.ParseFloat(text, 64); err == nil || strings.Contains(err.Error(), "range") {
		return true
	}
	return false
}
