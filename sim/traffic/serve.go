package traffic

import (
	"math"

	"fathom/hw/message"
	"fathom/sim/prefix"
)

// service is a fleet at work: the replicas by the time at which something happens to them, and by their load.
type service struct {
	fleet    *Fleet
	source   Source
	follower Follower // nil: no call depends on another

	requests []request // in flight, by id; the memory of those that ended is used again
	sessions []int64
	free     []int32
	replicas []*replica
	pipes    []*pipe        // of the replicas; nil of those without stages
	times    *tree[float64] // when a replica can next change what others see
	loads    *tree[int64]   // requests of a replica, and after them its latest turn
	takers   *tree[int64]   // likewise of decode instances; nil: there are none
	front    int            // replicas that calls go to; the others are decode instances
	up       int            // replicas that take calls: the first so many
	turn     int64
	owners   owners
	follow   heap[float64] // times of calls that follow others, by their sessions

	down []float64 // since when a replica takes no calls

	inFlight        int
	counted         int     // of them, those whose figures count
	changed         int     // changes made
	since           float64 // when up was last changed
	ended           int64
	ttft, tpot, e2e histogram
	tokens          float64
	within          float64    // tokens of the requests that ended between From and To
	marks           [2]present // at From and at To
	latest          float64    // when the latest call was sent
	began           bool
	out             Played
}

// present is the time that requests were at the replicas until a time, summed over them.
type present struct{ at, seconds float64 }

// mark notes the present at the first event from a time on.
func (s *service) mark(m *present, from float64) {
	if m.at > 0 || s.latest < from {
		return
	}
	m.at = s.latest
	for _, p := range s.replicas {
		m.seconds += p.use.present
	}
}

// Serve plays a load against a fleet. It works through events in order of time: a call that arrives, a change of the
// fleet, or the replica that may next end a request.
func Serve(source Source, fleet Fleet) (Played, error) {
	s, err := newService(source, fleet)
	if err != nil {
		return Played{}, err
	}
	if err := s.play(); err != nil {
		return Played{}, err
	}
	return s.result(), nil
}

// newService is a fleet before its first call, with the requests that it begins with.
func newService(source Source, fleet Fleet) (*service, error) {
	if err := fleet.check(); err != nil {
		return nil, err
	}
	most := fleet.Replicas
	for _, c := range fleet.Changes {
		most = max(most, c.Replicas)
	}
	all := most
	if d := fleet.Decode; d != nil {
		pool := *d
		// What stands before pools is made for many engines and streams their tokens in many processes.
		fleet.Engine.Read, fleet.Engine.Stream, pool.Engine.Read, pool.Engine.Stream = 0, 0, 0, 0
		fleet.Decode = &pool
		all += pool.Instances
	}
	s := &service{fleet: &fleet, source: source, times: newTree(all, math.Inf(1)),
		loads: newTree(most, int64(math.MaxInt64)), front: most}
	s.follower, _ = source.(Follower)
	s.down = make([]float64, most)
	for i := range most {
		if i%fleet.Engine.lanes() == 0 {
			s.pipes = append(s.pipes, newPipe(fleet.Engine.Stages))
		}
		s.replicas = append(s.replicas, s.fresh(i))
		if i < fleet.Replicas {
			s.loads.set(i, 0)
		}
	}
	s.addPool()
	s.up = fleet.Replicas
	for i, b := range fleet.Begun {
		id := s.take(&Call{At: math.Inf(-1), Input: b.Input, Output: b.Output})
		q := &s.requests[id]
		q.arrival, q.last, q.made, q.prompt = math.Inf(-1), 0, max(1, min(b.Made, b.Output-1)), b.Input+b.Made
		q.done = q.prompt
		s.inFlight++
		p := s.replicas[i%s.up]
		p.pending.insert(due{id: id})
	}
	for i := range s.up {
		s.place(i)
	}
	return s, nil
}

// fresh is a replica that has just started: empty, its cache too.
func (s *service) fresh(i int) *replica {
	r := &replica{engine: s.fleet.Engine, clock: s.fleet.Clock, requests: s.requests, gain: s.fleet.Engine.gain(),
		place: i, handsOff: s.fleet.Decode != nil,
		pipe: s.pipes[i/s.fleet.Engine.lanes()]}
	if p := r.pipe; p != nil {
		p.lanes[i%s.fleet.Engine.lanes()] = r
	}
	if s.fleet.Reuse {
		var sizes [prefix.Tiers]int
		for t, tier := range s.fleet.Tiers {
			sizes[t], r.tiers[t].tier = tier.Tokens, tier
		}
		r.cache = prefix.Make(sizes)
	}
	return r
}

func (s *service) play() error {
	var next, turn Call
	more, err := s.source.Next(&next)
	last := next.At
	for n := 0; err == nil; n++ {
		if n%1024 == 0 {
			if s.fleet.Stopped != nil && s.fleet.Stopped.Load() {
				return ErrStopped
			}
			if n%65536 == 0 && s.fleet.Watch != nil {
				s.fleet.Watch(s.ended, last)
			}
		}
		if to := s.fleet.To; to > 0 {
			s.mark(&s.marks[0], s.fleet.From)
			s.mark(&s.marks[1], to)
			if s.counted == 0 && s.latest >= to {
				return nil
			}
		}
		// The earliest of a call of the source, one that follows another, and a change of the fleet.
		at, kind := math.Inf(1), 0
		if more {
			at, kind = next.At, 1
		}
		if len(s.follow) > 0 && s.follow[0].key < at {
			at, kind = s.follow[0].key, 2
		}
		if s.changed < len(s.fleet.Changes) && s.fleet.Changes[s.changed].At <= at && (kind != 0 || s.inFlight > 0) {
			at, kind = s.fleet.Changes[s.changed].At, 3
		}
		i, key := s.times.min()
		switch {
		case key <= at && !math.IsInf(key, 1):
			if err = s.step(i, at); err != nil {
				return err
			}
			continue
		case kind == 0:
			return nil
		case kind == 3:
			s.change(s.fleet.Changes[s.changed])
			continue
		case kind == 2:
			t := s.follow.pop()
			turn = Call{At: t.key, Session: t.id}
			s.follower.Turn(t.id, &turn)
			err = s.send(&turn)
		default:
			if err = s.send(&next); err != nil {
				return err
			}
			last = next.At
			if more, err = s.source.Next(&next); more && next.At < last {
				return message.Fault("play.backwards", next.At, last)
			}
		}
	}
	return err
}

// step lets one replica work until something happens that others see, or until a time.
func (s *service) step(i int, until float64) error {
	p := s.replicas[i]
	if (s.follower != nil || s.takers != nil) && len(s.replicas) > 1 { // what ends elsewhere may send a call here
		until = min(until, s.times.but(i))
	}
	p.advance(until)
	if p.stuck {
		return p.noTime()
	}
	for _, id := range p.ended {
		if q := &s.requests[id]; p.handsOff && q.made < q.output {
			s.handOver(id, p.now)
		} else {
			s.end(id)
		}
	}
	s.placeAll(p)
	if _, working := s.when(i); i >= s.up && i < s.front && !working {
		s.out.ReplicaSeconds += max(0, p.now-s.down[i])
	}
	return nil
}

// placeAll puts a replica where its time and load belong, and the others of its pipeline, which may have moved on too.
func (s *service) placeAll(p *replica) {
	s.place(p.place)
	if p.pipe != nil {
		for _, x := range p.pipe.lanes {
			if x.now > s.times.keys[x.place] {
				s.place(x.place)
			}
		}
	}
}

// place puts a replica where its time and load belong.
func (s *service) place(i int) {
	at, _ := s.when(i)
	s.times.set(i, at)
	if i < s.up {
		s.loads.set(i, int64(s.replicas[i].load())<<turnBits|s.loads.keys[i]&(1<<turnBits-1))
	}
	if k := i - s.front; k >= 0 {
		s.takers.set(k, int64(s.replicas[i].load())<<turnBits|s.takers.keys[k]&(1<<turnBits-1))
	}
}

// when is the time at which a replica may next change what others see; false: it has nothing to do.
func (s *service) when(i int) (at float64, working bool) {
	p := s.replicas[i]
	if p.idle() && math.IsInf(p.due(), 1) {
		return math.Inf(1), false
	}
	return p.next(), true
}

// turnBits keep the turn of a replica behind its load, so that of equals the one is taken that was longest not.
const turnBits = 40

// mostInFlight bounds the requests that a fleet has at a time, and with them the memory of a run: about a gigabyte.
const mostInFlight = 2_000_000

// send gives a call to a replica.
func (s *service) send(c *Call) error {
	if !s.began {
		s.began, s.out.First, s.since = true, c.At, c.At
	}
	s.latest = c.At
	slot := s.slot(c.At)
	if slot != nil {
		slot.Sent++
		slot.Replicas = max(slot.Replicas, s.up)
	}
	why := &Refusal{}
	switch total := int(c.Input) + int(c.Output); {
	case s.fleet.Context > 0 && total > s.fleet.Context:
		why = &s.out.Long
	case s.tooLarge(c):
		why = &s.out.Large
	case s.up > 0:
		why = nil
	}
	if why != nil {
		if s.counts(c.At) {
			s.out.Refused++
			why.add(c)
		}
		s.answered(c.Session, c.At)
		return nil
	}
	id := s.take(c)
	i := s.route(c)
	if s.inFlight++; s.inFlight > mostInFlight {
		return message.Fault("play.backlog", mostInFlight, c.At, message.New("count.replicas", s.up))
	}
	if s.counts(c.At) {
		s.counted++
	}
	if slot != nil {
		slot.Waiting = max(slot.Waiting, s.inFlight)
	}
	s.deliver(i, id, c.At)
	return nil
}

func (s *service) deliver(i int, id int32, at float64) {
	s.turn++
	s.loads.keys[i] = s.turn & (1<<turnBits - 1)
	p := s.replicas[i]
	p.pending.insert(due{at: at + p.engine.Arrive, id: id, open: true})
	s.place(i)
}

// take finds memory for a request.
func (s *service) take(c *Call) int32 {
	if len(s.free) == 0 {
		n := len(s.requests)
		s.requests = append(s.requests, request{})
		s.requests = s.requests[:cap(s.requests)]
		s.sessions = append(s.sessions, make([]int64, len(s.requests)-n)...)
		for i := len(s.requests) - 1; i >= n; i-- {
			s.free = append(s.free, int32(i))
		}
		for _, p := range s.replicas {
			p.requests = s.requests
		}
	}
	id := s.free[len(s.free)-1]
	s.free = s.free[:len(s.free)-1]
	q := &s.requests[id]
	*q = request{arrival: c.At, input: c.Input, output: c.Output, prompt: c.Input, cached: c.Cached, done: c.Cached,
		class: c.Class, priority: c.Priority, chain: q.chain[:0], turn: q.turn + 1, born: q.turn + 1}
	if q.chain = append(q.chain, c.Chain...); len(q.chain) == 0 {
		q.chain = nil
	}
	s.sessions[id] = c.Session
	return id
}

// end books a request that has its last token.
func (s *service) end(id int32) {
	q := &s.requests[id]
	s.inFlight--
	s.ended++
	s.out.Last = max(s.out.Last, q.last)
	s.answered(s.sessions[id], q.last)
	if s.counts(q.last) {
		s.out.Ended++
		s.within += float64(q.output)
	}
	if s.counts(q.arrival) {
		s.counted--
		o := Outcome{Arrival: q.arrival, First: visible(q, s.last()), Last: q.last, Output: int(q.output)}
		kept := 0
		if o.Within(s.limits(q)) {
			kept = 1
		}
		s.out.Kept += kept
		s.ttft.add(o.TTFT())
		s.e2e.add(o.E2E())
		if q.output > 1 {
			s.tpot.add(o.TPOT())
		}
		s.tokens += float64(q.output)
		if slot := s.slot(q.arrival); slot != nil {
			slot.TTFT += o.TTFT()
			slot.Kept += kept
		}
	}
	s.free = append(s.free, id)
}

// limits are those of a request: of its class, if there are classes.
func (s *service) limits(q *request) Limits {
	if int(q.class) < len(s.fleet.Classes) {
		return s.fleet.Classes[q.class].Limits
	}
	return s.fleet.Limits
}

// answered lets the next call of a session follow.
func (s *service) answered(session int64, at float64) {
	if s.follower == nil {
		return
	}
	if next, ok := s.follower.Ended(session, at); ok {
		s.follow.push(mark[float64]{key: max(next, at), id: session})
	}
}
