package text

import (
	"strings"

	"fathom/state"
)

// KeyName is how a key is written for people.
func KeyName(k string) string {
	switch k {
	case " ":
		return "space"
	case "ctrl+@":
		return "ctrl+space"
	case "pgup":
		return "PgUp"
	case "pgdown":
		return "PgDn"
	}
	if len(k) >= 2 && k[0] == 'f' && strings.Trim(k[1:], "0123456789") == "" {
		return "F" + k[1:]
	}
	return strings.ReplaceAll(k, "shift+", "shift-")
}

// Key is the key of an action as texts name it, by its first binding; of an action that has lost its keys, the way to
// it through the palette.
func Key(a state.Action) string {
	for i := range state.Bindings {
		if b := &state.Bindings[i]; b.Action == a && len(b.Keys) > 0 {
			return KeyName(b.Keys[0])
		}
	}
	if a == state.Palette {
		return a.String()
	}
	return Key(state.Palette) + " " + a.String()
}

// expand writes the key that an action has now for each {@action} of a text. What stands in [[ ]] is only about a key:
// it is left out where that key does nothing.
func expand(s string, mute bool) string {
	if !strings.Contains(s, "{@") {
		return s
	}
	var b strings.Builder
	for rest := s; rest != ""; {
		i := strings.IndexAny(rest, "[{]")
		if i < 0 {
			b.WriteString(rest)
			break
		}
		b.WriteString(rest[:i])
		rest = rest[i:]
		end := strings.IndexByte(rest, '}')
		switch {
		case strings.HasPrefix(rest, "[["):
			if stop := strings.Index(rest, "]]"); mute && stop > 0 {
				rest = rest[stop:]
			} else {
				rest = rest[2:]
			}
		case strings.HasPrefix(rest, "]]"):
			rest = rest[2:]
		case strings.HasPrefix(rest, "{@") && end > 0 && state.ActionNamed(rest[2:end]) != state.NoAction:
			b.WriteString(Key(state.ActionNamed(rest[2:end])))
			rest = rest[end+1:]
		default:
			b.WriteByte(rest[0])
			rest = rest[1:]
		}
	}
	return b.String()
}
