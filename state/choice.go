package state

import (
	"slices"

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
