package field

import (
	"strings"

	"fathom/hw"
)

// onOff is a switch.
func onOff(text string) (Value, *Problem) {
	switch fold(text) {
	case "on", "yes", "y", "true", "1", "enable", "enabled", "是", "开":
		return Value{On: true}, nil
	case "off", "no", "n", "false", "0", "none", "disable", "disabled", "否", "关":
		return Value{}, nil
	case "":
		return Value{}, problem("empty", "on")
	}
	return Value{}, problem("on-off")
}

// fold compares words the way the reference tool compares enums: case, "_" and "-" do not matter.
func fold(text string) string { return dashes.Replace(strings.ToLower(strings.TrimSpace(text))) }

var dashes = strings.NewReplacer("_", "-", " ", "-")

// pick finds the choice that a word means.
func pick(choices []Choice, text string) (string, bool) {
	t := fold(text)
	for _, c := range choices {
		if fold(c.Value) == t {
			return c.Value, true
		}
		for _, w := range c.Words {
			if fold(w) == t {
				return c.Value, true
			}
		}
	}
	return "", false
}

// oneOf takes one word of a closed list.
func oneOf(choices []Choice) parser {
	return func(text string) (Value, *Problem) {
		if strings.TrimSpace(text) == "" {
			return Value{}, problem("empty", choices[0].Value)
		}
		if v, ok := pick(choices, text); ok {
			return Value{Words: []string{v}}, nil
		}
		return Value{}, notIn(choices, text)
	}
}

// someOf takes any number of words of a closed list, dropping repeated ones; none at all is allowed.
func someOf(choices []Choice) parser {
	return func(text string) (Value, *Problem) {
		ws, p := listed(text)
		if p != nil {
			return Value{}, p
		}
		var v Value
		seen := map[string]bool{}
		for _, w := range ws {
			c, ok := pick(choices, w)
			if !ok {
				return Value{}, notIn(choices, w)
			}
			if !seen[c] {
				seen[c] = true
				v.Words = append(v.Words, c)
			}
		}
		return v, nil
	}
}

// optionalOneOf also takes "none".
func optionalOneOf(choices []Choice) parser {
	one := oneOf(choices)
	return func(text string) (Value, *Problem) {
		if none(text) {
			return Value{}, nil
		}
		return one(text)
	}
}

func notIn(choices []Choice, text string) *Problem {
	names := make([]string, len(choices))
	for i, c := range choices {
		names[i] = c.Value
	}
	near := hw.Meant(names, text)
	if len(names) < 5 || near == "" {
		return problem("choice", strings.Join(names, ", "))
	}
	return problem("choice-near", strings.Join(names, ", "), near)
}
