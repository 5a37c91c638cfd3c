package harness

import (
	"math"
	"regexp"
	"strconv"
	"strings"
)

// object is a JSON object. Its getters take several spellings of a key and give the first that is there.
type object map[string]any

// has reports whether all keys are there.
func (o object) has(keys ...string) bool {
	for _, k := range keys {
		if _, ok := o[k]; !ok {
			return false
		}
	}
	return true
}

// in goes down a path of objects; nil where it ends early. A list on the way stands for its first element.
func (o object) in(path ...string) object {
	for _, k := range path {
		v := o[k]
		if list, ok := v.([]any); ok && len(list) > 0 {
			v = list[0]
		}
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		o = m
	}
	return o
}

// number gives a finite number, also one that is written as a text; 0 where there is none.
func (o object) number(keys ...string) float64 {
	for _, k := range keys {
		v := o[k]
		if list, ok := v.([]any); ok && len(list) == 1 {
			v = list[0]
		}
		switch v := v.(type) {
		case float64:
			return v
		case string:
			if f, ok := figure(v); ok {
				return f
			}
		}
	}
	return 0
}

// thousands matches a number whose commas stand between thousands. Elsewhere a comma is a decimal point, which no tool
// writes: "612,2" is no 6122.
var thousands = regexp.MustCompile(`^-?\d{1,3}(,\d{3})+(\.\d*)?$`)

// figure reads a finite number.
func figure(text string) (float64, bool) {
	if text = strings.TrimSpace(text); thousands.MatchString(text) {
		text = strings.ReplaceAll(text, ",", "")
	}
	f, err := strconv.ParseFloat(text, 64)
	return f, err == nil && !math.IsInf(f, 0) && !math.IsNaN(f)
}

// count is a number that counts something.
func (o object) count(keys ...string) int {
	v := o.number(keys...)
	if v < 0 || v > 1<<31 {
		return 0
	}
	return int(math.Round(v))
}

// text gives a text, also the only one of a list.
func (o object) text(keys ...string) string {
	for _, k := range keys {
		v := o[k]
		if list, ok := v.([]any); ok && len(list) == 1 {
			v = list[0]
		}
		if s, ok := v.(string); ok && strings.TrimSpace(s) != "" {
			return strings.TrimSpace(s)
		}
	}
	return ""
}

// yes reads a switch: true, "true", "1".
func (o object) yes(keys ...string) bool {
	for _, k := range keys {
		switch v := o[k].(type) {
		case bool:
			return v
		case string:
			return strings.EqualFold(v, "true") || v == "1"
		}
	}
	return false
}

// flat reads a distribution from keys that hold its name: mean_ttft_ms, median_ttft_ms, p99_ttft_ms. unit is the
// suffix, scale its seconds.
func (o object) flat(name, unit string, scale float64) Latency {
	l := Latency{Mean: o.number("mean_"+name+unit) * scale}
	for k, v := range o {
		rest, ok := strings.CutSuffix(k, "_"+name+unit)
		f, number := v.(float64)
		if !ok || !number {
			continue
		}
		if rest == "median" {
			l.add(50, f*scale)
		} else if at, ok := percent(rest); ok {
			l.add(at, f*scale)
		}
	}
	return l
}

// spread reads a distribution from an object of statistics: mean or avg, median, p50, p99, percentiles {p99}.
func (o object) spread(scale float64) Latency {
	l := Latency{Mean: o.number("mean", "avg", "average") * scale}
	for _, set := range []object{o, o.in("percentiles")} {
		for k, v := range set {
			f, ok := v.(float64)
			if !ok {
				continue
			}
			if k == "median" {
				l.add(50, f*scale)
			} else if at, ok := percent(k); ok {
				l.add(at, f*scale)
			}
		}
	}
	return l
}

// percent reads "p99", "p99.9" and GuideLLM's "p999" and "p001".
func percent(key string) (float64, bool) {
	digits, ok := strings.CutPrefix(strings.ToLower(key), "p")
	if !ok {
		return 0, false
	}
	at, err := strconv.ParseFloat(digits, 64)
	if err != nil {
		return 0, false
	}
	if strings.HasPrefix(digits, "00") {
		at /= 10
	}
	for at > 100 {
		at /= 10
	}
	return at, at > 0 && at < 100
}

// between is the spread of lengths from the shortest and the longest; nil where they are not known.
func between(low, high float64) *float64 {
	if low <= 0 || high < low {
		return nil
	}
	s := 1 - low/high
	return &s
}
