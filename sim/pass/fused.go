package pass

import (
	"fathom/sim/cost"
	"fathom/sim/op"
)

// reduced is a product whose result is summed over a group. With the fusion option both overlap and the slower one
// counts (simulation-model 4.2, fused options); their components are added up.
func (r *run) reduced(o op.Op, g *cost.Group, rows, width float64) {
	if r.scatter && g.Ranks == r.p.groups.tp.Ranks {
		r.add(o)
		r.collective(op.ScatterSum(g.Size, rows, width, 2), g)
		return
	}
	sum := op.ReduceAll(rows, width, 2)
	if !r.p.fuseReduce || g.Ranks <= 1 {
		r.add(o)
		r.collective(sum, g)
		return
	}
	r.p.rates.Price(&o, &r.time)
	product := r.time
	r.p.rates.Collective(&sum, g, &r.time)
	o.Kind = op.MatmulAllReduce
	o.Message = sum.Message
	t := &r.time
	seconds := max(product.Seconds, t.Seconds)
	t.Mem, t.Cube, t.Vec = t.Mem+product.Mem, product.Cube, product.Vec
	t.Seconds = seconds
	t.Classify()
	r.count(&o)
}

// fusedExperts is everything from routing to un-permuting as one operator: the slower of arithmetic and memory, and two
// exchanges. Rows are spread evenly here, and exchanged in the format of the weights.
func (r *run) fusedExperts(m *moe, e *routing) {
	p, s, h := r.p, &r.p.expert, m.width
	rows := max(1, float64(int(e.rows/e.active))) * e.active
	o := op.FusedExperts(s, e.tokens, e.rows, rows, h, m.inner, e.active)
	split := float64(int(e.rows) / m.ranks)
	exchange := op.Exchange(e.rows, e.rows, split*float64(m.ranks-1), h, s.Weight)
	p.rates.Price(&o, &r.time)
	kernel := r.time
	p.rates.Collective(&exchange, &p.groups.ep, &r.time)
	o.Message = 2 * exchange.Message
	t := &r.time
	t.Seconds = kernel.Seconds - kernel.Static + 2*t.Seconds
	t.Mem, t.Comm, t.Cube, t.Vec = kernel.Mem, 2*t.Comm, kernel.Cube+kernel.Vec, 0
	t.Classify()
	r.count(&o)
}
