package serve

import (
	"math"
	"slices"
)

// cycle finds out that a schedule repeats itself. Decisions depend on counts alone, so once the answers in flight stand
// as they stood when an earlier prompt began, all that happened between comes again as often as there are prompts for
// it. A point of many requests then costs its beginning, one period and its end.
//
// States are kept at growing distances and compared with each later one (Brent's cycle detection).
type cycle struct {
	found      bool
	begun      int   // prompts begun before the period was found
	seen, next int   // prompts begun since the kept state, and at how many another one is kept
	kept       []run // answers in flight, by tokens still to come
	running    int
	uneven     bool
	chunk      int // of the prompts that wait
	waiting    int
	clock      float64
	sums       sums
}

func (c *cycle) reset() { c.found, c.begun, c.seen, c.next = false, 0, 0, 1 }

// skip looks at the state in which prompts of one chunk wait, and moves the schedule on by whole periods.
func (c *cycle) skip(s *schedule) {
	if c.found {
		return
	}
	q := s.e.waiting.at(0)
	if c.seen > 0 && c.same(s, q.state) {
		c.found = true
		// A period that ends with fewer prompts than a step can take would have decided otherwise.
		query, _ := s.size(q.state)
		spare := int(math.Floor(slack*float64(s.e.load.pooled()))) / query
		if used := c.waiting - q.n; used > 0 && q.n > spare {
			if times := (q.n - spare) / used; times > 0 {
				c.repeat(s, used, times)
			}
		}
		return
	}
	c.begun++
	if c.seen++; c.seen >= c.next {
		c.keep(s, q)
	}
}

func (c *cycle) keep(s *schedule, q *run) {
	c.seen, c.next = 1, 2*c.next
	c.kept = s.e.turns.copied(slices.Grow(c.kept[:0], s.e.ready.size))
	for i := range s.e.ready.size {
		r := *s.e.ready.at(i)
		r.state -= s.served
		c.kept = append(c.kept, r)
	}
	c.running, c.uneven, c.chunk, c.waiting, c.clock, c.sums = s.running, s.uneven, q.state, q.n, s.clock, s.sums
}

// same compares with the kept state, the ends of the queue first: they differ most often.
func (c *cycle) same(s *schedule, chunk int) bool {
	if c.running != s.running || c.uneven != s.uneven || c.chunk != chunk {
		return false
	}
	if s.uneven {
		return s.e.turns.equals(c.kept)
	}
	q := &s.e.ready
	if len(c.kept) != q.size {
		return false
	}
	for i := range q.size {
		at := i / 2
		if i%2 == 1 {
			at = q.size - 1 - at
		}
		r := *q.at(at)
		if r.state -= s.served; r != c.kept[at] {
			return false
		}
	}
	return true
}

// repeat adds periods that take used requests each. What a period adds to a sum of clocks grows by its length for each
// request, from one period to the next.
func (c *cycle) repeat(s *schedule, used, times int) {
	n, period := float64(times), s.clock-c.clock
	later := float64(used) * period * n * (n + 1) / 2
	s.first += n*(s.first-c.sums.first) + later
	if s.left > 0 {
		s.last += n*(s.last-c.sums.last) + later
	}
	s.prefill.repeat(c.sums.prefill, n)
	s.decode.repeat(c.sums.decode, n)
	s.clock += n * period
	s.end += n * period
	s.e.waiting.at(0).n -= used * times
}
