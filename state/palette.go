package state

import (
	"slices"
	"strings"

	"fathom/state/pick"
)

// Words are what an action is called on screen, in every language at once, for finding it by name. ui knows them.
type Words map[Action]string

// elsewhere says where an action works that does not work here: a text key.
func elsewhere(s Scope) string {
	for _, place := range []struct {
		in  Scope
		key string
	}{{inResults, "off.in-results"}, {inForm, "off.in-form"}, {InConfirm, "off.in-confirm"}, {InRunning, "off.in-run"},
		{InFailed, "off.in-failed"}, {InLibrary, "off.in-library"}, {InSweep, "off.in-sweep"}, {InPresent, "off.in-present"},
		{InCompare, "off.in-compare"}, {InDecision, "off.in-decision"}, {InCopy, "off.in-copy"},
		{InExport, "off.in-export"}} {
		if s&place.in != 0 {
			return place.key
		}
	}
	return "off.in-menu"
}

// offered reports whether an action takes something away, which its menu offers and the palette does too.
func offered(a Action) bool {
	_, copies := copyKinds[a]
	return copies || a >= ExportJSON && a <= ExportCompose
}

// openPalette lists every action by name: what works here first, then the others with where they work.
func (u *update) openPalette() {
	over := u.Scope()
	u.cover(Overlay{Kind: PaletteOverlay, Over: over})
	u.refreshPalette()
}

// refreshPalette leaves the actions whose names hold every word typed.
func (u *update) refreshPalette() {
	o := &u.Overlay
	var here, off []MenuItem
	var seen [NumActions]bool
	add := func(b *Binding, why string) {
		if seen[b.Action] || b.Group == "moving" || b.Group == "leave" || b.Action == Palette {
			return
		}
		if b.Off != nil && why == "" {
			why = b.Off(&u.Model)
		}
		item := MenuItem{Action: b.Action, Text: b.Text(), Disabled: why}
		if seen[b.Action] = why == ""; why == "" {
			here = append(here, item)
		} else {
			off = slices.DeleteFunc(off, func(i MenuItem) bool { return i.Action == b.Action })
			off = append(off, item)
		}
	}
	for i := range Bindings {
		b := &Bindings[i]
		switch {
		case b.Scopes&o.Over != 0 || offered(b.Action) && o.Over&inResults != 0:
			add(b, "")
		case !slices.ContainsFunc(off, func(i MenuItem) bool { return i.Action == b.Action }):
			add(b, elsewhere(b.Scopes))
		}
	}
	off = slices.DeleteFunc(off, func(i MenuItem) bool { return seen[i.Action] })
	all := slices.Concat(here, off)
	names := make([]pick.Item, len(all))
	for i, item := range all {
		names[i] = pick.Item{Value: item.Action.String(), Words: u.Words[item.Action]}
	}
	o.Items = o.Items[:0:0]
	for _, n := range pick.Find(names, o.Text) {
		at := slices.IndexFunc(all, func(i MenuItem) bool { return i.Action.String() == n.Value })
		o.Items = append(o.Items, all[at])
	}
	slices.SortStableFunc(o.Items, func(a, b MenuItem) int { return order(a) - order(b) })
	o.Cursor, o.Top = max(0, min(o.Cursor, len(o.Items)-1)), 0
}

// order puts what works before what does not.
func order(i MenuItem) int {
	if i.Disabled != "" {
		return 1
	}
	return 0
}

// chooseAction carries out an action of the palette as its key would.
func (u *update) chooseAction(a Action) {
	switch kind, copies := copyKinds[a]; {
	case u.Scope()&inResults == 0 || !offered(a):
		u.do(a)
	case copies:
		u.copy(kind, false)
	default:
		u.export(a)
	}
}

// Near lists what an unbound key may have meant: the letter in other case, else what the key means in another place.
func (m *Model) Near(key string) []Near {
	s := m.Scope()
	var out []Near
	flipped := strings.ToUpper(key)
	if flipped == key {
		flipped = strings.ToLower(key)
	}
	if b, ok := m.Lookup(flipped); ok && len(key) == 1 && flipped != key {
		out = append(out, Near{Key: flipped, Action: b.Action})
	}
	list := slices.Clone(Bindings) // what lies over a pane is further away than a pane
	slices.SortStableFunc(list, func(a, b Binding) int {
		return min(1, int(b.Scopes&inPanes)) - min(1, int(a.Scopes&inPanes))
	})
	for i := range list {
		b := &list[i]
		n := Near{Key: key, Action: b.Action, Where: elsewhere(b.Scopes)}
		if b.Scopes&s == 0 && slices.Contains(b.Keys, key) && b.Group != "moving" && b.Group != "leave" && len(out) < 2 &&
			!slices.ContainsFunc(out, func(o Near) bool { return o.Action == n.Action }) {
			out = append(out, n)
		}
	}
	return out
}

// Near is a key with its action; Where says where it works, "" for here.
type Near struct {
	Key    string
	Action Action
	Where  string
}

// strayed says of a key without a use here what is near.
func (u *update) strayed(e Strayed) {
	u.Notice = Notice{Key: "no-key", Pairs: []string{"key", e.Key}, Near: u.Near(e.Key)}
}
