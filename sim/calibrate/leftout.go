package calibrate

import (
	"fmt"
	"slices"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/score"
)

// LeftOut counts the runs that a fit does not use for one reason, and names the first of them where they are wrong.
type LeftOut struct {
	Reason string            `json:"reason"`
	Runs   int               `json:"runs"`
	First  []message.Message `json:"first,omitempty"` // line, field, value, and what would be right
}

// Reasons for which runs teach nothing.
const (
	faulty        = "faulty"
	impossible    = "faster than the device can be"
	suspect       = "marked suspect"
	verdict       = "cannot be what the file says"
	disaggregated = "disaggregated"
	speculative   = "guess ahead with unknown success"
	unpredicted   = "cannot be predicted"
)

// leftOut collects them in the order of the reasons above.
type leftOut []LeftOut

func (l *leftOut) add(reason string, first message.Message) {
	i := slices.IndexFunc(*l, func(o LeftOut) bool { return o.Reason == reason })
	if i < 0 {
		*l = append(*l, LeftOut{Reason: reason})
		order := []string{faulty, impossible, suspect, verdict, disaggregated, speculative, unpredicted}
		slices.SortFunc(*l, func(a, b LeftOut) int { return slices.Index(order, a.Reason) - slices.Index(order, b.Reason) })
		i = slices.IndexFunc(*l, func(o LeftOut) bool { return o.Reason == reason })
	}
	o := &(*l)[i]
	o.Runs++
	const named = 3
	if !first.IsZero() && len(o.First) < named {
		o.First = append(o.First, first)
	}
}

// of counts one reason.
func (l leftOut) of(reason string) LeftOut {
	for _, o := range l {
		if o.Reason == reason {
			return o
		}
	}
	return LeftOut{Reason: reason}
}

// reasonKeys are the words of the reasons.
var reasonKeys = map[string]string{faulty: "refit.faulty", impossible: "refit.impossible", suspect: "refit.suspect",
	verdict:       "refit.verdict",
	disaggregated: "refit.disaggregated", speculative: "refit.speculative", unpredicted: "refit.unknown"}

// Message is a line: the count, the reason, and the first runs.
func (o LeftOut) Message() message.Message {
	why := message.New(reasonKeys[o.Reason])
	switch more := o.Runs - len(o.First); {
	case len(o.First) == 0:
		return message.New("refit.left", o.Runs, why)
	case more > 0:
		return message.New("refit.left-more", o.Runs, why, listed(o.First), more)
	}
	return message.New("refit.left-first", o.Runs, why, listed(o.First))
}

// listed puts runs one after the other.
func listed(runs []message.Message) (all message.Message) {
	for i, m := range runs {
		if i == 0 {
			all = m
		} else {
			all = message.New("refit.semicolon", all, m)
		}
	}
	return all
}

// Message is all of them.
func (l leftOut) Message() (all message.Message) {
	for i, o := range l {
		if i == 0 {
			all = o.Message()
		} else {
			all = message.New("refit.stop", all, o)
		}
	}
	return all
}

// where names a row in messages.
func where(r *score.Row) message.Message {
	if r.ID == "" || r.ID == fmt.Sprintf("line %d", r.Line) {
		return message.New("refit.line", r.Line)
	}
	return message.New("refit.line-of", r.Line, hw.Clean(r.ID))
}

// usable keeps the rows that a fit can learn from, and counts the others.
func usable(rows []score.Row) ([]score.Row, leftOut) {
	var out []score.Row
	var left leftOut
	for i := range rows {
		switch r := &rows[i]; {
		case !r.Fault.IsZero():
			left.add(faulty, message.New("refit.at", where(r), r.Fault))
		case !r.Verdict.IsZero():
			left.add(verdict, message.New("refit.at", where(r), r.Verdict))
		case r.Suspect != "":
			left.add(suspect, message.Message{})
		case r.Disaggregated:
			left.add(disaggregated, message.Message{})
		case r.Speculative:
			left.add(speculative, message.Message{})
		default:
			out = append(out, *r)
		}
	}
	return out, left
}

// possible keeps the rows that the device's peaks allow, and refuses where those are the lesser part.
func possible(rows []score.Row, o Options, left *leftOut) ([]score.Row, error) {
	var out []score.Row
	for i := range rows {
		if why := tooFast(&rows[i], o); !why.IsZero() {
			left.add(impossible, message.New("refit.at", where(&rows[i]), why))
			continue
		}
		out = append(out, rows[i])
	}
	if fast := left.of(impossible); 2*fast.Runs > len(rows) {
		return nil, refuse(message.New("refit.too-fast", fast.Runs, len(rows), listed(fast.First)))
	}
	return out, nil
}
