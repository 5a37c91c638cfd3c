package ui

import (
	"testing"

	"fathom/state/field"

	tea "github.com/charmbracelet/bubbletea"
)

// Over a slow line several letters arrive as one message. Each is a key of its own, but for text, where they are what
// they spell.
func TestLettersOfOneMessage(t *testing.T) {
	burst := func(s string) tea.KeyMsg { return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(s)} }
	s := open(t, field.Answers{}, nil)
	s.send(burst("jj"))
	if got := s.p.model.Form.Choice; got != 2 {
		t.Errorf("two times down is choice %d", got)
	}
	s.send(burst("kk")).press("enter")
	s.send(burst("up"))
	if name, text, ok := s.p.model.Input(); !ok || text != "up" {
		t.Errorf("typed %q into %s, %v", text, name, ok)
	}
}
