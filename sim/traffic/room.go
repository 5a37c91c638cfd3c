package traffic

// makeRoom puts the youngest back at the head of the queue until every decoding sequence has room for one token more.
// Its output so far becomes part of its prompt (vLLM recomputes). The last one goes too where the room is that of
// requests whose tokens come from a tier, as nobody stops those.
func (r *replica) makeRoom() (full bool) {
	room := r.engine.KVTokens
	if room == 0 || r.engine.Reserve {
		return false
	}
	for r.used+r.growth(0) > room*grain {
		if running := r.decoding + len(r.started); running <= 1 {
			if r.release(nobody) {
				full = true
				continue
			}
			if running == 0 || r.loading.size == 0 {
				break
			}
		}
		top := r.youngest()
		q := &r.requests[top.id]
		if q.turn != top.turn || q.stage == over {
			continue
		}
		full = true
		if q.stage == decoding {
			held := r.held(q)
			r.stale++
			r.decoding--
			r.context -= held
			r.used -= r.own(q, held)
			q.made = r.reached(q)
			q.prompt = q.input + q.made
		} else {
			r.used -= r.own(q, int(q.prompt)*grain)
			for i, id := range r.started {
				if id == top.id {
					r.started = append(r.started[:i], r.started[i+1:]...)
					break
				}
			}
		}
		r.free(q)
		q.done, q.stage = q.cached, waiting
		q.turn++
		r.use.preemptions++
		r.queue.pushFront(top.id, q.priority)
		r.queued += int(q.prompt)
	}
	return full
}

// nobody is no request.
const nobody = -1

// youngest takes the latest entry of the lowest priority off the running requests (vLLM's priority policy puts that one
// back first).
func (r *replica) youngest() entry {
	level := len(r.order) - 1
	for len(r.order[level]) == 0 {
		level--
	}
	list := r.order[level]
	r.order[level] = list[:len(list)-1]
	return list[len(list)-1]
}

// growth is what the next step may add to the cache: a step's gain for every decoding sequence, a token for every
// prompt that may end, and for so many more.
func (r *replica) growth(more int) int {
	return r.gain*r.decoding + grain*(len(r.started)+more)
}

// held is the cache of a decoding sequence, its newest token included.
func (r *replica) held(q *request) int {
	return (int(q.prompt)+1)*grain + int(r.tick-q.began)*r.gain
}

// reached is how many output tokens a decoding sequence has.
func (r *replica) reached(q *request) int32 {
	return min(q.output, q.made+int32(int(r.tick-q.began)*r.gain/grain))
}

// want is the KV room that a request takes when it starts.
func (r *replica) want(q *request) int {
	if r.engine.Reserve && !r.handsOff {
		return int(q.input+q.output) * grain
	}
	return int(q.prompt) * grain
}

// roomFor asks for the prompt and, without reservation, the next token of everyone.
func (r *replica) roomFor(q *request) bool { return r.engine.KVTokens == 0 || r.spare(q) >= 0 }

// spare is what a request and the next token of everyone would leave of the KV room, in grains; below 0 it does not
// fit.
func (r *replica) spare(q *request) int {
	need := r.used + r.fresh(q)
	if !r.engine.Reserve {
		need += r.growth(1)
	}
	return r.engine.KVTokens*grain - need
}
