package pass

import (
	"fathom/sim/cost"
	"fathom/sim/geometry"
	"fathom/sim/op"
)

// product is one product of activations that are already quantised. scaleCols is the width of the first merged member.
func (r *run) product(s *op.Scheme, m, k, n, scaleCols float64, bias bool) {
	o := op.Linear(s, m, k, n, scaleCols)
	if bias {
		o.AddBias(n)
	}
	r.add(o)
}

// project quantises FP16 rows and multiplies them.
func (r *run) project(s *op.Scheme, m, k, n, scaleCols float64, bias bool) {
	r.quantise(s, m, k)
	r.product(s, m, k, n, scaleCols, bias)
}

// quantise brings rows into the scheme's format, if it has one.
func (r *run) quantise(s *op.Scheme, rows, width float64) {
	if s.Quantised() {
		r.add(op.QuantizeInput(s, rows, width))
	}
}

// row is a row-parallel linear: its input columns are split over a group and its output is summed (simulation-model
// 5.2, 5.3).
type row struct {
	group   *cost.Group
	fed     float64 // columns that arrive on this rank
	full    float64 // columns of the whole layer
	weights float64 // input columns whose weights this rank holds
	out     float64
	bias    bool
	regroup bool // the group is not the TP group: rows and columns are exchanged around the product
}

// newRow prepares a row-parallel linear that gets fed columns on this rank.
func (p *Pricer) newRow(g *cost.Group, m geometry.Matrix, fed float64) row {
	return row{group: g, full: float64(m.All.In), fed: fed, weights: float64(m.Own.In), out: p.hidden, bias: m.Bias,
		regroup: g.Ranks > 1 && g.Ranks != p.setup.Strategy.TP}
}

// rowLinear quantises, multiplies and sums.
func (r *run) rowLinear(s *op.Scheme, w *row) {
	t := r.b.Tokens
	if w.regroup {
		r.rowRegrouped(s, w, t)
		return
	}
	r.quantise(s, t, w.fed)
	o := op.Linear(s, t, w.fed, w.out, w.out)
	if w.weights != w.fed {
		o.Read += op.WeightBytes(s, w.weights, w.out, w.out) - op.WeightBytes(s, w.fed, w.out, w.out)
	}
	if w.bias {
		o.AddBias(w.out)
	}
	r.reduced(o, w.group, t, w.out)
}

// rowRegrouped is a row-parallel linear whose group has another size than the TP group: rows are gathered over it, each
// rank takes its columns, and the sums travel back (simulation-model 5.3).
func (r *run) rowRegrouped(s *op.Scheme, w *row, rows float64) {
	tp := &r.p.groups.tp
	if w.fed != w.full {
		r.allGather(tp, rows, w.fed)
	}
	own := rows / tp.Size
	wide := own * w.group.Size
	r.allGather(w.group, own, w.full)
	r.ownColumns(wide, w.weights)
	r.quantise(s, wide, w.weights)
	o := op.Linear(s, wide, w.weights, w.out, w.out)
	if w.bias {
		o.AddBias(w.out)
	}
	r.reduced(o, w.group, wide, w.out)
	r.allGather(tp, own, w.out)
}

// ownColumns copies this rank's columns out of gathered rows.
func (r *run) ownColumns(rows, width float64) {
	n := rows * width
	if r.p.compile {
		r.move(op.Copy, 4*n, 2*n, rows, width)
		return
	}
	r.move(op.Zeros, 0, 2*n, rows, width)
	r.move(op.CopyInPlace, 4*n, 2*n, rows, width)
}
