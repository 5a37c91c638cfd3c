package decision

import (
	"fathom/hw/message"
)

// Says is the decision in sentences: for every lever that another wins by, where that is; one sentence where none does.
// label names a knob in the reader's language, who a winner.
func (d *Decision) Says(label func(knob string) message.Message, who func(string) string) (out []message.Message) {
	if d.Now.Winner == "" {
		return []message.Message{message.New("decision.nobody")}
	}
	winner := who(d.Now.Winner)
	for i := range d.Levers {
		l := &d.Levers[i]
		below, above := l.around(d.Now.Winner)
		if below == nil && above == nil {
			continue
		}
		if l.Knob == nil {
			c := below
			key := "decision.short"
			if c == nil {
				c, key = above, "decision.dear"
			}
			out = append(out, message.New(key, winner, c.At, who(d.Now.Rival)))
			continue
		}
		name := label(l.Knob.Name)
		switch {
		case below == nil:
			out = append(out, message.New("decision.unless-from", winner, name, above.At, then(above.Above, who)))
		case above == nil:
			out = append(out, message.New("decision.unless-below", winner, name, below.At, then(below.Below, who)))
		default:
			out = append(out, message.New("decision.between", winner, name, below.At, above.At, then(below.Below, who),
				then(above.Above, who)))
		}
	}
	if len(out) == 0 {
		out = append(out, message.New("decision.firm", winner))
	}
	return out
}

// around are the crossings next to the present value on either side; nil: the winner stays to the end of the range.
func (l *Lever) around(winner string) (below, above *Crossing) {
	for i := range l.Crossings {
		c := &l.Crossings[i]
		switch {
		case c.At <= l.At && c.Above == winner:
			below = c
		case c.At > l.At && c.Below == winner && above == nil:
			above = c
		}
	}
	return below, above
}

// then is who wins beyond a crossing.
func then(winner string, who func(string) string) message.Message {
	if winner == "" {
		return message.New("decision.none")
	}
	return message.New("decision.then", who(winner))
}
