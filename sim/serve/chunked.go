package serve

import "math"

// slack is how far a step may exceed the token budget when prompts join running answers.
const slack = 1.15

// admit decides what a step does: all answers that the budget holds, at one token each, then prompts of one chunk size
// into what is left of the budget and its slack (search-and-serving 3.5, "decode first with slack").
func admit(budget, ready, waiting, chunk int) (prompts, answers int) {
	answers = min(ready, budget)
	limit := int(math.Floor(slack * float64(budget)))
	return min(max((limit-answers)/chunk, 0), waiting), answers
}

// schedule is the state of the step simulation of one point.
type schedule struct {
	e *Evaluator
	p *Point

	// tokens of a prompt and of its full chunks, number of chunks, answer tokens after the first
	length, chunk, chunks, left int

	before  float64 // when the clock starts: the time of waves that came first
	clock   float64
	running int // requests with a first token that are not finished
	// While every step serves every answer, tokens still to come are kept as the step number at which they have come, so
	// that a step touches no group but the finished ones. A step that serves only some of them ends that for good.
	served int
	uneven bool
	rest   int // steps until it is worth looking for whole rounds again

	sums
	end float64 // the last finish
}

// sums are what a schedule adds up over its requests and steps.
type sums struct {
	first, last     float64 // clocks of first and of last tokens, over requests; of answers with more than one
	prefill, decode mix
}

// chunked evaluates prompts that need several steps each: a step-by-step schedule of all requests, each step as long as
// the longer of its prompts' forward and its answers' forward.
//
//	TTFT = mean of first tokens,  TPOT = mean of (finish - first token)/(O - 1),  tokens/s = O*C / makespan
//
// Its decisions never depend on times, so requests in the same state stay together and are moved as groups.
func (e *Evaluator) chunked(p *Point) bool {
	l := &e.load
	s := schedule{e: e, p: p, length: l.effective(), chunk: l.Budget, left: max(l.Output-1, 0)}
	s.chunks = (s.length + s.chunk - 1) / s.chunk
	p.Chunks = s.chunks
	e.priced.reset(l, p.Batch)
	e.cycle.reset()
	e.waiting.reset()
	e.ready.reset()
	e.turns.reset()
	e.waiting.pushBack(run{n: p.Concurrency})
	for e.waiting.size > 0 || s.running > 0 {
		if e.halted() {
			return false
		}
		if !s.step(e) {
			if e.halted() {
				return false
			}
			p.lost()
			return true
		}
	}
	c := float64(p.Concurrency)
	p.TTFT = s.before + s.first/c
	if s.left > 0 {
		p.TPOT = (s.last - s.first) / c / float64(s.left)
	}
	p.Throughput = float64(l.Output) * c / (s.before + s.end)
	p.Prefill, p.Decode = s.prefill.shares(), s.decode.shares()
	return true
}

// size gives the new tokens of chunk k and the computed tokens of the prompt after it.
func (s *schedule) size(k int) (query, total int) {
	total = min((k+1)*s.chunk, s.length)
	return total - k*s.chunk, total
}

// step runs one step, or several equal ones at once. It reports false when a forward does not fit into memory, and
// where the evaluation was stopped. The evaluator comes beside the schedule, so that the point may stay on the stack.
func (s *schedule) step(e *Evaluator) bool {
	budget := e.load.pooled()
	var prompts, answers, k, query, total, waiting int
	if e.waiting.size > 0 {
		if e.waiting.size == 1 {
			e.cycle.skip(s)
		}
		if k, waiting = e.waiting.at(0).state, e.waiting.at(0).n; s.running == 0 && s.chunks-1-k >= longWave {
			if n := s.together(k, waiting); n > 0 {
				return s.leap(e, k, n, waiting)
			}
		}
		query, total = s.size(k)
		prompts, answers = admit(budget, s.running, waiting, query)
	} else {
		answers = min(s.running, budget)
	}
	if answers < s.running {
		s.countSingly()
	}
	if prompts == 0 && answers < s.running {
		if s.rest--; s.rest <= 0 {
			if steps, rounds := s.rounds(answers); rounds > 0 {
				return s.turn(answers, steps, rounds)
			}
			s.rest = s.running / answers // looking costs as much as a round of steps
		}
	}
	times := s.repeats(prompts, answers, waiting, k)
	seconds, ok := s.price(prompts, query, total, answers, times)
	if !ok {
		return false
	}
	s.clock += float64(times) * seconds
	joined := s.advance(k, prompts*times)
	s.serve(answers, times)
	s.running += joined
	return true
}

// repeats tells how many steps from here on are equal: waves of a chunk before any answer runs, or answers alone until
// the first of them ends.
func (s *schedule) repeats(prompts, answers, waiting, k int) int {
	switch {
	case prompts > 0 && s.running == 0 && k+1 < s.chunks && !s.e.load.Switches.DepthFirst:
		return waiting / prompts
	case prompts == 0 && answers == s.running:
		return s.nextEnd()
	}
	return 1
}

// advance moves n prompts from the head of their queue past chunk k: with more chunks to come they queue up again, else
// they have their first token and join the answers. It gives the number that joined.
func (s *schedule) advance(k, n int) (joined int) {
	q := &s.e.waiting
	if n == 0 {
		return 0
	}
	q.take(n)
	switch {
	case k+1 < s.chunks && s.e.load.Switches.DepthFirst:
		q.pushFront(run{state: k + 1, n: n})
		return 0
	case k+1 < s.chunks:
		q.pushBack(run{state: k + 1, n: n})
		return 0
	}
	s.first += float64(n) * s.clock
	s.end = s.clock
	if s.left == 0 {
		return 0
	}
	s.join(n)
	return n
}
