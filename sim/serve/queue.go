package serve

// run is a group of requests in the same state. In the queue of prompts state is the next chunk; in the queue of
// answers it is the number of tokens still to come.
type run struct {
	state int
	n     int
}

// runs is a queue of groups that is cheap at both ends, because schedules rotate it all the time.
type runs struct {
	ring       []run
	head, size int
}

func (q *runs) reset() { q.head, q.size = 0, 0 }

func (q *runs) at(i int) *run {
	if i += q.head; i >= len(q.ring) {
		i -= len(q.ring)
	}
	return &q.ring[i]
}

func (q *runs) grow() {
	if q.size < len(q.ring) {
		return
	}
	bigger := make([]run, max(16, 2*len(q.ring)))
	for i := range q.size {
		bigger[i] = *q.at(i)
	}
	q.ring, q.head = bigger, 0
}

func (q *runs) pushBack(r run) {
	if r.n == 0 {
		return
	}
	if q.size > 0 {
		if last := q.at(q.size - 1); last.state == r.state {
			last.n += r.n
			return
		}
	}
	q.grow()
	q.size++
	*q.at(q.size - 1) = r
}

func (q *runs) pushFront(r run) {
	if r.n == 0 {
		return
	}
	if q.size > 0 {
		if next := q.at(0); next.state == r.state {
			next.n += r.n
			return
		}
	}
	q.grow()
	if q.head--; q.head < 0 {
		q.head = len(q.ring) - 1
	}
	q.size++
	*q.at(0) = r
}

func (q *runs) dropFront() {
	if q.head++; q.head == len(q.ring) {
		q.head = 0
	}
	q.size--
}

func (q *runs) dropBack() { q.size-- }

// take removes up to n requests of the first group and returns them as a group.
func (q *runs) take(n int) run {
	r := *q.at(0)
	if n >= r.n {
		q.dropFront()
		return r
	}
	q.at(0).n -= n
	r.n = n
	return r
}
