package traffic

// Moment is the state of a service at a time of a run, over all its replicas.
type Moment struct {
	At      float64 // seconds
	Waiting int     // requests that no replica runs yet
	Running int
	KV      float64 // share of the KV room that is taken; 0 without a limit
}

// timeline keeps so many moments of a run of unknown length: when it is full, every second one goes, and the next are
// taken half as often.
type timeline struct {
	moments []Moment
	every   float64 // seconds from one to the next; 0: every step
}

func (t *timeline) look(r *run, now float64) {
	if n := len(t.moments); n > 0 && now < t.moments[n-1].At+t.every {
		return
	}
	if len(t.moments) >= r.load.Moments {
		kept := t.moments[:0]
		for i := 0; i < len(t.moments); i += 2 {
			kept = append(kept, t.moments[i])
		}
		t.moments = kept
		t.every = max(2*t.every, 2*now/float64(r.load.Moments))
		if now < t.moments[len(t.moments)-1].At+t.every {
			return
		}
	}
	m := Moment{At: now}
	var used, room int
	for _, p := range r.all {
		m.Running += p.decoding + len(p.started)
		m.Waiting += p.queue.size + p.slowed.size
		used, room = used+p.used, room+p.engine.KVTokens*grain
	}
	if room > 0 {
		m.KV = float64(used) / float64(room)
	}
	t.moments = append(t.moments, m)
}
