package state

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func keysIn(list []Binding, a Action, s Scope) (keys []string) {
	for _, b := range list {
		if b.Action == a && b.Scopes&s != 0 {
			keys = append(keys, b.Keys...)
		}
	}
	return keys
}

func TestReboundKeys(t *testing.T) {
	list, problems := Rebound(Bindings, map[string][]string{"sort-menu": {"o", "ctrl+o"}, "pin": {"F7"},
		"mark": {"space", "i"}, "save-plan": {"W", "ctrl+g"}, "exhaustive": {}})
	if len(problems) != 0 {
		t.Fatal(problems)
	}
	for _, c := range []struct {
		action Action
		scope  Scope
		want   string
	}{
		{SortMenu, InTable, "o ctrl+o"}, {Pin, InTable, "f7"}, {Mark, InTable, "  i"}, {Exhaustive, InTable, ""},
		{SavePlan, InConfirm, "W ctrl+g"}, {SavePlan, InText, "ctrl+g"}, // a letter is text where text is typed
		{Quit, InTable, "q"},
	} {
		if got := strings.Join(keysIn(list, c.action, c.scope), " "); got != c.want {
			t.Errorf("%s: %q, want %q", c.action, got, c.want)
		}
	}
	if keysIn(Bindings, Pin, InTable)[0] != "P" {
		t.Error("the list itself has changed")
	}
}

func TestReboundKeysOfTheContractStay(t *testing.T) {
	list, problems := Rebound(Bindings, map[string][]string{"quit": {"ctrl+q"}, "interrupt": {}, "accept": {"f8"}})
	if len(problems) != 0 {
		t.Fatal(problems)
	}
	for a, want := range map[Action]string{Quit: "q ctrl+q", Interrupt: "ctrl+c", Accept: "enter f8"} {
		if got := strings.Join(keysIn(list, a, InTable), " "); got != want {
			t.Errorf("%s: %q, want %q", a, got, want)
		}
	}
}

func TestKeysThatCannotBeGiven(t *testing.T) {
	for name, c := range map[string]struct{ key, want string }{
		"sortmenu":  {"o", "keys.sortmenu: is no action; did you mean sort-menu?"},
		"pin":       {"hyper+x", `keys.pin "hyper+x": is no key; use a letter`},
		"sort-menu": {"q", `keys.sort-menu "q": means quit already`},
		"name":      {"\x1b[A", "is no key"},
	} {
		list, problems := Rebound(Bindings, map[string][]string{name: {c.key}})
		if len(problems) != 1 || !strings.Contains(problems[0].String(), c.want) {
			t.Errorf("%s: %q", name, problems)
		}
		if got := keysIn(list, SortMenu, InTable); !slices.Equal(got, []string{"s"}) {
			t.Errorf("%s: the wish was not undone: %v", name, got)
		}
	}
	// Two actions may change places.
	if list, problems := Rebound(Bindings, map[string][]string{"pin": {"N"}, "name": {"P"}}); len(problems) != 0 ||
		keysIn(list, Pin, InTable)[0] != "N" {
		t.Error(problems)
	}
}

// Whatever is wished, no key means two things in a scope, no letter is bound where text is typed, and the contract's
// keys stay.
func TestReboundIsUnambiguous(t *testing.T) {
	pool := []string{"a", "q", "s", "X", "space", "ctrl+c", "ctrl+x", "f7", "enter", "up", "?", "é", "nonsense"}
	rapid.Check(t, func(t *rapid.T) {
		wishes := rapid.MapOfN(rapid.SampledFrom(actionNames[:]), rapid.SliceOfN(rapid.SampledFrom(pool), 0, 3), 0, 6).Draw(t,
			"wishes")
		list, _ := Rebound(Bindings, wishes)
		for scope := Scope(1); scope < endOfScopes; scope <<= 1 {
			seen := map[string]Action{}
			for _, b := range list {
				if b.Scopes&scope == 0 {
					continue
				}
				for _, k := range b.Keys {
					if other, ok := seen[k]; ok && other != b.Action {
						t.Fatalf("%v: %s means %s and %s", wishes, k, other, b.Action)
					}
					if seen[k] = b.Action; scope.Typing() && printable(k) {
						t.Fatalf("%v: %s where text is typed", wishes, k)
					}
				}
			}
		}
		for _, a := range fixed {
			for _, b := range Bindings {
				for _, k := range b.Keys {
					if b.Action == a && !slices.Contains(keysIn(list, a, b.Scopes), k) {
						t.Fatalf("%v: %s lost %s", wishes, a, k)
					}
				}
			}
		}
	})
}
