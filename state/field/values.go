package field

import (
	"slices"
	"strings"
)

// FromValues reads answers by TOML key, as the columns of a cases file give them; several values of one cell are
// separated by semicolons. Keys must be those of Columns.
func FromValues(values map[string]string, source Source, from string) Parsed {
	var p Parsed
	keys := make([]string, 0, len(values))
	for k := range values {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, key := range keys {
		f, ok := Lookup(key)
		if !ok {
			p.fail(key, "", "unknown-key", "1", nearestKey(key))
			continue
		}
		words := strings.FieldsFunc(Clean(values[key]), func(r rune) bool { return r == ';' })
		for i := range words {
			words[i] = strings.TrimSpace(words[i])
		}
		text := f.text(words)
		if len(words) == 1 {
			text = words[0] // also "1 2 4", as a person types it
		}
		p.Answers[f.ID] = Answer{text, source, from}
	}
	p.Answers = Derive(p.Answers)
	return p
}

// Columns names the inputs that a cases file may hold: the deployment mode and every flag of a plan.
func Columns() []string {
	out := []string{Model.String(), Mode.String()}
	for i := range Table {
		f := &Table[i]
		switch f.Group {
		case GroupOutput, GroupScreen, GroupEngine:
			continue
		}
		if f.Flag != "" && f.ID != Model && !f.Unbuilt {
			out = append(out, f.Name)
		}
	}
	return out
}

// Number is the one number that a text means in the unit of its question: "3.5k" tokens are 3500.
func Number(id ID, text string) (float64, bool) {
	v, p := Table[id].Parse(text)
	switch {
	case p != nil || len(v.Words) > 0:
		return 0, false
	case len(v.Ints) == 1:
		return float64(v.Ints[0]), true
	case len(v.Floats) == 1:
		return v.Floats[0], true
	}
	return 0, false
}
