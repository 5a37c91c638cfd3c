package pass

import (
	"fathom/hw"
	"fathom/sim/cost"
	"fathom/sim/op"
)

// run is one pricing of one batch: operators are handed to it in program order and it adds them up, and records them if
// a table is wanted. It lives on the stack.
type run struct {
	p      *Pricer
	b      op.Batch
	shape  Shape
	listed bool // rows for the head come as an explicit list (G2)

	split   bool // rows can be split over the TP group (sequence parallel)
	scatter bool // sums leave each rank its share of the rows

	times float64   // how often the operators that follow run
	time  cost.Time // of the operator at hand
	sum   Result
	rec   *recorder // nil: only the sum is wanted
}

// result is the sum with the memory that the batch needs.
func (r *run) result() Result {
	r.sum.Memory = r.memory()
	return r.sum
}

// begin starts a part of a stage that runs several times.
func (r *run) begin(times float64) {
	r.times = times
	if r.rec != nil {
		r.rec.begin(times)
	}
}

// add prices one operator.
func (r *run) add(o op.Op) {
	r.p.rates.Price(&o, &r.time)
	r.count(&o)
}

// collective prices a collective; a group of one rank has none.
func (r *run) collective(o op.Op, g *cost.Group) {
	if g.Ranks <= 1 {
		return
	}
	r.p.rates.Collective(&o, g, &r.time)
	r.count(&o)
}

// send prices the transfer to the next stage.
func (r *run) send(o op.Op, l hw.Link) {
	r.p.rates.Send(&o, l, &r.time)
	r.count(&o)
}

// count adds a priced operator to the sums. Only the dominant class is charged; a compute-bound operator charges both
// units.
func (r *run) count(o *op.Op) {
	n, t := r.times, &r.time
	r.sum.Seconds += n * t.Seconds
	r.sum.Bound.Static += n * t.Static
	switch t.Bound {
	case cost.Mem:
		r.sum.Bound.Mem += n * t.Mem
	case cost.Comm:
		r.sum.Bound.Comm += n * t.Comm
	default:
		r.sum.Bound.Cube += n * t.Cube
		r.sum.Bound.Vec += n * t.Vec
	}
	if r.rec != nil {
		r.rec.add(o, t, n)
	}
}

// move is a generic operator on rows of a width: it reads and writes bytes and computes nothing that counts.
func (r *run) move(k op.Kind, read, write, rows, width float64) {
	r.add(op.Move(k, read, write, rows, width))
}

// convert changes the format of a tensor.
func (r *run) convert(read, write, rows, width float64) {
	k := op.ToCopy
	if r.p.compile {
		k = op.Convert
	}
	r.move(k, read, write, rows, width)
}

// allReduce sums FP16 rows over a group.
func (r *run) allReduce(g *cost.Group, rows, width float64) {
	r.collective(op.ReduceAll(rows, width, 2), g)
}

// allGather collects FP16 rows of a group; rows and width are those of one rank.
func (r *run) allGather(g *cost.Group, rows, width float64) {
	r.collective(op.GatherAll(g.Size, rows, width, 2), g)
}
