package traffic

import (
	"math"
	"slices"

	"fathom/sim/prefix"
)

// entry is a place in a list that may have gone stale.
type entry struct{ id, turn int32 }

// replica is one engine with its clock, queue and running sequences. All its steps are O(1) in the number of sequences,
// apart from the heap.
type replica struct {
	engine   Engine
	clock    Clock
	requests []request // of the whole run, shared
	handsOff bool      // a prefill instance: requests leave with their first token
	handed   bool      // a decode instance, which goes on with them
	place    int       // of a fleet
	pipe     *pipe     // nil: the devices are its own
	ramp     ramp

	now      float64
	web      frontEnd
	pending  dues
	slowed   dues // arrived, and kept by the others' tokens on the way to the queue
	loading  dues // admitted, and waiting for their tokens from a tier
	loaded   int  // requests in the queue that have their room and their tokens
	queue    backlog
	started  []int32   // prompts partly done, oldest first
	order    [][]entry // running, by priority, oldest first, with stale entries
	ends     heap[int64]
	stale    int   // of them, those of requests that were put back
	tick     int64 // steps with decodes so far
	decoding int
	gain     int // grains that a decode step brings a sequence
	context  int // grains, sum over decoding sequences
	used     int // grains of the KV cache that are taken
	queued   int // prompt tokens of the queue
	unseen   int // decode steps since the latest look at arrivals
	waited   int // steps that the queue has been held back
	pieces   []Piece
	later    []Piece // the same some steps on
	last     float64 // seconds of the latest decode step

	cache *prefix.Cache // nil: what requests have in common is not looked for
	tiers [prefix.Tiers]channel

	stuck   bool     // the latest step took no time, or for ever
	why     obstacle // of the latest plan
	settled bool     // the latest step was a decode step after which the next one is of the same sequences
	ended   []int32  // requests that left in the latest advance: complete, or handed off
	use     usage
}

// usage is what a replica's time went into.
type usage struct {
	busy, prompts      float64 // seconds in steps, in steps with more prompt tokens than decodes
	noRoom, noSlot     float64 // seconds during which the queue waited for KV room, for a place
	steps, preemptions int
	peak               int     // grains of the KV cache
	running            int     // most sequences of a step
	present            float64 // seconds that requests were here, summed over them: the time integral of their number
	reuse              Reuse
}

// idle reports that the replica has nothing to do until a request arrives.
func (r *replica) idle() bool {
	return r.decoding == 0 && len(r.started) == 0 && r.queue.size == 0
}

// next is the earliest time at which this replica could send something to another one.
func (r *replica) next() float64 {
	switch {
	case r.idle():
		return max(r.now, r.due())
	case r.pipe != nil || r.pending.size > 0 || r.slowed.size > 0 || r.loading.size > 0 || r.queue.size > 0 ||
		len(r.started) > 0 ||
		len(r.ends) == 0:
		return r.now
	}
	// Decode steps only get longer, so the steps to the next ending at the latest length are a lower bound.
	return r.now + float64(r.ends[0].key-r.tick-1)*r.last
}

// sends is next, for those whose steps need not come in order of time: of a lane, whose steps take at least their own
// time, too.
func (r *replica) sends() float64 {
	if r.pipe == nil || !r.settled || r.pending.size+r.slowed.size+r.loading.size+r.queue.size+len(r.started) > 0 ||
		len(r.ends) == 0 || r.ramp.decoding != r.decoding {
		return r.next()
	}
	return r.now + float64(r.ends[0].key-r.tick-1)*r.ramp.base
}

// advance makes one step, or a run of equal decode steps that does not begin a step after limit.
func (r *replica) advance(limit float64) {
	r.ended = r.ended[:0]
	r.look()
	for r.idle() && !math.IsInf(r.due(), 1) {
		at := max(r.now, r.due())
		r.use.present += (at - r.now) * float64(r.slowed.size+r.loading.size)
		r.now = at
		r.look()
	}
	full := r.makeRoom()
	if full {
		limit = r.now // what was put back may find room in the next step
	}
	r.why = r.plan(full)
	began := r.now
	r.use.running = max(r.use.running, r.decoding+len(r.started))
	here := r.present()
	r.settled = false
	switch {
	case len(r.pieces) > 0:
		r.promptSteps(limit)
	case r.decoding == 0 && r.loading.size > 0: // nothing to work on until tokens have come from a tier
		r.unseen = r.engine.Poll
		at := max(r.now, r.due())
		r.use.present += (at - r.now) * float64(here)
		r.now = at
		return
	default:
		r.decodeSteps(limit, r.why)
		r.settled = len(r.ended) == 0 && !full
	}
	r.stuck = !(r.now > began) || math.IsInf(r.now, 1)
	r.book(began, here, r.why)
}

// present is how many requests are here.
func (r *replica) present() int {
	return r.decoding + len(r.started) + r.queue.size + r.slowed.size + r.loading.size
}

// book accounts for the time since a step began, with so many requests here and what kept the queue from being emptied.
func (r *replica) book(began float64, here int, why obstacle) {
	r.use.busy += r.now - began
	r.use.present += (r.now - began) * float64(here)
	r.use.peak = max(r.use.peak, r.used)
	switch why {
	case noRoom:
		r.use.noRoom += r.now - began
	case noSlot:
		r.use.noSlot += r.now - began
	}
}

// hold reports that new prompts, which could start now with so many tokens of budget, wait for company.
func (r *replica) hold(budget int) bool {
	e := &r.engine
	if budget <= 0 || r.waited >= e.WaitSteps || r.decoding == 0 || len(r.started) > 0 || r.queue.size == 0 ||
		r.company() >= e.WaitShare ||
		r.decoding >= e.Sequences || !r.roomFor(&r.requests[r.queue.front()]) {
		r.waited = 0
		return false
	}
	return true
}

// company is the share of the token budget, or of the ranks, that new prompts would fill.
func (r *replica) company() float64 {
	e := &r.engine
	if e.Ranks > 1 {
		return e.spread(r.queue.size) / float64(e.Ranks)
	}
	return float64(r.queued+r.decoding) / float64(e.BatchedTokens)
}

// obstacle is why the queue could not be emptied.
type obstacle uint8

const (
	nothing obstacle = iota
	noRoom
	noSlot
	noBudget
	held
)

// plan chooses the prompt pieces of the next step: started prompts first, then the queue while budget, places and room
// last.
func (r *replica) plan(full bool) obstacle {
	r.pieces = r.pieces[:0]
	budget := r.engine.BatchedTokens
	if r.engine.Policy != PrefillFirst {
		budget -= r.decoding * (1 + r.engine.Draft)
	}
	for _, id := range r.started {
		if budget <= 0 {
			return noBudget
		}
		budget -= r.take(&r.requests[id], budget)
	}
	if full && r.queue.size > 0 {
		return noRoom
	}
	if r.engine.WaitSteps > 0 && r.hold(budget) {
		return held
	}
	most := math.MaxInt
	if r.queue.size > 0 {
		most = r.engine.balanced(r.queue.size, int(r.requests[r.queue.front()].prompt))
	}
	for r.queue.size > 0 {
		id := r.queue.front()
		q := &r.requests[id]
		if r.decoding+len(r.started) >= r.engine.Sequences {
			return noSlot
		}
		if !r.roomFor(q) {
			if !r.alone() {
				return noRoom
			}
			r.release(id)
		}
		if q.stage == loaded {
			r.admit(id)
			r.started = append(r.started, id)
			if budget <= 0 {
				return noBudget
			}
			budget -= r.take(q, budget)
			continue
		}
		if q.done == q.prompt { // arrived from a prefill instance, nothing to prefill
			r.admit(id)
			r.begin(id)
			if q.turn == q.born && q.made > 0 && r.handed { // a client sees what decode instances send
				q.first = r.now
			}
			continue
		}
		if budget <= 0 || len(r.pieces) >= most || r.engine.Policy == WholePrompts &&
			int(q.prompt) > budget && len(r.pieces) > 0 {
			return noBudget
		}
		if q.chain != nil && r.cache != nil {
			if ready := r.reuse(q); ready > r.now {
				r.fetch(id, ready)
				continue
			}
		}
		r.admit(id)
		r.started = append(r.started, id)
		budget -= r.take(q, budget)
	}
	return nothing
}

// alone reports that nothing is running, so that the next request may have the whole room: that of requests in the
// queue too.
func (r *replica) alone() bool { return r.decoding == 0 && len(r.started) == 0 && r.loading.size == 0 }

// admit moves the head of the queue to the running requests.
func (r *replica) admit(id int32) {
	r.queue.popFront()
	q := &r.requests[id]
	r.queued -= int(q.prompt)
	if q.stage == loaded {
		r.loaded--
	} else {
		r.used += r.own(q, r.want(q))
	}
	q.stage = prefilling
	for int(q.priority) >= len(r.order) {
		r.order = append(r.order, nil)
	}
	list := &r.order[q.priority]
	if len(*list) > 1024+4*(r.decoding+len(r.started)) { // what has gone stale meanwhile
		*list = slices.DeleteFunc(*list, func(e entry) bool {
			q := &r.requests[e.id]
			return q.turn != e.turn || q.stage == over
		})
	}
	*list = append(*list, entry{id, q.turn})
}

// take adds a piece of a prompt to the step and says how many tokens it has.
func (r *replica) take(q *request, budget int) int {
	n := min(int(q.prompt-q.done), budget)
	r.pieces = append(r.pieces, Piece{Query: n, Done: int(q.done), Last: int(q.done)+n == int(q.prompt)})
	return n
}

// begin makes a request a decoding sequence.
func (r *replica) begin(id int32) {
	q := &r.requests[id]
	q.stage = decoding
	q.began = r.tick
	r.decoding++
	r.context += (int(q.prompt) + 1) * grain
	if !r.engine.Reserve {
		r.used += grain
	}
	steps := (int(q.output-q.made)*grain + r.gain - 1) / r.gain
	r.ends.push(mark[int64]{key: r.tick + int64(steps), id: int64(id), turn: q.turn})
}
