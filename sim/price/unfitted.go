package price

import (
	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/plan"
)

// Unfitted says why no fit stands behind the figures of a serving engine on a profile; nothing where one does.
func Unfitted(p *hw.Profile, s plan.Serving) message.Message {
	c, name := p.Calibrated, s.On(p).String()
	switch {
	case c == nil:
		return message.New("note.unfitted", p.Name)
	case c.Engine(name) != nil:
		return message.Message{}
	}
	var names []string
	for i := range c.Engines {
		names = append(names, c.Engines[i].Name)
	}
	return message.New("note.unknown", p.Name, name, names)
}
