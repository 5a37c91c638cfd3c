package traffic

import "math"

// addPool adds the decode instances of a fleet behind its own replicas.
func (s *service) addPool() {
	d := s.fleet.Decode
	if d == nil {
		return
	}
	s.takers = newTree(d.Instances, int64(math.MaxInt64))
	list := (&run{requests: s.requests}).add(nil, d.Engine, d.Clock, d.Instances/d.Engine.lanes())
	for i, p := range list {
		s.takers.set(i, 0)
		p.handed, p.place = true, len(s.replicas)
		s.replicas = append(s.replicas, p)
	}
}

// handOver sends a request with its first token on to the decode instance that has the fewest, of equals to the one
// that was longest not sent any.
func (s *service) handOver(id int32, at float64) {
	q := &s.requests[id]
	q.stage, q.prompt, q.done, q.cached = outside, q.input, q.input, 0
	k, _ := s.takers.min()
	s.turn++
	s.takers.keys[k] = s.turn & (1<<turnBits - 1)
	p := s.replicas[s.front+k]
	d := due{at: at + s.fleet.Decode.HandOver(int(q.input)), id: id}
	p.pending.insert(d)
	s.place(p.place)
}

// last is the engine that sends tokens to clients.
func (s *service) last() *Engine {
	if d := s.fleet.Decode; d != nil {
		return &d.Engine
	}
	return &s.fleet.Engine
}

// tooLarge tells whether a call is larger than a KV room that it would have to be in.
func (s *service) tooLarge(c *Call) bool {
	total, last := int(c.Input)+int(c.Output), s.last()
	if room := last.KVTokens; room > 0 && room < total+1+last.Draft {
		return true
	}
	room := s.fleet.Engine.KVTokens
	return s.fleet.Decode != nil && room > 0 && room < int(c.Input)+2
}

// bound says which pool a fleet of two waits for: the decode instances where their places or room are taken, for then
// they get more than they end, else prefill instances that are always busy, which have few places for that very reason.
func (s *service) bound() {
	if s.takers == nil || s.out.Bind == BindLoad {
		return
	}
	var decode Result
	decode.account(s.replicas[s.front:], false)
	if s.out.Bind = decode.Bind; s.out.Bind == BindRoom || s.out.Bind == BindSequences {
		return
	}
	busy, time := 0., 0.
	for _, p := range s.replicas[:s.front] {
		busy, time = busy+p.use.busy, time+max(0, p.now-s.out.First)
	}
	if s.out.Bind = BindDecode; busy > 0.95*time {
		s.out.Bind = BindPrefill
	}
}
