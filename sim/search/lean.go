package search

import "fathom/sim/plan"

// A search for the best row looks at no larger batch once so many in a row were over a limit by such a factor.
// Latencies rise with the batch but for what whole waves and chunks leave.
const (
	far    = 1.25
	inARow = 16
)

// beyond tells, batch after batch, whether no larger one is of interest. It is nil where any may be: experts that are
// padded are multiplied one by one, 11 times as long as those of a batch some dozens larger that needs no padding.
func (j *job) beyond(s plan.Strategy) func(*point) bool {
	if j.pads(s) {
		return nil
	}
	over := func(value, limit float64) bool { return limit > 0 && value > far*limit }
	row := 0
	return func(q *point) bool {
		if row++; !over(q.TTFT, j.limits.TTFT) && !over(q.TPOT, j.limits.TPOT) {
			row = 0
		}
		return row == inARow
	}
}

// pads reports whether rows of experts may have to be padded: to a multiple of their TP size without expert
// parallelism, of TP with it, where rows come from every rank (simulation-model 5.4).
func (j *job) pads(s plan.Strategy) bool {
	if !j.req.Model.MoE() {
		return false
	}
	if s.EP > 1 {
		return s.EP%max(1, s.TP) != 0
	}
	return s.MoETP > 1
}
