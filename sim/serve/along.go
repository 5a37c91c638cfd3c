package serve

import (
	"math"

	"fathom/sim/pass"
)

// A prompt of a hundred thousand chunks asks for as many forwards, each of the same shape but for what it attends to.
// What a forward takes is a straight line in that, with a bend where another bound begins to hold, so that a stretch is
// added up from a few of its forwards once others inside it are seen to lie on the line between its ends.
const (
	manyChunks = 1024 // fewer are added up one by one
	fewChunks  = 24   // and so is what is left between two ends
	straight   = 1e-7 // of the time, which whole blocks of a cache make a stair of tiny steps
	blurred    = 1e-4 // of the breakdown, which is shown in per cent
)

// inside are the places, as shares of a stretch, that must lie on the line: no common step hits all of them.
var inside = [...]float64{0.5, 0.236068, 0.381966, 0.618034, 0.854102}

// term is what one chunk adds.
type term struct {
	seconds float64
	shares  mix
	memory  pass.Memory
}

// total is what a stretch of chunks adds up to; memory is that with the least room.
type total struct {
	term
	short bool // a step does not fit
}

// chunks prices one chunk of a prompt. It is handed the evaluator instead of holding it, so that a schedule need not
// leave the stack.
type chunks func(e *Evaluator, k int) term

// along adds up chunks from to before. It reports false where it was stopped.
func (e *Evaluator) along(from, before int, at chunks) (t total, done bool) {
	t.memory.Available = math.Inf(1)
	if before-from < manyChunks {
		return t, t.each(e, from, before, at)
	}
	a, okA := t.one(e, from, at)
	b, okB := t.one(e, before-1, at)
	if !okA || !okB {
		return t, false
	}
	t.add(a, 1)
	t.add(b, 1)
	return t, t.between(e, from, before-1, a, b, at)
}

// one prices a chunk and notes its memory.
func (t *total) one(e *Evaluator, k int, at chunks) (one term, done bool) {
	if e.halted() {
		return one, false
	}
	one = at(e, k)
	if one.memory.Available < t.memory.Available {
		t.memory = one.memory
	}
	t.short = t.memory.Available < 0
	return one, true
}

// each adds chunks one by one, up to the first that does not fit.
func (t *total) each(e *Evaluator, from, before int, at chunks) (done bool) {
	for k := from; k < before && !t.short; k++ {
		one, done := t.one(e, k, at)
		if !done {
			return false
		}
		t.add(one, 1)
	}
	return true
}

// between adds the chunks between a and b, which are priced and no part of it.
func (t *total) between(e *Evaluator, from, to int, a, b term, at chunks) (done bool) {
	n := to - from - 1
	if t.short {
		return true
	}
	if n <= fewChunks {
		return t.each(e, from+1, to, at)
	}
	middle, bent := term{}, false
	for i, share := range inside {
		k := from + 1 + int(share*float64(n))
		one, done := t.one(e, k, at)
		if !done {
			return false
		}
		if i == 0 {
			middle = one
		}
		if bent = !online(a, b, one, float64(k-from)/float64(to-from)); bent {
			break
		}
	}
	if !bent {
		t.add(a, float64(n)/2)
		t.add(b, float64(n)/2)
		return true
	}
	k := from + 1 + int(inside[0]*float64(n))
	t.add(middle, 1)
	return t.between(e, from, k, a, middle, at) && t.between(e, k, to, middle, b, at)
}

// online tells whether a term lies on the line between two others, so far along it.
func online(a, b, one term, along float64) bool {
	near := func(a, b, x, within float64) bool {
		return math.Abs(a+(b-a)*along-x) <= within
	}
	s, t, x := &a.shares.sum, &b.shares.sum, &one.shares.sum
	within := blurred * one.shares.weight
	return near(a.seconds, b.seconds, one.seconds, straight*one.seconds) &&
		near(s.Mem, t.Mem, x.Mem, within) && near(s.Comm, t.Comm, x.Comm, within) &&
		near(s.Cube, t.Cube, x.Cube, within) && near(s.Vec, t.Vec, x.Vec, within) &&
		near(s.Static, t.Static, x.Static, within)
}

// add joins a term so many times.
func (t *total) add(one term, times float64) {
	t.seconds += times * one.seconds
	t.shares.join(one.shares, times)
}
