package state

import "fathom/state/field"

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
