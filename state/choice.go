package state

import (
	"slices"
	"strings"

	"fathom/state/field"
)

// closed reports whether a question is answered by choosing from a list instead of typing.
func closed(id field.ID) bool {
	if id >= field.NumIDs {
		return false
	}
	f := &field.Table[id]
	return len(f.Choices) > 0 && (f.Arity == field.One || f.Arity == field.None)
}

// HasChoice reports whether the focused question has a closed list.
func (f *Form) HasChoice() bool { return closed(f.Focus) }

// choiceOf is the index of the choice that a text means, -1 without one.
func choiceOf(id field.ID, text string) int {
	if !closed(id) || text == "" {
		return -1
	}
	f := &field.Table[id]
	v, p := f.Parse(text)
	if p != nil {
		return -1
	}
	return slices.IndexFunc(f.Choices, func(c field.Choice) bool {
		w, p := f.Parse(c.Value)
		return p == nil && slices.Equal(w.Words, v.Words) && w.On == v.On
	})
}

// chosen is the answer that a highlighted choice makes. A value that already stands keeps its source.
func chosen(id field.ID, choice int, old field.Answer) field.Answer {
	f := &field.Table[id]
	if choice < 0 || choice >= len(f.Choices) {
		return old
	}
	if old.Given() && choiceOf(id, old.Text) == choice {
		return old
	}
	a := field.Answer{Text: f.Choices[choice].Value, Source: field.You}
	if recommended(id, a.Text) {
		a.Source = field.Recommended
	}
	return a
}

// recommended are the two values that the form offers as such (product.md 1.1).
func recommended(id field.ID, text string) bool {
	return id == field.Quantization && text == "recommended" || id == field.Compile && text == "on"
}

const mostCompletions = 8

// completions lists names that the last word of a text may become: those that begin with it, then those that hold it.
// The whole new text is given, so that several profiles can be named one after the other.
func completions(id field.ID, text string, c *field.Catalog) []string {
	var names []string
	head, word := "", text
	var could []string            // what the whole text means
	also := map[string][]string{} // other names of a profile
	switch id {
	case field.Model:
		names = c.ModelNames
	case field.Device:
		for _, p := range c.Profiles {
			names = append(names, p.Name)
			also[p.Name] = slices.Concat(p.Aliases, p.Family)
		}
		if could = c.Could(text); slices.Contains(could, text) {
			could = nil
		}
		if i := strings.LastIndexAny(text, " ,"); i >= 0 {
			head, word = text[:i+1], text[i+1:]
		}
	default:
		if f := &field.Table[id]; len(f.Choices) > 0 && !closed(id) {
			for _, choice := range f.Choices {
				names = append(names, choice.Value)
			}
			if i := strings.LastIndexAny(text, " ,"); i >= 0 {
				head, word = text[:i+1], text[i+1:]
			}
		}
	}
	low := strings.ToLower(word)
	var begin, hold, synthetic []string
	given := strings.FieldsFunc(head, func(r rune) bool { return r == ' ' || r == ',' })
	for _, n := range names {
		switch l := strings.ToLower(n); {
		case n == word || slices.Contains(given, n) || slices.Contains(could, n):
		case id == field.Device && strings.HasPrefix(l, "test") && !(word != "" && strings.HasPrefix(l, low)):
			synthetic = append(synthetic, head+n) // nobody plans for it
		case strings.HasPrefix(l, low):
			begin = append(begin, head+n)
		case strings.Contains(l, low), slices.ContainsFunc(also[n], func(s string) bool {
			return strings.HasPrefix(strings.ToLower(s), low)
		}):
			hold = append(hold, head+n)
		}
	}
	out := slices.Concat(could, begin, hold, synthetic)
	return out[:min(len(out), mostCompletions)]
}
