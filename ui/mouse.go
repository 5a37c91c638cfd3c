package ui

import (
	"fathom/state"

	tea "github.com/charmbracelet/bubbletea"
)

// wheelLines is how far one notch of the wheel goes.
const wheelLines = 3

// onMouse turns a click or the wheel into an events, by the zones of the frame that the user saw.
func (p *program) onMouse(m tea.MouseMsg) []state.Event {
	switch {
	case m.Button == tea.MouseButtonWheelUp:
		return []state.Event{state.Scroll{Lines: -wheelLines}}
	case m.Button == tea.MouseButtonWheelDown:
		return []state.Event{state.Scroll{Lines: wheelLines}}
	case m.Action != tea.MouseActionPress || m.Button != tea.MouseButtonLeft:
		return nil
	}
	for i := len(p.zones) - 1; i >= 0; i-- {
		if z := &p.zones[i]; z.Contains(m.X, m.Y) {
			return p.goesThere([]state.Event{state.Click{Target: z.Target}}, z.Target.Kind == state.TargetDetail)
		}
	}
	return nil
}
