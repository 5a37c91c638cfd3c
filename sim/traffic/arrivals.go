package traffic

import "math"

// due is a request that reaches a replica's queue at a time to come. An open one was booked ahead of its time, so that
// nobody knows yet how many requests it will meet.
type due struct {
	at   float64
	id   int32
	open bool
}

// look takes in what has arrived, if it is time to look.
func (r *replica) look() {
	if r.engine.Poll > 1 && r.unseen < r.engine.Poll && !r.idle() {
		return
	}
	r.unseen = 0
	for r.pending.size > 0 && r.pending.front().at <= r.now {
		d := r.pending.popFront()
		r.use.present += r.now - r.requests[d.id].came()
		wait := r.engine.ArriveSeq * float64(r.decoding+len(r.started)+r.queue.size+r.slowed.size)
		if d.open && r.engine.Read > 0 {
			wait += r.read(&r.requests[d.id], d.at) - d.at
		}
		if d.open && wait > 0 {
			r.slowed.insert(due{at: d.at + wait, id: d.id})
			continue
		}
		r.enqueue(d.id)
	}
	for r.slowed.size > 0 && r.slowed.front().at <= r.now {
		r.enqueue(r.slowed.popFront().id)
	}
	for r.loading.size > 0 && r.loading.front().at <= r.now {
		id := r.loading.popFront().id
		r.requests[id].stage = loaded
		r.loaded++
		r.queue.pushFront(id, r.requests[id].priority)
		r.queued += int(r.requests[id].prompt)
	}
}

func (r *replica) enqueue(id int32) {
	q := &r.requests[id]
	q.stage = waiting
	r.queue.pushBack(id, q.priority)
	r.queued += int(q.prompt)
}

// due is when the next request reaches the queue, or meets those that slow it down; infinite where none is on its way.
func (r *replica) due() float64 {
	at := math.Inf(1)
	for _, q := range []*dues{&r.pending, &r.slowed, &r.loading} {
		if q.size > 0 {
			at = min(at, q.front().at)
		}
	}
	return at
}
