package ui

import (
	"fathom/state"

	tea "github.com/charmbracelet/bubbletea"
)

// wheelLines is how far one notch of the wheel goes.
const wheelLines = 3

// onMouse turns a click or the wheel into an event, by the zones of the frame that the user saw.
func (p *program) onMouse(m tea.MouseMsg) (state.Event, bool) {
	switch {
	case m.Button == tea.MouseButtonWheelUp:
		return state.Scroll{Lines: -wheelLines}, true
	case m.Button == tea.MouseButtonWheelDown:
		return state.Scroll{Lines: wheelLines}, true
	case m.Action != tea.MouseActionPress || m.Button != tea.MouseButtonLeft:
		return nil, false
	}
	for i := len(p.zones) - 1; i >= 0; i-- {
		if p.zones[i].Contains(m.X, m.Y) {
			return state.Click{Target: p.zones[i].Target}, true
		}
	}
	return nil, false
}
