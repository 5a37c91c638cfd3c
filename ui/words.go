package ui

import (
	"strings"
	"sync"

	"fathom/state"
	"fathom/ui/text"
)

// actionWords are the names of the actions in every language, in the words of every pane.
var actionWords = sync.OnceValue(func() state.Words {
	words, menus := state.Words{}, map[state.Action]state.Action{} // what stands in a menu is found by its name
	for i := range state.Bindings {
		switch b := &state.Bindings[i]; b.Scopes {
		case state.InCopy:
			menus[b.Action] = state.CopyMenu
		case state.InExport:
			menus[b.Action] = state.ExportMenu
		}
	}
	for a := state.NoAction + 1; a < state.NumActions; a++ {
		var all []string
		for _, lang := range text.Languages {
			c, err := text.Load(lang)
			if err != nil {
				continue
			}
			keys := []string{"action." + a.String(), "hint." + a.String()}
			for _, scope := range []string{"text", "choice", "confirm", "running", "failed", "table", "detail", "menu"} {
				keys = append(keys, "action_in."+scope+"."+a.String())
			}
			for _, key := range keys {
				if c.Has(key) {
					all = append(all, c.T(key))
				}
			}
			if menu, ok := menus[a]; ok {
				all = append(all, c.T("action."+menu.String()))
			}
		}
		words[a] = strings.Join(all, " ")
	}
	return words
})
