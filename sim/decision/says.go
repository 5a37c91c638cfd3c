package decision

import (
	"fathom/hw/message"
)

// Says is the decision in sentences: how far ahead the winner is and whether that is shown, for every lever that
// another wins by where that is, and one sentence where none does. label names a knob in the reader's language, who a
// winner.
func (d *Decision) Says(label func(knob string) message.Message, who func(string) string) (out []message.Message) {
	if d.Now.Winner == "" {
		if !d.Now.Why.IsZero() {
			return []message.Message{message.New("decision.nobody-why", d.Now.Why)}
		}
		return []message.Message{message.New("decision.nobody")}
	}
	name := func(winner string) any { return d.Name(winner, who) }
	winner := name(d.Now.Winner)
	for i := range d.Levers {
		l := &d.Levers[i]
		below, above := l.around(d.Now.Winner)
		switch {
		case l.Knob == nil:
			c, key := below, "decision.short"
			if c == nil {
				c, key = above, "decision.dear"
			}
			if c != nil {
				out = append(out, message.New(key, winner, c.At, name(d.Now.Rival)))
			}
		case !l.covers():
			out = append(out, d.parts(l, label(l.Knob.Name), name)...)
		case below == nil && above == nil:
		case below == nil:
			out = append(out, message.New("decision.unless-from", winner, label(l.Knob.Name), above.At,
				l.until(above, then(above.Above, above.Why, name))))
		case above == nil:
			out = append(out, message.New("decision.unless-below", winner, label(l.Knob.Name), below.At,
				l.until(below, then(below.Below, below.Why, name))))
		default:
			out = append(out, message.New("decision.between", winner, label(l.Knob.Name), below.At, above.At,
				l.until(below, then(below.Below, below.Why, name)), l.until(above, then(above.Above, above.Why, name))))
		}
	}
	if len(out) == 0 && len(d.Levers) > 0 {
		out = append(out, message.New("decision.firm", winner, d.closest(label, name)))
	}
	return append(d.ahead(name), out...)
}

// covers reports whether the present value lies in the range, so that the winner of today is the one there.
func (l *Lever) covers() bool { return l.At >= l.From && l.At <= l.To }

// parts are the parts of a range beside the present value that the winner of today does not win.
func (d *Decision) parts(l *Lever, knob message.Message, name func(string) any) (out []message.Message) {
	from, winner, why := l.From, l.Low.Winner, l.Low.Why
	for i := 0; i <= len(l.Crossings); i++ {
		to := l.To
		if i < len(l.Crossings) {
			to = l.Crossings[i].At
		}
		if winner != d.Now.Winner {
			out = append(out, message.New("decision.within", knob, from, to, then(winner, why, name)))
		}
		if i < len(l.Crossings) {
			from, winner, why = to, l.Crossings[i].Above, l.Crossings[i].Why
		}
	}
	return out
}

// closest is where in all ranges the winner is least ahead; nothing where nothing else is in.
func (d *Decision) closest(label func(string) message.Message, name func(string) any) message.Message {
	var least *Lever
	for i := range d.Levers {
		l := &d.Levers[i]
		if l.Knob != nil && l.Close.Rival != "" && (least == nil || l.Close.lead() < least.Close.lead()) {
			least = l
		}
	}
	if least == nil {
		return message.Literal("")
	}
	return message.New("decision.closest", 100*least.Close.lead(), name(least.Close.Rival), label(least.Knob.Name),
		least.CloseAt)
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

// until says of what is beyond a crossing where it ends, if that is within the range: the winner changes again there,
// and may be the one of today.
func (l *Lever) until(c *Crossing, then message.Message) message.Message {
	for i := range l.Crossings {
		switch {
		case &l.Crossings[i] != c:
		case c.At <= l.At && i > 0:
			return message.New("decision.down", then, l.Crossings[i-1].At)
		case c.At > l.At && i+1 < len(l.Crossings):
			return message.New("decision.up", then, l.Crossings[i+1].At)
		}
	}
	return then
}

// then is who wins beyond a crossing, or why there is no plan.
func then(winner string, why message.Message, name func(string) any) message.Message {
	switch {
	case winner != "":
		return message.New("decision.then", name(winner))
	case why.IsZero():
		return message.New("decision.none")
	}
	return message.New("decision.no-plan", why)
}
