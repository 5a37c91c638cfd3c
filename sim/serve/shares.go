package serve

import (
	"fathom/sim/pass"
	"fathom/sim/report"
)

// mix averages the breakdowns of several forwards. Each counts by how often it runs, whatever its length, because the
// reference tool averages normalised breakdowns (search-and-serving 4).
type mix struct {
	sum    report.Shares
	weight float64
}

func (m *mix) add(r *pass.Result, times int) {
	w := float64(times)
	total := r.Bound.Mem + r.Bound.Comm + r.Bound.Cube + r.Bound.Vec
	if total > 0 {
		k := w / total
		m.sum.Mem += k * r.Bound.Mem
		m.sum.Comm += k * r.Bound.Comm
		m.sum.Cube += k * r.Bound.Cube
		m.sum.Vec += k * r.Bound.Vec
	}
	if r.Seconds > 0 {
		m.sum.Static += w * r.Bound.Static / r.Seconds
	}
	m.weight += w
}

// join adds another mix so many times.
func (m *mix) join(o mix, times float64) {
	m.sum.Mem += times * o.sum.Mem
	m.sum.Comm += times * o.sum.Comm
	m.sum.Cube += times * o.sum.Cube
	m.sum.Vec += times * o.sum.Vec
	m.sum.Static += times * o.sum.Static
	m.weight += times * o.weight
}

// repeat adds what came since an earlier state so many times more.
func (m *mix) repeat(since mix, times float64) {
	m.sum.Mem += times * (m.sum.Mem - since.sum.Mem)
	m.sum.Comm += times * (m.sum.Comm - since.sum.Comm)
	m.sum.Cube += times * (m.sum.Cube - since.sum.Cube)
	m.sum.Vec += times * (m.sum.Vec - since.sum.Vec)
	m.sum.Static += times * (m.sum.Static - since.sum.Static)
	m.weight += times * (m.weight - since.weight)
}

func (m *mix) shares() report.Shares {
	if m.weight == 0 {
		return report.Shares{}
	}
	k := 1 / m.weight
	return report.Shares{Mem: k * m.sum.Mem, Comm: k * m.sum.Comm, Cube: k * m.sum.Cube, Vec: k * m.sum.Vec,
		Static: k * m.sum.Static}
}

// SharesOf is the breakdown of a single forward.
func SharesOf(r pass.Result) report.Shares {
	var m mix
	m.add(&r, 1)
	return m.shares()
}
