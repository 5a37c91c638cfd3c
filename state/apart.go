package state

import (
	"slices"

	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/state/table"
)

// Apart collects in what measured runs differ from a plan: the values that they have instead.
type Apart struct {
	input, output, devices []int
	precision              []string
}

// Add notes what of a run differs, and whether anything does. What a run does not say is taken to be as planned.
func (a *Apart) Add(m *table.MeasuredRun, q *plan.Request) (differs bool) {
	number := func(list *[]int, v int, same bool) {
		if v > 0 && !same {
			differs, *list = true, append(*list, v)
		}
	}
	number(&a.input, m.Input, nearLength(m.Input, q.InputLength))
	number(&a.output, m.Output, nearLength(m.Output, q.OutputLength))
	number(&a.devices, m.Devices, m.Devices == q.Devices)
	if word := q.Quant.Precision(); word != "" && m.Precision != "" && m.Precision != word {
		differs, a.precision = true, append(a.precision, m.Precision)
	}
	return differs
}

// Says is how the runs differ; zero: they do not.
func (a *Apart) Says(q *plan.Request) message.Message {
	var parts []message.Message
	number := func(key string, list []int, planned int) {
		if len(list) == 0 {
			return
		}
		low, high := slices.Min(list), slices.Max(list)
		if low == high {
			parts = append(parts, message.New("apart."+key, low, planned))
			return
		}
		parts = append(parts, message.New("apart."+key, message.New("apart.range", low, high), planned))
	}
	number("input", a.input, q.InputLength)
	number("output", a.output, q.OutputLength)
	number("devices", a.devices, q.Devices)
	if len(a.precision) > 0 {
		slices.Sort(a.precision)
		parts = append(parts, message.New("apart.precision", slices.Compact(a.precision), q.Quant.Precision()))
	}
	if len(parts) == 0 {
		return message.Message{}
	}
	return message.Join(parts)
}
