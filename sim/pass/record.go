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

// span is a run of operators in program order, order[from:to], that is repeated.
type span struct{ from, to, times int }

// part is a piece of a stage: what comes before the layers, one layer of each kind, what comes after them.
type part struct{ from, to int } // spans

// program is the order in which a pass runs its rows; Trace writes it out.
type program struct {
	order []int16 // rows
	spans []span
	parts []part    // of all stages
	runs  [][]int16 // the kinds of the layers of each stage, in order
}

// recorder collects the table of a pass. Operators of equal kind and shape share a row.
type recorder struct {
	program
	rows   []Row
	stages []Stage
	base   float64            // how often the part at hand runs
	last   [op.NumKinds]int16 // the newest row of a kind, plus one
	prev   []int16            // the row of the same kind before it, plus one
}

func newRecorder() *recorder {
	const usual = 64 // rows of most models
	return &recorder{rows: make([]Row, 0, usual), prev: make([]int16, 0, usual),
		program: program{order: make([]int16, 0, 2*usual), spans: make([]span, 0, 8), parts: make([]part, 0, 8)}}
}

// begin starts the next part, which runs the given number of times.
func (c *recorder) begin(times float64) {
	c.base = times
	c.parts = append(c.parts, part{len(c.spans), len(c.spans)})
}

func (c *recorder) add(o *op.Op, t *cost.Time, times float64) {
	c.order = append(c.order, c.row(o, t, int(times)))
	n, inner := len(c.order), int(times/c.base)
	p := &c.parts[len(c.parts)-1]
	if k := p.to - 1; k >= p.from && c.spans[k].times == inner {
		c.spans[k].to = n
		return
	}
	c.spans = append(c.spans, span{n - 1, n, inner})
	p.to = len(c.spans)
}

// row finds or makes the row of an operator and counts it.
func (c *recorder) row(o *op.Op, t *cost.Time, times int) int16 {
	for i := c.last[o.Kind]; i > 0; i = c.prev[i-1] {
		if row := &c.rows[i-1]; row.Op == *o && row.Time.Seconds == t.Seconds {
			row.Count += times
			return i - 1
		}
	}
	c.rows = append(c.rows, Row{Op: *o, Count: times, Time: *t})
	c.prev = append(c.prev, c.last[o.Kind])
	c.last[o.Kind] = int16(len(c.rows))
	return int16(len(c.rows) - 1)
}
