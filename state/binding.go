package state

import "slices"

// Binding is one action with the keys that mean it. The one list of them makes the key map, the footer, the help
// overlay and the README's table.
type Binding struct {
	Action Action
	Keys   []string // in Bubble Tea's names
	Scopes Scope
	Group  string // of the help overlay: text "help.<group>"
	Footer int    // place in the footer, 1 first; 0: not there
	// Off says why the action does nothing now (a text key), "" where it works; nil: always works.
	Off func(*Model) string
}

// Text is the action's text key; some read differently in some scopes: ui looks for Text + "." + ScopeName first.
func (b *Binding) Text() string { return "action." + b.Action.String() }

// Bound is a binding as it stands now.
type Bound struct {
	*Binding
	Reason string // text key, "" where the action works
}

// Lookup gives the action of a key in the present situation. A disabled action is found too, with its reason.
func (m *Model) Lookup(key string) (Bound, bool) {
	s := m.Scope()
	for i := range Bindings {
		b := &Bindings[i]
		if b.Scopes&s != 0 && slices.Contains(b.Keys, key) {
			return m.bound(b), true
		}
	}
	return Bound{}, false
}

// KeysOf are the keys of an action in the present situation, nil where it has none.
func (m *Model) KeysOf(a Action) []string {
	s := m.Scope()
	for i := range Bindings {
		if b := &Bindings[i]; b.Action == a && b.Scopes&s != 0 {
			return b.Keys
		}
	}
	return nil
}

// Bound lists what can be pressed in a scope, in the list's order.
func (m *Model) Bound(s Scope) []Bound {
	var out []Bound
	for i := range Bindings {
		if Bindings[i].Scopes&s != 0 {
			out = append(out, m.bound(&Bindings[i]))
		}
	}
	return out
}

// Footer lists the most useful bindings of the present situation that work now, most useful first.
func (m *Model) Footer() []Bound {
	out := slices.DeleteFunc(m.Bound(m.Scope()), func(b Bound) bool { return b.Footer == 0 || b.Reason != "" })
	slices.SortStableFunc(out, func(a, b Bound) int { return a.Footer - b.Footer })
	return out
}

func (m *Model) bound(b *Binding) Bound {
	out := Bound{Binding: b}
	if b.Off != nil {
		out.Reason = b.Off(m)
	}
	return out
}
