package traffic

import (
	"math"

	"fathom/hw/message"
)

// Simulate plays a load against one replica or pipeline, with prompts and decodes on the same devices.
func Simulate(load Load, engine Engine, clock Clock) (Result, error) {
	return Replicated(load, engine, clock, 1)
}

// Replicated plays a load against several equal replicas behind a load balancer.
func Replicated(load Load, engine Engine, clock Clock, replicas int) (Result, error) {
	r, err := prepare(load, replicas)
	if err != nil {
		return Result{}, err
	}
	if err := engine.check("play.engine"); err != nil {
		return Result{}, err
	}
	if err := engine.fits(&load, false); err != nil {
		return Result{}, err
	}
	r.build = func(r *run) {
		r.front = r.add(nil, engine, clock, replicas)
		r.all = r.front
	}
	return r.play()
}

// fits refuses a load of which one request alone is larger than the KV room.
func (e *Engine) fits(load *Load, promptOnly bool) error {
	tokens := load.Input + load.Output + 1 + e.Draft
	if promptOnly {
		tokens = load.Input + 2
	}
	if load.Tail {
		tokens *= longest
	}
	if len(load.Classes) > 0 {
		in, out := load.largest()
		if tokens = in + 2; !promptOnly {
			tokens = in + out + 1 + e.Draft
		}
	}
	if e.KVTokens > 0 && e.KVTokens < tokens {
		return message.Fault("play.large", e.KVTokens, tokens)
	}
	return nil
}

// run is a simulation in progress.
type run struct {
	load     Load
	requests []request
	all      []*replica
	front    []*replica // where requests arrive
	back     []*replica // where prefilled requests go on, nil without pools
	handOver func(tokens int) float64
	inTurn   bool // instances of back take requests one after the other
	handed   int
	sent     int
	complete int
	until    int  // the run ends when so many of the first requests have ended, all of them in the end
	ended    int  // of these
	turn     int  // round robin among equals
	stepwise bool // never jump; for tests
	timeline timeline
	build    func(*run)  // makes its replicas
	bursts   [][]request // of other starts, without the run's own
}

// replica is one engine that serves requests of the run.
func (r *run) replica(engine Engine, clock Clock) *replica {
	return &replica{engine: engine, clock: clock, requests: r.requests, gain: engine.gain()}
}

func prepare(load Load, replicas int) (*run, error) {
	if err := load.check(); err != nil {
		return nil, err
	}
	if replicas < 1 || replicas > 4096 {
		return nil, notFrom("play.replicas", replicas, 1, 4096)
	}
	requests := load.draw()
	return &run{load: load, requests: requests, until: len(requests)}, nil
}

// play runs to the last token of the last request.
func (r *run) play() (Result, error) {
	n, err := r.through()
	if err != nil {
		return Result{}, err
	}
	more, err := r.starts()
	if err != nil {
		return Result{}, err
	}
	out := r.result()
	out.Advances = n + more
	return out, nil
}

// through plays a run to its end and says in how many advances of a replica.
func (r *run) through() (n int, err error) {
	if r.build != nil { // else it has its replicas
		r.build(r)
	}
	first := len(r.requests)
	if r.load.Arrival == Closed {
		first = r.load.Concurrency
	}
	for range first {
		r.send(r.requests[r.sent].arrival)
	}
	for ; r.ended < r.until; n++ {
		if n%4096 == 0 && r.load.Stopped != nil && r.load.Stopped.Load() {
			return n, ErrStopped
		}
		at, limit := r.choose()
		if math.IsInf(at.next(), 1) && at.idle() {
			return n, message.Fault("play.stuck", r.complete, len(r.requests))
		}
		if r.stepwise {
			limit = at.now
		}
		at.advance(limit)
		if at.stuck {
			return n, at.noTime()
		}
		for _, id := range at.ended {
			r.finish(at, id)
		}
		if r.load.Moments > 0 {
			r.timeline.look(r, at.now)
		}
	}
	return n, nil
}

// choose gives the replica that is furthest behind and the time up to which no other can disturb it. Working on the one
// furthest behind means that whatever reaches it is known already.
func (r *run) choose() (*replica, float64) {
	if len(r.all) == 1 {
		return r.all[0], math.Inf(1)
	}
	var best *replica
	least := math.Inf(1)
	for _, p := range r.all {
		now := p.now
		if p.idle() {
			now = p.next()
		}
		if best == nil || now < least {
			best, least = p, now
		}
	}
	limit := math.Inf(1)
	for _, p := range r.all {
		if p != best && (p.pipe == nil || p.pipe != best.pipe) {
			limit = min(limit, p.sends())
		}
	}
	return best, limit
}

// send gives the next request, sent at time at, to a replica.
func (r *run) send(at float64) {
	id := int32(r.sent)
	r.sent++
	r.requests[id].arrival = at
	r.deliver(r.pick(r.front), id, at, r.load.Arrival != Closed)
}

// deliver puts a request on its way to a replica's queue; those of an open load are all sent before the first of them
// arrives.
func (r *run) deliver(p *replica, id int32, at float64, open bool) {
	d := due{at: at, id: id, open: open}
	if q := &r.requests[id]; q.made == 0 { // else it comes from a prefill instance, and has been read
		d.at += p.engine.Arrive
		if !open {
			d.at += p.engine.ArriveSeq*float64(p.load()) + p.read(q, at) - at
		}
	}
	p.pending.insert(d)
}

// taker is the decode instance of the next request.
func (r *run) taker() *replica {
	if !r.inTurn {
		return r.pick(r.back)
	}
	r.handed++
	return r.back[r.handed%len(r.back)]
}

// pick balances by the number of requests that a replica has, equals in turn.
func (r *run) pick(of []*replica) *replica {
	if len(of) == 1 {
		return of[0]
	}
	r.turn++
	var best *replica
	for i := range of {
		p := of[(r.turn+i)%len(of)]
		if best == nil || p.load() < best.load() {
			best = p
		}
	}
	return best
}

// load counts the requests at a replica or on their way to it.
func (r *replica) load() int {
	return r.decoding + len(r.started) + r.queue.size + r.pending.size + r.slowed.size + r.loading.size
}

// finish books a request that left a replica: done, or on to the decode pool.
func (r *run) finish(from *replica, id int32) {
	q := &r.requests[id]
	if from.handsOff && q.made < q.output {
		// It arrives with its prompt computed; the decode instance only has to take it in.
		q.stage, q.prompt, q.done = outside, q.input, q.input
		r.deliver(r.taker(), id, from.now+r.handOver(int(q.input)), false)
		return
	}
	r.complete++
	if int(id) < r.until {
		r.ended++
	}
	if r.load.Arrival == Closed && r.sent < len(r.requests) {
		r.send(q.last)
	}
}
