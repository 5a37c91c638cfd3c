package state

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"fathom/hw"
	"fathom/hw/message"
)

// fixed are the actions whose keys scripts and fingers rely on everywhere: they may get more keys, never lose their
// own.
var fixed = []Action{Accept, Back, Interrupt, Help, Quit}

// Rebound is the binding list with other keys for some actions, by their names ("sort-menu"). The named keys take the
// place of the action's own; an empty list leaves it without any. A wish that cannot be met is left out and told in one
// line that names action, key and fix. Where text is typed a printable key stays text, whatever is wished.
func Rebound(base []Binding, wishes map[string][]string) (list []Binding, problems []message.Message) {
	list = slices.Clone(base)
	type wish struct {
		action Action
		keys   []string
	}
	var good []wish
	for _, name := range slices.Sorted(maps.Keys(wishes)) { // the outcome does not depend on the order of a map
		a := ActionNamed(name)
		if a == NoAction {
			if near := hw.Meant(actionNames[1:], name); near != "" {
				problems = append(problems, message.New("settings.action-meant", hw.Clean(name), near))
			} else {
				problems = append(problems, message.New("settings.action", hw.Clean(name)))
			}
			continue
		}
		keys, bad := keyNames(wishes[name])
		if bad != "" {
			problems = append(problems, message.New("settings.key", name, hw.Clean(bad)))
			continue
		}
		good = append(good, wish{a, keys})
	}
	for _, w := range good {
		list = rebind(list, w.action, w.keys)
	}
	// A wish that takes the key of an action that keeps it would hide one of the two for ever: it is undone, the last one
	// first. What it gives back may stand in the way of another wish, so that all are looked at again.
	for i := len(good) - 1; i >= 0; i-- {
		w := good[i]
		if key, other := taken(list, w.action); other != NoAction {
			problems = append(problems, message.New("settings.taken", w.action, keyText(key), other))
			list = restore(list, base, w.action)
			good = slices.Delete(good, i, i+1)
			i = len(good)
		}
	}
	return list, problems
}

// rebind gives an action its keys in every scope that it has, but for the answers of the question whether to leave.
func rebind(list []Binding, a Action, keys []string) []Binding {
	if slices.Contains(fixed, a) {
		for i := range list {
			if b := &list[i]; b.Action == a && b.Group != "leave" {
				own := slices.Clone(b.Keys)
				for _, k := range keys {
					if !slices.Contains(own, k) && (b.Scopes&typing == 0 || !printable(k)) {
						own = append(own, k)
					}
				}
				b.Keys = own
			}
		}
		return list
	}
	var out []Binding
	for _, b := range list {
		if b.Action != a || b.Group == "leave" {
			out = append(out, b)
			continue
		}
		typed, other := b, b
		typed.Scopes, other.Scopes = b.Scopes&typing, b.Scopes&^typing
		typed.Keys = slices.DeleteFunc(slices.Clone(keys), printable)
		if len(typed.Keys) == 0 && len(keys) > 0 {
			typed.Keys = b.Keys // nothing of the wish can be typed there
		}
		other.Keys = keys
		for _, part := range []Binding{other, typed} {
			if part.Scopes != 0 && len(part.Keys) > 0 {
				out = append(out, part)
			}
		}
	}
	return out
}

// restore takes a wish back.
func restore(list, base []Binding, a Action) []Binding {
	out := slices.DeleteFunc(slices.Clone(list), func(b Binding) bool { return b.Action == a })
	for _, b := range base {
		if b.Action == a {
			out = append(out, b)
		}
	}
	return out
}

// taken finds a key of the action that means another one in some scope.
func taken(list []Binding, a Action) (key string, other Action) {
	for i := range list {
		for k := range list {
			x, y := &list[i], &list[k]
			if x.Action != a || y.Action == a || x.Scopes&y.Scopes == 0 {
				continue
			}
			for _, key := range x.Keys {
				if slices.Contains(y.Keys, key) {
					return key, y.Action
				}
			}
		}
	}
	return "", NoAction
}

// special are the keys that have a name, as Bubble Tea calls them.
var special = regexp.MustCompile(`^(?:(?:ctrl|alt|shift)\+)*(?:up|down|left|right|home|end|pgup|pgdown|tab` +
	`|enter|esc|backspace|delete|insert|f[1-9]|f1[0-9]|f20)$|^(?:ctrl|alt|alt\+ctrl)\+\S$|^ctrl\+(?:@|_|\\|\]|\^)$`)

// keyNames reads keys as people write them; bad is the first that is none.
func keyNames(words []string) (keys []string, bad string) {
	for _, w := range words {
		k := strings.TrimSpace(w)
		if utf8.RuneCountInString(k) > 1 {
			k = strings.ReplaceAll(strings.ToLower(k), "shift-", "shift+")
			k = strings.ReplaceAll(strings.ReplaceAll(k, "ctrl-", "ctrl+"), "alt-", "alt+")
		}
		switch {
		case k == "space":
			k = " "
		case k == "ctrl+space":
			k = "ctrl+@"
		}
		if !printable(k) && !special.MatchString(k) || hw.Clean(k) != k && k != " " {
			return nil, w
		}
		if !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
	}
	return keys, ""
}

func keyText(k string) string {
	if k == " " {
		return "space"
	}
	return k
}

// printable tells a key that is a character.
func printable(k string) bool { return utf8.RuneCountInString(k) == 1 }
