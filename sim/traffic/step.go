package traffic

import (
	"math"

	"fathom/hw/message"
)

// state is a decode step so many steps from now.
func (r *replica) state(ahead int) State {
	return State{Decoding: r.decoding, Width: 1 + r.engine.Draft,
		Context: float64(r.context+ahead*r.decoding*r.gain) / grain}
}

// promptSteps makes a step with the pieces that plan chose, or a run of such steps.
func (r *replica) promptSteps(limit float64) {
	state := r.promptState(0)
	one := r.took(state)
	r.unseen = r.engine.Poll // prompts make it look again
	k, last := r.alike(), one
	if limit = min(limit, r.due()); limit <= r.now || r.pipe != nil {
		k = 1
	}
	if k > 1 {
		k, last = r.within(k, one, r.engine.step(r.clock, r.promptState(k-1)), limit)
	}
	began, seconds := r.now, float64(k)*(one+last)/2
	r.now += seconds
	r.use.steps += k
	tokens, ends := 0, 0
	for _, p := range r.pieces {
		tokens += p.Query
		if p.Last {
			ends++
		}
	}
	r.shown(state.Decoding+ends, k, began+one, r.now)
	if tokens > state.Decoding {
		r.use.prompts += seconds
	}
	if state.Decoding > 0 {
		r.decoded(int64(k))
	}
	// The pieces are those of the first started prompts, in order; new decoding sequences count from the tick just made.
	kept := r.started[:0]
	for i, id := range r.started {
		q := &r.requests[id]
		if i < len(r.pieces) {
			q.done += int32(k * r.pieces[i].Query)
		}
		if q.done < q.prompt {
			kept = append(kept, id)
			continue
		}
		r.keep(q)
		if q.made == 0 {
			q.first = r.web.out
		}
		q.made++
		switch {
		case r.handsOff || q.made == q.output:
			r.leave(id, r.want(q))
		default:
			r.begin(id)
		}
	}
	r.started = kept
}

// promptState is the step with the pieces that plan chose, or the one so many equal steps later.
func (r *replica) promptState(ahead int) State {
	state := State{}
	if r.engine.Policy != PrefillFirst {
		state = r.state(ahead)
	}
	if state.Prompts = r.pieces; ahead > 0 {
		r.later = append(r.later[:0], r.pieces...)
		r.later[0].Done += ahead * r.later[0].Query
		state.Prompts = r.later
	}
	return state
}

// runsOf is how many runs of steps a prompt of many pieces is played in at least. Step times need not be linear in what
// its pieces attend to, and are taken for that within a run: prompts of fewer pieces are played step by step.
const runsOf = 64

// alike is how many steps from here on work on a piece of the same size of the same prompt, beside the same answers.
func (r *replica) alike() int {
	p := &r.pieces[0]
	if len(r.pieces) > 1 || p.Last {
		return 1
	}
	// A sequence that began to decode after the piece was cut leaves less of the budget to the next one.
	if e := &r.engine; e.Policy != PrefillFirst && p.Query != e.BatchedTokens-r.decoding*(1+e.Draft) {
		return 1
	}
	q := &r.requests[r.started[0]]
	k := min(int(q.prompt)/(runsOf*p.Query), (int(q.prompt)-p.Done-1)/p.Query)
	if d := r.decoding; d > 0 && r.engine.Policy != PrefillFirst {
		r.drop()
		k = min(k, int(r.ends[0].key-r.tick))
		if room := r.engine.KVTokens; room > 0 && !r.engine.Reserve {
			k = min(k, (room*grain-r.used-grain*len(r.started))/(d*r.gain))
		}
	}
	return max(1, k)
}

// within shortens a run of k steps, of which the first and the last take so many seconds, to those that begin before
// limit, one at least; it gives what the last of them takes.
func (r *replica) within(k int, first, last, limit float64) (steps int, ends float64) {
	slope := (last - first) / float64(k-1)
	if span := limit - r.now; span < float64(k)*(first+last)/2 {
		k = r.toLook(stepsWithin(span, first, slope, k), k)
		last = first + slope*float64(k-1)
	}
	return k, last
}

// noTime is what a step says whose time the clock does not know.
func (r *replica) noTime() error { return message.Fault("play.no-time", r.decoding, r.context/grain) }

// leave ends a request on this replica and frees its room.
func (r *replica) leave(id int32, held int) {
	q := &r.requests[id]
	q.last = r.web.out
	q.stage = over
	r.trim()
	r.used -= r.own(q, held)
	r.leaveBehind(q)
	r.ended = append(r.ended, id)
}

// decodeSteps makes as many decode steps as nothing else can interrupt: up to the next completion, arrival, lack of
// room, or the limit. Steps of one batch are linear in the context, so the sum of k of them is k times the mean of both
// ends.
func (r *replica) decodeSteps(limit float64, why obstacle) {
	d := r.decoding
	if d == 0 {
		return
	}
	if r.pipe != nil && r.rounds(limit) {
		return
	}
	r.drop()
	k := int(r.ends[0].key - r.tick)
	if room := r.engine.KVTokens; room > 0 && !r.engine.Reserve {
		k = max(1, min(k, (room*grain-r.used-grain*len(r.started))/(d*r.gain)))
	}
	if why == held {
		k = min(k, r.engine.WaitSteps-r.waited)
		if r.engine.KVTokens > 0 && !r.engine.Reserve { // a request that has no room any more no longer waits for company
			k = min(k, 1+r.spare(&r.requests[r.queue.front()])/(d*r.gain))
		}
	}
	if limit = min(limit, r.due()); limit <= r.now || r.pipe != nil {
		k = 1
	}
	one := r.took(r.state(0))
	r.last = one
	if k > 1 {
		k, r.last = r.within(k, one, r.engine.step(r.clock, r.state(k-1)), limit)
	}
	total := float64(k) * (one + r.last) / 2
	r.shown(d, k, r.now+one, r.now+total)
	r.now += total
	r.use.steps += k
	if r.engine.Poll > 1 {
		r.unseen = (r.unseen+k-1)%r.engine.Poll + 1
	}
	if why == held {
		r.waited += k
	}
	r.decoded(int64(k))
}

// toLook lengthens a run of steps to the next look at arrivals, up to most.
func (r *replica) toLook(k, most int) int {
	if poll := r.engine.Poll; poll > 1 && r.unseen < poll {
		k = (r.unseen+k+poll-1)/poll*poll - r.unseen
	}
	return min(k, most)
}

// stepsWithin is the smallest number of steps, of length one, one+slope, one+2 slope …, that reach span; at most k.
func stepsWithin(span, one, slope float64, k int) int {
	n := span / one
	if slope > 0 {
		half := one - slope/2
		n = (math.Sqrt(half*half+2*slope*span) - half) / slope
	}
	return max(1, min(k, int(math.Ceil(n-1e-9))))
}

// decoded books k decode steps of every decoding sequence and lets those go that are complete.
func (r *replica) decoded(k int64) {
	r.tick += k
	grown := int(k) * r.decoding * r.gain
	r.context += grown
	if !r.engine.Reserve {
		r.used += grown
	}
	r.use.peak = max(r.use.peak, r.used)
	for len(r.ends) > 0 && r.ends[0].key <= r.tick {
		e := r.ends.pop()
		q := &r.requests[e.id]
		if q.turn != e.turn {
			r.stale--
			continue
		}
		held := r.held(q)
		r.decoding--
		r.context -= held
		q.made = q.output
		if r.engine.Reserve {
			held = r.want(q)
		}
		r.leave(int32(e.id), held)
	}
}

// drop removes stale entries from the top of the heap, so that it shows a true ending.
func (r *replica) drop() {
	for r.stale > 0 && r.requests[r.ends[0].id].turn != r.ends[0].turn {
		r.ends.pop()
		r.stale--
	}
}
