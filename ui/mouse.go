package ui

import (
	"fathom/state"

	tea "github.com/charmbracelet/bubbletea"
)

// wheelLines is how far one notch of the wheel goes.
const wheelLines = 3

// onMouse turns a click or the wheel into an events, by the zones of the frame that the user saw.
func (p *program) onMouse(m tea.MouseMsg) []state.Event {
	over, hit := p.under(m.X, m.Y)
	switch {
	case m.Button == tea.MouseButtonWheelUp:
		return []state.Event{state.Scroll{Lines: -wheelLines, Over: over.Kind}}
	case m.Button == tea.MouseButtonWheelDown:
		return []state.Event{state.Scroll{Lines: wheelLines, Over: over.Kind}}
	case m.Action != tea.MouseActionPress || m.Button != tea.MouseButtonLeft || !hit:
		return nil
	}
	return p.goesThere([]state.Event{state.Click{Target: over}}, over.Kind == state.TargetDetail)
}

// under is the foremost thing at a place of the frame.
func (p *program) under(x, y int) (state.Target, bool) {
	for i := len(p.zones) - 1; i >= 0; i-- {
		if z := &p.zones[i]; z.Contains(x, y) {
			return z.Target, true
		}
	}
	return state.Target{}, false
}
