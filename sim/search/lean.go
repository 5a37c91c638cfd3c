package search

// A search for the best row looks at no larger batch once so many in a row were over a limit by such a factor.
// Latencies rise with the batch but for what whole waves, chunks and experts leave: where the reference tool pads
// experts to a multiple of TP, one batch may take 1.7 times as long as two batches later, over and over.
const (
	far    = 1.25
	inARow = 16
)

// beyond tells, batch after batch, whether no larger one is of interest.
func (j *job) beyond() func(*point) bool {
	over := func(value, limit float64) bool { return limit > 0 && value > far*limit }
	row := 0
	return func(q *point) bool {
		if row++; !over(q.TTFT, j.limits.TTFT) && !over(q.TPOT, j.limits.TPOT) {
			row = 0
		}
		return row == inARow
	}
}
