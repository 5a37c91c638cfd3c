package ui

import (
	"strings"
	"testing"

	"fathom/state"
)

// What stands in a menu is found by the name of the menu, in either language.
func TestMenuItemsAreFoundByTheirMenu(t *testing.T) {
	words := actionWords()
	for a, want := range map[state.Action][]string{state.ExportJSON: {"导出", "xport"}, state.CopyLaunch: {"复制", "opy"},
		state.ExportCompose: {"导出"}} {
		for _, w := range want {
			if !strings.Contains(words[a], w) {
				t.Errorf("%s is not found by %q: %s", a, w, words[a])
			}
		}
	}
}
