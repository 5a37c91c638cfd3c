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

// Fleet is so many times the instances of a pair behind a load balancer. Prefix caches and tiers are those of prefill
// instances.
func (p *Pair) Fleet(replicas int, routing traffic.Routing, tiers plan.Tiers) traffic.Fleet {
	f := p.Prefill.Fleet(replicas*p.Prefills, routing, tiers)
	f.Decode = &traffic.DecodePool{Engine: p.Decode.engine, Clock: p.Decode.clock,
		Instances: replicas * p.Decodes * p.Decode.Engines(), HandOver: p.HandOver}
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

// Talk is conversations and when they count: after a warm-up, in which as many of them begin as are there later.
type Talk struct {
	traffic.Talking
	From, To float64 // seconds
	Settled  bool    // the warm-up is as long as it takes
}

// Conversations are sessions whose calls arrive at a rate, in requests per second; a turn has the deployment's lengths,
// and takes about so many seconds to answer. None grows beyond the context of the model, in tokens, 0 being no bound,
// or the KV room: so many more begin that the rate is kept.
func (b *Bench) Conversations(s plan.Sessions, rate, answer float64, context int, seed uint64) (Talk, error) {
	longest := context
	if room := b.engine.KVTokens - 2 - b.engine.Draft; b.engine.KVTokens > 0 && (longest == 0 || room < longest) {
		longest = room
	}
	of := traffic.Sessions{Rate: 1, Count: 1 << 40, Turns: s.Turns, Think: s.Think, Input: b.lengths.Input,
		Output: b.lengths.Output, Spread: Spread, System: int(s.System), Groups: int(s.Groups), Longest: longest,
		Seed: seed}
	reached := of.Reached()
	of.Rate = rate / reached
	warm := lives * reached * (s.Think + answer)
	t := Talk{From: min(warm, warming/rate), Settled: warm <= warming/rate}
	t.To = t.From + conversed/rate
	var err error
	t.Talking, err = traffic.Converse(of)
	return t, err
}

// conversed is how many calls of conversations count: enough for a steady hit rate. Before them sessions begin for
// lives times the time that one takes, so that 98 of 100 of those that belong there are, but for at most warming
// calls.
const (
	conversed = 20_000
	lives     = 4
	warming   = 400_000
)
