package serve

import "fathom/sim/pass"

// longWave is from how many chunks on the steps of a wave are added up once and kept: shorter prompts are stepped
// through, so that their sums are those of the reference tool to the last bit.
const longWave = 64

// mostWaves bounds what is kept; a search asks for a few.
const mostWaves = 1 << 10

// wave is what it takes to bring so many prompts side by side from one chunk to the last one while nothing else runs:
// every chunk is a step of the same shape but for what it attends to. A budget of one token makes a step of every token
// of a prompt, and the same ones for every batch.
type wave struct {
	seconds float64
	shares  mix
	memory  pass.Memory // of the step with least room
	short   bool        // a step does not fit
}

type waveKey struct{ requests, from int }

// together is how many prompts of the head of the queue go through all chunks but the last side by side, when no answer
// runs: all that wait take turns chunk by chunk, or the first of them run ahead. 0: what follows depends on more.
func (s *schedule) together(k, waiting int) int {
	query, _ := s.size(k)
	n, _ := admit(s.e.load.pooled(), 0, waiting, query)
	if s.e.load.Switches.DepthFirst {
		if n == waiting && k > 0 && s.paused(n) == 0 {
			return n
		}
		return 0
	}
	if s.e.waiting.size == 1 {
		return n
	}
	return 0
}

// leap moves the prompts of the head of the queue, n at a time, from chunk k in front of the last one.
func (s *schedule) leap(e *Evaluator, k, n, waiting int) bool {
	for _, part := range [2]struct{ requests, times int }{{n, waiting / n}, {waiting % n, 1}} {
		if part.requests == 0 {
			continue
		}
		w, done := e.wave(s, part.requests, k)
		if !done || !s.p.fit(w.memory, PrefillShort) {
			return false
		}
		if s.clock > 0 {
			s.clock += float64(part.times) * w.seconds
		} else { // the sum of a million clocks has no digits left for the time between tokens
			s.before += float64(part.times) * w.seconds
		}
		s.prefill.join(w.shares, float64(part.times))
	}
	e.waiting.at(0).state = s.chunks - 1 // those behind have not begun
	return true
}

// wave adds up the steps of one wave, or knows them from another batch.
func (e *Evaluator) wave(s *schedule, requests, from int) (w wave, done bool) {
	key := waveKey{requests, from}
	if w, known := e.priced.waves[key]; known {
		return w, true
	}
	sizes, batch := schedule{length: s.length, chunk: s.chunk}, s.p.Batch
	sum, done := e.along(from, s.chunks-1, func(e *Evaluator, k int) (t term) {
		query, total := sizes.size(k)
		r := e.pricedPrompts(batch, requests, query, total)
		t.seconds, t.memory = r.Seconds, r.Memory
		t.shares.add(r, 1)
		return t
	})
	if !done {
		return w, false
	}
	w = wave{sum.seconds, sum.shares, sum.memory, sum.short}
	if e.priced.waves == nil || len(e.priced.waves) >= mostWaves {
		e.priced.waves = map[waveKey]wave{}
	}
	e.priced.waves[key] = w
	return w, true
}
