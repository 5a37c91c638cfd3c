package bench

import (
	"fathom/hw"
	"fathom/sim/memory"
	"fathom/sim/plan"
	"fathom/sim/traffic"
)

// Pair is prefill instances that make first tokens, and decode instances that go on with the KV cache they are sent.
type Pair struct {
	Prefill, Decode   *Bench
	Prefills, Decodes int                      // instances
	HandOver          func(tokens int) float64 // seconds to move the cache of a prompt; nil: none
}

// Play plays a load against both pools. concurrency is what a closed loop keeps in flight over all instances.
func (p *Pair) Play(t plan.Traffic, rate float64, concurrency int) (traffic.Result, error) {
	l := p.Prefill.load()
	l.Concurrency, l.Waves = concurrency, waves(concurrency)
	if t == plan.TrafficPoisson {
		l.Arrival, l.Rate = traffic.Poisson, rate
	}
	return traffic.Disaggregated(l, traffic.Pools{Prefill: p.Prefill.engine, Decode: p.Decode.engine,
		PrefillClock: p.Prefill.clock, DecodeClock: p.Decode.clock,
		PrefillInstances: p.Prefills * p.Prefill.lanes, DecodeInstances: p.Decodes * p.Decode.lanes, HandOver: p.HandOver})
}

// HandOver is the way of a prompt's KV cache to another instance: over the link between servers that one device has,
// all devices of the prefill instance sending their part at once. seconds come beside.
func HandOver(p *hw.Profile, room memory.Room, seconds float64) func(tokens int) float64 {
	link := between(p)
	return func(tokens int) float64 {
		if link.Bandwidth <= 0 {
			return seconds
		}
		return seconds + link.Latency + room.Request(tokens)/link.Bandwidth
	}
}

// between is the link from one server to the next; on a single server that between its devices.
func between(p *hw.Profile) hw.Link {
	node := p.Grid.Node
	if node == 0 && len(p.Grid.Shape) > 0 {
		node = p.Grid.Shape[len(p.Grid.Shape)-1]
	}
	return p.Grid.Between(0, node)
}
