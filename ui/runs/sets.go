package runs

import (
	"slices"

	"fathom/hw/message"
	"fathom/sim/chart"
	"fathom/sim/plan"
	"fathom/sim/score"
	"fathom/state"
)

// Sets are the runs of the plan's model on its devices as points of a frontier: a set for each device of runs under the
// plan's conditions, and one of all others that says how they differ. left counts runs of other models or devices, and
// those that say too little.
func Sets(name string, list []state.MeasuredRun, q *plan.Request) (sets []chart.Set, left int) {
	left = len(list)
	for _, p := range q.Profiles {
		own := chart.Set{Name: name, Device: p.Name, Phase: plan.PhaseAggregation.String(), Measured: true}
		other, apart := own, apart{}
		for i := range list {
			m := &list[i]
			if m.Device != p.Name || m.TPOT <= 0 || m.Throughput <= 0 || m.Devices <= 0 || q.Model == nil ||
				m.Model != q.Model.Name {
				continue
			}
			left--
			to := &own
			if apart.add(m, q) {
				to = &other
			}
			to.Points = append(to.Points, chart.Point{X: 1000 / m.TPOT, Y: m.Throughput / float64(m.Devices), Label: m.ID,
				Concurrency: m.Concurrency, OK: true})
		}
		if other.Apart = apart.says(q); len(own.Points) > 0 {
			sets = append(sets, own)
		}
		if len(other.Points) > 0 {
			sets = append(sets, other)
		}
	}
	return sets, left
}

// apart collects in what runs differ from a plan: the values that they have instead.
type apart struct {
	input, output, devices []int
	precision              []string
}

// add notes what of a run differs, and whether anything does. What a run does not say is taken to be as planned.
func (a *apart) add(m *state.MeasuredRun, q *plan.Request) (differs bool) {
	number := func(list *[]int, v int, same bool) {
		if v > 0 && !same {
			differs, *list = true, append(*list, v)
		}
	}
	number(&a.input, m.Input, state.NearLength(m.Input, q.InputLength))
	number(&a.output, m.Output, state.NearLength(m.Output, q.OutputLength))
	number(&a.devices, m.Devices, m.Devices == q.Devices)
	if word := score.PrecisionOf(q.Quant); word != "" && m.Precision != "" && m.Precision != word {
		differs, a.precision = true, append(a.precision, m.Precision)
	}
	return differs
}

// says is how the runs differ; zero: they do not.
func (a *apart) says(q *plan.Request) message.Message {
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
		parts = append(parts, message.New("apart.precision", slices.Compact(a.precision), score.PrecisionOf(q.Quant)))
	}
	if len(parts) == 0 {
		return message.Message{}
	}
	return message.Join(parts)
}
