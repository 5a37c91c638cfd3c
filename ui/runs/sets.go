package runs

import (
	"fathom/sim/chart"
	"fathom/sim/plan"
	"fathom/state"
	"fathom/state/table"
)

// Sets are the runs of the plan's model on its devices as points of a frontier: a set for each device of runs under the
// plan's conditions, and one of all others that says how they differ. left counts runs of other models or devices, and
// those that say too little.
func Sets(name string, list []table.MeasuredRun, q *plan.Request) (sets []chart.Set, left int) {
	left = len(list)
	for _, p := range q.Profiles {
		own := chart.Set{Name: name, Device: p.Name, Phase: plan.PhaseAggregation.String(), Measured: true}
		other, apart := own, state.Apart{}
		for i := range list {
			m := &list[i]
			if m.Device != p.Name || m.TPOT <= 0 || m.Throughput <= 0 || m.Devices <= 0 || q.Model == nil ||
				m.Model != q.Model.Name {
				continue
			}
			left--
			to := &own
			if apart.Add(m, q) {
				to = &other
			}
			to.Points = append(to.Points, chart.Point{X: 1000 / m.TPOT, Y: m.Throughput / float64(m.Devices), Label: m.ID,
				Concurrency: m.Concurrency, OK: true})
		}
		if other.Apart = apart.Says(q); len(own.Points) > 0 {
			sets = append(sets, own)
		}
		if len(other.Points) > 0 {
			sets = append(sets, other)
		}
	}
	return sets, left
}
