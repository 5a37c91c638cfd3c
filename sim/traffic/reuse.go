package traffic

import (
	"fathom/sim/prefix"
)

// Tier is a place below the devices' memory for the KV cache of one replica: host memory, or an SSD.
type Tier struct {
	Tokens  int     // that it holds; 0: there is none
	Rate    float64 // tokens per second that come up from it
	Latency float64 // seconds before the first of them
}

// channel is the way up from a tier, on which one prompt's tokens come after the other's.
type channel struct {
	tier Tier
	free float64 // seconds: when the tokens before have come
}

// Reuse counts what prompts found in the prefix cache, in tokens.
type Reuse struct {
	Asked  int64 // of all prompts that were admitted, as often as they were
	Device int64 // found in the devices' memory
	Below  [prefix.Tiers]int64
}

// Rate is the share of prompt tokens that was found, and need not be computed.
func (u Reuse) Rate() float64 {
	found := u.Device
	for _, n := range u.Below {
		found += n
	}
	return float64(found) / max(1, float64(u.Asked))
}

func (u *Reuse) add(o Reuse) {
	u.Asked, u.Device = u.Asked+o.Asked, u.Device+o.Device
	for i := range u.Below {
		u.Below[i] += o.Below[i]
	}
}

// own is the part of what a request holds that is not in the prefix cache.
func (r *replica) own(q *request, held int) int { return held - int(q.shared)*grain }

// fresh is the KV room that a request takes when it starts, beside what others hold for it anyway.
func (r *replica) fresh(q *request) int {
	switch {
	case q.stage == loaded:
		return 0
	case r.cache == nil || q.chain == nil:
		return r.want(q)
	}
	_, pinned := r.cache.Match(q.chain, int(q.prompt)-1)
	return r.want(q) - max(0, pinned-prefix.Block)*grain
}

// reuse takes what the prefix cache holds of a prompt that starts now. It gives the time at which all of it has come up
// from the tiers.
func (r *replica) reuse(q *request) (ready float64) {
	r.trim()
	h, _ := r.cache.Match(q.chain, int(q.prompt)-1)
	n := h.Total()
	spans, room, more := r.cache.Pin(q.chain, n)
	q.pins, q.shared, q.cached, q.done = int32(spans), int32(room), int32(n), int32(n)
	r.used += more * grain
	u := &r.use.reuse
	u.Asked += int64(q.prompt)
	u.Device += int64(h.Device)
	ready = r.now
	for t, tokens := range h.Below {
		if u.Below[t] += int64(tokens); tokens > 0 {
			c := &r.tiers[t]
			c.free = max(c.free, r.now) + c.tier.Latency + float64(tokens)/c.tier.Rate
			ready = max(ready, c.free)
		}
	}
	return ready
}

// fetch takes room for the head of the queue, whose tokens come from the tiers until then. The others need not wait for
// it.
func (r *replica) fetch(id int32, ready float64) {
	r.queue.popFront()
	q := &r.requests[id]
	r.queued -= int(q.prompt)
	r.used += r.own(q, r.want(q))
	q.stage = loading
	r.loading.insert(due{at: ready, id: id})
}

// release takes back the room of requests whose tokens have come up from the tiers and that wait for their turn, all
// but one: what runs needs it. They keep their places in the queue; what came up stays while nobody needs its room. It
// says whether there were any.
func (r *replica) release(but int32) (any bool) {
	for i := range r.queue.lines {
		line := &r.queue.lines[i]
		for k := 0; k < line.size && r.loaded > 0; k++ {
			id := line.items[(line.head+k)%len(line.items)]
			q := &r.requests[id]
			if q.stage != loaded || id == but {
				continue
			}
			r.used -= r.own(q, r.want(q))
			r.free(q)
			q.done, q.stage = 0, waiting
			r.loaded--
			any = true
		}
	}
	return any
}

// keep puts a prompt that has been computed into the prefix cache, where others find it from now on.
func (r *replica) keep(q *request) {
	if r.cache == nil || q.chain == nil {
		return
	}
	spans, room, more := r.cache.Store(q.chain, int(q.pins))
	r.used += (more - room + int(q.shared)) * grain
	q.pins, q.shared = int32(spans), int32(room)
}

// leaveBehind keeps the answer of a turn for the next one and lets go of the prompt; both stay as long as nobody needs
// their room.
func (r *replica) leaveBehind(q *request) {
	if r.cache == nil || q.chain == nil {
		return
	}
	if int(q.pins) == len(q.chain) {
		r.used += r.cache.Grow(q.chain, int(q.made)) * grain
	}
	r.free(q)
}

// free lets go of what a request holds in the prefix cache.
func (r *replica) free(q *request) {
	if r.cache == nil || q.chain == nil {
		return
	}
	r.trim()
	r.used -= r.cache.Free(q.chain, int(q.pins)) * grain
	q.pins, q.shared, q.cached = 0, 0, 0
}

// trim makes the prefix cache give up what running requests have taken of the room since it was last looked at.
func (r *replica) trim() {
	if r.cache != nil && r.engine.KVTokens > 0 {
		r.cache.Shrink(r.engine.KVTokens - (r.used+grain-1)/grain)
	}
}
