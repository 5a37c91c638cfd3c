package search

// far is how many times a limit the latency of a batch is from which on a search for the best row looks at no larger
// one: the closed forms rise with the batch but for what whole waves and chunks leave, which is never a quarter.
const far = 1.25

// beyond tells whether a batch exceeds a limit by so much.
func (j *job) beyond(q *point) bool {
	over := func(value, limit float64) bool { return limit > 0 && value > far*limit }
	return over(q.TTFT, j.limits.TTFT) || over(q.TPOT, j.limits.TPOT)
}
