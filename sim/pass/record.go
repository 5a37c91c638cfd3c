package pass

import (
	"fathom/sim/cost"
	"fathom/sim/op"
)

// Row is one row of the operator table: an operator of one shape, how often it runs, and what one run costs.
type Row struct {
	op.Op
	Count int
	Time  cost.Time // of one run
}

// Seconds is the time of all runs.
func (r *Row) Seconds() float64 { return float64(r.Count) * r.Time.Seconds }

// recorder collects the table of a pass. Operators of equal kind and shape share a row.
type recorder struct {
	rows   []Row
	stages []Stage
	last   [op.NumKinds]int16 // the newest row of a kind, plus one
	prev   []int16            // the row of the same kind before it, plus one
}

func (c *recorder) add(o *op.Op, t *cost.Time, times float64) {
	for i := c.last[o.Kind]; i > 0; i = c.prev[i-1] {
		if row := &c.rows[i-1]; row.Op == *o && row.Time.Seconds == t.Seconds {
			row.Count += int(times)
			return
		}
	}
	c.rows = append(c.rows, Row{Op: *o, Count: int(times), Time: *t})
	c.prev = append(c.prev, c.last[o.Kind])
	c.last[o.Kind] = int16(len(c.rows))
}
