package serve

// countSingly switches from step numbers to tokens still to come, group by group.
func (s *schedule) countSingly() {
	if s.uneven {
		return
	}
	s.uneven = true
	for i := range s.e.ready.size {
		r := *s.e.ready.at(i)
		r.state -= s.served
		s.e.turns.push(r)
	}
	s.e.ready.reset()
}

// join queues n requests that just got their first token; they are not served in the same step.
func (s *schedule) join(n int) {
	if s.uneven {
		s.e.turns.push(run{state: s.left, n: n})
		return
	}
	// Serving all rotates the whole queue behind the newcomers, so they come first. This step does not count for them.
	starts := s.served
	if s.running > 0 {
		starts++
	}
	s.e.ready.pushFront(run{state: starts + s.left, n: n})
}

// nextEnd is the number of steps until the first answer ends if every step serves all.
func (s *schedule) nextEnd() int {
	if s.uneven {
		return s.e.turns.least()
	}
	q := &s.e.ready
	return q.at(q.size-1).state - s.served // the oldest group is last, and ends first
}

// serve gives one token in each of several equal steps to the first answers in the queue, which go to its end.
func (s *schedule) serve(answers, times int) {
	if s.uneven {
		s.serveTurns(answers, times)
		return
	}
	q := &s.e.ready
	if answers > 0 {
		s.served += times
	}
	for q.size > 0 && q.at(q.size-1).state <= s.served {
		s.finish(*q.at(q.size - 1))
		q.dropBack()
	}
}

func (s *schedule) serveTurns(answers, times int) {
	q := &s.e.turns
	for answers > 0 {
		if n := q.rotate(answers, times); n > 0 {
			answers -= n
			continue
		}
		r := q.take(answers)
		answers -= r.n
		if r.state -= times; r.state == 0 {
			s.finish(r)
		} else {
			q.push(r)
		}
	}
}

// rounds tells how often the queue of answers can go round as a whole before one of them is at its last token, when
// each step serves so many of them, and how many steps that takes. It gives rounds after which the queue stands as it
// stood.
func (s *schedule) rounds(answers int) (steps, rounds int) {
	g := gcd(s.running, answers)
	times := (s.e.turns.least() - 1) / (answers / g)
	return times * (s.running / g), times * (answers / g)
}

// turn serves the queue in whole rounds.
func (s *schedule) turn(answers, steps, rounds int) bool {
	seconds, ok := s.price(0, 0, 0, answers, steps)
	if !ok {
		return false
	}
	s.clock += float64(steps) * seconds
	s.e.turns.all(rounds)
	return true
}

func gcd(a, b int) int {
	for b > 0 {
		a, b = b, a%b
	}
	return a
}

func (s *schedule) finish(r run) {
	s.last += float64(r.n) * s.clock
	s.end = s.clock
	s.running -= r.n
}

// price gives the time of a step and notes the memory of its forwards.
func (s *schedule) price(prompts, query, total, answers, times int) (seconds float64, ok bool) {
	e, p := s.e, s.p
	l := &e.load
	held := 0.0 // KV bytes of answers that run beside a prompt's forward
	var token float64
	if prompts > 0 && !l.Switches.DepthFirst {
		r := e.pricedPrompts(p.Batch, prompts, query, total)
		if !p.fit(r.Memory, PrefillShort) {
			return 0, false
		}
		s.prefill.add(r, times)
		seconds = r.Seconds
	}
	if answers > 0 {
		r := *e.pricedAnswers(p.Batch, answers)
		if l.Switches.DepthFirst {
			held = r.Memory.KV * float64(s.running) / float64(answers)
			r.Memory.Available -= held - r.Memory.KV
			r.Memory.KV = held
		}
		if !p.fit(r.Memory, DecodeShort) {
			return 0, false
		}
		s.decode.add(&r, times)
		token = r.Seconds / l.Accepted
	}
	if prompts > 0 && l.Switches.DepthFirst {
		r := *e.pricedPrompts(p.Batch, prompts, query, total)
		held += s.paused(prompts) * r.Memory.KV / float64((prompts+l.DP-1)/l.DP*(total+l.attended()))
		r.Memory.Available -= held
		r.Memory.KV += held
		if !p.fit(r.Memory, PrefillShort) {
			return 0, false
		}
		s.prefill.add(&r, times)
		seconds = r.Seconds
	}
	return max(seconds, token), true
}

// paused is the number of tokens per DP replica that started prompts hold in the KV cache while others of them run.
func (s *schedule) paused(prompts int) float64 {
	var tokens int
	q := &s.e.waiting
	for i := range q.size {
		r := *q.at(i)
		if i == 0 {
			r.n -= prompts
		}
		if r.state > 0 {
			_, total := s.size(r.state - 1)
			tokens += r.n * (total + s.e.load.attended())
		}
	}
	return float64(tokens) / float64(s.e.load.DP)
}
