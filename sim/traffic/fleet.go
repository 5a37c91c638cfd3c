package traffic

import (
	"math"
	"sync/atomic"

	"fathom/hw/message"
	"fathom/sim/prefix"
)

// Routing is how a load balancer chooses a replica.
type Routing uint8

// LeastLoaded takes the replica with the fewest requests, equals in turn. RoundRobin takes them in turn. PrefixAware
// takes the one that holds most of the prompt, where that is more than half of it and the load is balanced.
const (
	LeastLoaded Routing = iota
	RoundRobin
	PrefixAware
)

var routingNames = [...]string{"least-loaded", "round-robin", "prefix"}

func (r Routing) String() string { return routingNames[r] }

// RoutingOf is the routing of a name.
func RoutingOf(name string) (Routing, bool) {
	for i, n := range routingNames {
		if n == name {
			return Routing(i), true
		}
	}
	return 0, false
}

// Fleet is equal replicas behind a load balancer.
type Fleet struct {
	Engine   Engine
	Clock    Clock
	Replicas int         // of pipelines the micro-batches: Engine.Stages of each
	Decode   *DecodePool // nil: replicas serve requests to their end
	Routing  Routing
	Reuse    bool // replicas have a prefix cache; without, chains of calls change nothing
	Tiers    [prefix.Tiers]Tier
	// Context is how many tokens a prompt and its answer may have: the server refuses more. 0: there is no bound.
	Context int
	Limits  Limits
	Classes []Class // of the load, whose limits come instead; nil: it has none
	// Changes sets the number of replicas over time, in order of time; nil: all run from the start to the end.
	Changes []Change
	// Slot is the length of a piece of the timeline in seconds; 0: none is drawn.
	Slot float64
	// From and To leave requests that are sent before or after out of the figures: they only make the load that the
	// others meet. With a To, the run ends with the last request that counts. To 0: there is no end.
	From, To float64

	// Begun are requests that are decoding when the run begins, dealt to the replicas in turn: a fleet that has been at
	// work for a while. They count in no figure.
	Begun []Begun

	Stopped *atomic.Bool                   // set: the run gives up with ErrStopped; nil: nobody will
	Watch   func(ended int64, now float64) // told now and then how far the run is; nil: nobody
}

// DecodePool are the decode instances of a fleet, whose own replicas then make first tokens only: each request goes on
// at the instance that has the fewest. Prefix caches and tiers are those of prefill instances, so that answers are
// computed again as parts of later prompts.
type DecodePool struct {
	Engine    Engine
	Clock     Clock
	Instances int // of pipelines the micro-batches
	// HandOver gives the seconds to move the KV cache of that many tokens.
	HandOver func(tokens int) float64
}

// Begun is a request that has some of its tokens, but not all.
type Begun struct{ Input, Output, Made int32 }

// Change is a number of replicas from a time on. Those that go finish what they have; those of a failure do not: their
// requests are sent again, and their caches are lost.
type Change struct {
	At       float64
	Replicas int
	Fails    bool
}

// mostReplicas bounds a fleet.
const mostReplicas = 100_000

// Played is what a fleet made of a load.
type Played struct {
	Result
	Kept    int     // requests within all limits
	Ended   int     // that had their last token between From and To, whenever they were sent
	Refused int     // never served: those below, and what was sent when nothing ran
	Long    Refusal // of more tokens than the context
	Large   Refusal // larger than the KV room
	Again   int     // sent a second time, as their replica failed
	Reuse   Reuse
	Slots   []Slot
	// ReplicaSeconds is the time that replicas ran, from the first call or their start to the last token.
	ReplicaSeconds float64
	First, Last    float64 // when the first call was sent and the last one ended
}

// Refusal counts requests of one reason for which they are not served.
type Refusal struct {
	Requests int
	Row      int // of the first
	Tokens   int // of the largest, with its answer
}

func (r *Refusal) add(c *Call) {
	if r.Requests++; r.Requests == 1 {
		r.Row = c.Row
	}
	r.Tokens = max(r.Tokens, int(c.Input)+int(c.Output))
}

// Slot is a piece of the timeline, by the time at which requests are sent.
type Slot struct {
	Sent, Kept int
	TTFT       float64 // sum over its requests, seconds
	Replicas   int     // most of them that ran
	Waiting    int     // most requests that a fleet had at a time, running or not
}

func (f *Fleet) check() error {
	if f.Replicas < 1 || f.Replicas > mostReplicas {
		return notFrom("play.replicas", f.Replicas, 1, mostReplicas)
	}
	if f.Replicas%f.Engine.lanes() != 0 {
		return notFrom("play.replicas", f.Replicas, f.Engine.lanes(), mostReplicas)
	}
	if d := f.Decode; d != nil {
		switch {
		case d.Instances < 1 || d.Instances > mostReplicas || d.Instances%d.Engine.lanes() != 0:
			return notFrom("play.decodes", d.Instances, d.Engine.lanes(), mostReplicas)
		case len(f.Changes) > 0 || len(f.Begun) > 0:
			return message.Fault("play.pools-change")
		}
		if err := d.Engine.check("play.decode"); err != nil {
			return err
		}
	}
	for i, c := range f.Changes {
		if c.Replicas < 0 || c.Replicas > mostReplicas || !(c.At >= 0) || i > 0 && c.At < f.Changes[i-1].At {
			return message.Fault("play.change", i+1, c.Replicas, c.At, mostReplicas)
		}
	}
	for _, t := range f.Tiers {
		if t.Tokens < 0 || t.Tokens > 0 && !(t.Rate > 0) || t.Tokens > math.MaxInt32 {
			return message.Fault("play.tier", t.Tokens, t.Rate, math.MaxInt32)
		}
	}
	return f.Engine.check("play.engine")
}
