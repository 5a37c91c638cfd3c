package calibrate

import (
	"fmt"
	"slices"
	"strings"

	"fathom/hw"
	"fathom/sim/score"
)

// LeftOut counts the runs that a fit does not use for one reason, and names the first of them where they are wrong.
type LeftOut struct {
	Reason string   `json:"reason"`
	Runs   int      `json:"runs"`
	First  []string `json:"first,omitempty"` // line, field, value, and what would be right
}

// Reasons for which runs teach nothing.
const (
	faulty        = "faulty"
	impossible    = "faster than the device can be"
	suspect       = "marked suspect"
	disaggregated = "disaggregated"
	speculative   = "guess ahead with unknown success"
	unpredicted   = "cannot be predicted"
)

// leftOut collects them in the order of the reasons above.
type leftOut []LeftOut

func (l *leftOut) add(reason, first string) {
	i := slices.IndexFunc(*l, func(o LeftOut) bool { return o.Reason == reason })
	if i < 0 {
		*l = append(*l, LeftOut{Reason: reason})
		order := []string{faulty, impossible, suspect, disaggregated, speculative, unpredicted}
		slices.SortFunc(*l, func(a, b LeftOut) int { return slices.Index(order, a.Reason) - slices.Index(order, b.Reason) })
		i = slices.IndexFunc(*l, func(o LeftOut) bool { return o.Reason == reason })
	}
	o := &(*l)[i]
	o.Runs++
	const named = 3
	if first != "" && len(o.First) < named {
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

// String is a line: the count, the reason, and the first runs.
func (o LeftOut) String() string {
	text := fmt.Sprintf("%d %s", o.Runs, o.Reason)
	if len(o.First) > 0 {
		text += ": " + strings.Join(o.First, "; ")
		if more := o.Runs - len(o.First); more > 0 {
			text += fmt.Sprintf("; and %d more", more)
		}
	}
	return text
}

func (l leftOut) String() string {
	var lines []string
	for _, o := range l {
		lines = append(lines, o.String())
	}
	return strings.Join(lines, ". ")
}

// where names a row in messages.
func where(r *score.Row) string {
	line := fmt.Sprintf("line %d", r.Line)
	if r.ID == "" || r.ID == line {
		return line
	}
	return fmt.Sprintf("%s (%s)", line, hw.Clean(r.ID))
}

// usable keeps the rows that a fit can learn from, and counts the others.
func usable(rows []score.Row) ([]score.Row, leftOut) {
	var out []score.Row
	var left leftOut
	for i := range rows {
		switch r := &rows[i]; {
		case r.Fault != "":
			left.add(faulty, where(r)+": "+r.Fault)
		case r.Suspect != "":
			left.add(suspect, "")
		case r.Disaggregated:
			left.add(disaggregated, "")
		case r.Speculative:
			left.add(speculative, "")
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
		if why := tooFast(&rows[i], o); why != "" {
			left.add(impossible, where(&rows[i])+": "+why)
			continue
		}
		out = append(out, rows[i])
	}
	if fast := left.of(impossible); 2*fast.Runs > len(rows) {
		return nil, refuse("%d of %d runs are faster than the device can be: %s", fast.Runs, len(rows),
			strings.Join(fast.First, "; "))
	}
	return out, nil
}
