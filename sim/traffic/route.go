package traffic

import "math"

// A prefix-aware balancer sends a prompt to the replica that had its beginning, if that is more than half of it, unless
// the replica has many more requests than the least loaded one. These are SGLang's thresholds: cache_threshold 0.5,
// balance_abs_threshold 32, balance_rel_threshold 1.0001
// (https://docs.sglang.ai/advanced_features/router.html, cache_aware).
const (
	matchShare = 0.5
	balanceAbs = 32
	balanceRel = 1.0001
)

// owners remember which replica had a span last. They are a balancer's guess: what a replica has let go of, they do not
// know. Spans that were not seen for long are forgotten.
type owners struct{ now, before map[uint64]int32 }

// mostOwned bounds each of the two generations.
const mostOwned = 1 << 20

func (o *owners) of(key uint64) (int32, bool) {
	if i, ok := o.now[key]; ok {
		return i, true
	}
	i, ok := o.before[key]
	return i, ok
}

func (o *owners) set(key uint64, i int32) {
	if o.now == nil || len(o.now) >= mostOwned {
		o.now, o.before = make(map[uint64]int32), o.now
	}
	o.now[key] = i
}

// route chooses the replica of a call.
func (s *service) route(c *Call) int {
	least, key := s.loads.min()
	switch s.fleet.Routing {
	case RoundRobin:
		return int(s.turn % int64(s.up))
	case PrefixAware:
		matched, owner := 0, int32(-1) // of the deepest span that is known: it had those before it too
		for i := range c.Chain {
			o, ok := s.owners.of(c.Chain[i].Key)
			if !ok || int(o) >= s.up {
				break
			}
			owner, matched = o, matched+int(c.Chain[i].Tokens)
		}
		if float64(matched) > matchShare*float64(c.Input) {
			load, fewest := float64(s.loads.keys[owner]>>turnBits), float64(key>>turnBits)
			if load-fewest <= balanceAbs || load <= balanceRel*fewest {
				least = int(owner)
			}
		}
		for i := range c.Chain {
			s.owners.set(c.Chain[i].Key, int32(least))
		}
	}
	return least
}

// change makes the fleet larger or smaller.
func (s *service) change(c Change) {
	s.out.ReplicaSeconds += float64(s.up) * (c.At - min(c.At, s.since))
	s.since, s.changed = c.At, s.changed+1
	was := s.up
	s.up = c.Replicas
	for i := was; i < s.up; i++ {
		if _, working := s.when(i); !working { // a new one; one that is still at work stays
			s.replace(i, c.At)
		}
		s.place(i)
	}
	for i := s.up; i < was; i++ {
		s.loads.set(i, math.MaxInt64)
		s.down[i] = c.At
	}
	if !c.Fails {
		return
	}
	var lost []int32
	for i := s.up; i < was; i++ {
		lost = append(lost, s.replicas[i].all()...)
		s.replace(i, c.At)
		s.place(i)
	}
	for _, id := range lost {
		s.again(id, c.At)
	}
}

// replace puts a new replica in the place of one; what the old one went through stays in the books.
func (s *service) replace(i int, at float64) {
	p := s.fresh(i)
	p.now, p.use = at, s.replicas[i].use
	s.replicas[i] = p
}

// all are the requests that a replica has, in the order of their arrival.
func (r *replica) all() (list []int32) {
	for _, line := range r.order {
		for _, e := range line {
			if q := &r.requests[e.id]; q.turn == e.turn && (q.stage == prefilling || q.stage == decoding) {
				list = append(list, e.id)
			}
		}
	}
	for _, q := range []*dues{&r.loading, &r.slowed, &r.pending} {
		for i := range q.size {
			list = append(list, q.items[(q.head+i)%len(q.items)].id)
		}
	}
	for _, line := range r.queue.lines {
		for i := range line.size {
			list = append(list, line.items[(line.head+i)%len(line.items)])
		}
	}
	return list
}

// again sends a request a second time, from its beginning, as its replica failed. Its clock has run on.
func (s *service) again(id int32, at float64) {
	if s.up == 0 {
		if s.counts(s.requests[id].arrival) {
			s.out.Refused++
			s.counted--
		}
		s.inFlight--
		s.answered(s.sessions[id], at)
		s.free = append(s.free, id)
		return
	}
	q := &s.requests[id]
	*q = request{arrival: q.arrival, input: q.input, output: q.output, prompt: q.input, chain: q.chain, turn: q.turn + 1,
		born: q.turn + 1, class: q.class, priority: q.priority}
	s.out.Again++
	c := Call{At: at, Input: q.input, Output: q.output, Chain: q.chain}
	s.deliver(s.route(&c), id, at)
}
