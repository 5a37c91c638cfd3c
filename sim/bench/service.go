package bench

import (
	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/prefix"
	"fathom/sim/traffic"
)

// Engines is how many schedulers one deployment has: one for every replica of its own and every micro-batch of a
// pipeline.
func (b *Bench) Engines() int { return b.lanes * max(1, b.engine.Stages) }

// Fleet is so many deployments behind a load balancer, with their prefix caches and what lies below them. Tiers are
// those of each device; a deployment's tokens take as much of them as they take of the devices' room.
func (b *Bench) Fleet(replicas int, routing traffic.Routing, tiers plan.Tiers) traffic.Fleet {
	f := traffic.Fleet{Engine: b.engine, Clock: b.clock, Replicas: replicas * b.Engines(), Routing: routing, Reuse: true,
		Stopped: b.stopped}
	f.Tiers = b.Tiers(tiers)
	return f
}

// Tiers are places below the devices' memory in tokens of one engine.
func (b *Bench) Tiers(t plan.Tiers) (out [prefix.Tiers]traffic.Tier) {
	if b.engine.KVTokens <= 0 || b.room.Left <= 0 {
		return out // contexts take no room, so that there is nothing to keep
	}
	tokens := float64(b.engine.KVTokens) / b.room.Left // of one engine in a byte of every device
	for i, x := range [prefix.Tiers]struct{ gib, gbs float64 }{{t.HostGiB, t.HostGBs}, {t.SSDGiB, t.SSDGBs}} {
		if x.gib > 0 {
			out[i] = traffic.Tier{Tokens: int(min(x.gib*(1<<30)*tokens, 1<<30)), Rate: x.gbs * 1e9 * tokens}
		}
	}
	return out
}

// Load is what arrives at the deployment, whatever its rate.
func (b *Bench) Load() traffic.Load { return b.load() }

// RoutingOf is the routing of a name of a plan; "" is the usual one.
func RoutingOf(name string) (traffic.Routing, error) {
	r, ok := traffic.RoutingOf(name)
	if !ok && name != "" {
		return 0, message.Fault("service.routing", name)
	}
	return r, nil
}

// Conversations are sessions whose calls arrive at a rate, in requests per second; a turn has the deployment's lengths.
// None grows beyond the context of the model, in tokens, 0 being no bound, or the KV room.
func (b *Bench) Conversations(s plan.Sessions, rate float64, context int, seed uint64) (traffic.Talking, error) {
	longest := context
	if room := b.engine.KVTokens - 2 - b.engine.Draft; b.engine.KVTokens > 0 && (longest == 0 || room < longest) {
		longest = room
	}
	return traffic.Converse(traffic.Sessions{Rate: rate / s.Turns, Count: max(1, int(conversed/s.Turns)), Turns: s.Turns,
		Think: s.Think, Input: b.lengths.Input, Output: b.lengths.Output, Spread: Spread, System: int(s.System),
		Groups: int(s.Groups), Longest: longest, Seed: seed})
}

// conversed is about how many calls of conversations are played: enough for a steady hit rate.
const conversed = 20_000
