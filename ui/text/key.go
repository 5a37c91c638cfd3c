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

// expand writes the key that an action has now for each {@action} of a text.
func expand(s string) string {
	for at := 0; ; {
		i := strings.Index(s[at:], "{@")
		if i < 0 {
			return s
		}
		i += at
		j := strings.IndexByte(s[i:], '}')
		if j < 0 {
			return s
		}
		a := state.ActionNamed(s[i+2 : i+j])
		if a == state.NoAction {
			at = i + j
			continue
		}
		key := Key(a)
		s = s[:i] + key + s[i+j+1:]
		at = i + len(key)
	}
}
