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
	name := func(winner string) any { return d.Name(winner, who) }
	winner := name(d.Now.Winner)
	ahead := d.ahead(name)
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
			out = append(out, message.New(key, winner, c.At, name(d.Now.Rival)))
			continue
		}
		knob := label(l.Knob.Name)
		switch {
		case below == nil:
			out = append(out, message.New("decision.unless-from", winner, knob, above.At, then(above.Above, name)))
		case above == nil:
			out = append(out, message.New("decision.unless-below", winner, knob, below.At, then(below.Below, name)))
		default:
			out = append(out, message.New("decision.between", winner, knob, below.At, above.At, then(below.Below, name),
				then(above.Above, name)))
		}
	}
	if len(out) == 0 {
		out = append(out, message.New("decision.firm", winner))
	}
	return append(ahead, out...)
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
func then(winner string, name func(string) any) message.Message {
	if winner == "" {
		return message.New("decision.none")
	}
	return message.New("decision.then", name(winner))
}
