package bench

import (
	"fathom/sim/handover"
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
	if p.Prefill.judged {
		l.Waves, l.Burst = turns(concurrency), 1./Waves
		if p.Prefill.sampled {
			l.Starts = min(starts(concurrency), max(1, mostOfPairs/concurrency))
		}
		l.Requests = min(max(enoughToJudge, Waves*p.Decode.Sequences()*p.Decodes), mostOfPairs)
	}
	if t == plan.TrafficPoisson {
		l.Arrival, l.Rate = traffic.Poisson, rate
	}
	return traffic.Disaggregated(l, traffic.Pools{Prefill: p.Prefill.engine, Decode: p.Decode.engine,
		PrefillClock: p.Prefill.clock, DecodeClock: p.decodes(),
		PrefillInstances: p.Prefills * p.Prefill.lanes, DecodeInstances: p.Decodes * p.Decode.lanes, HandOver: p.HandOver})
}

// mostOfPairs bounds the requests of a judged run of pairs, whose instances are all played one by one.
const mostOfPairs = 10_000

// decodes are the prices of decode steps.
func (p *Pair) decodes() traffic.Clock {
	if p.Prefill.sampled {
		return traffic.Tabled(p.Decode.clock)
	}
	return p.Decode.clock
}

// By is the same pair whose requests are those of a deployment like the one that prefills.
func (p *Pair) By(prefill *Bench) *Pair {
	out := *p
	out.Prefill = prefill
	return &out
}

// HandOver is the way of a prompt's KV cache to another instance, one request at a time; seconds come beside. Without a
// link only these are left.
func HandOver(load handover.Load, prefill, decode handover.Side, by plan.KVPath,
	seconds float64) func(tokens int) float64 {
	way, err := handover.Between(prefill.Profile, decode.Profile, prefill.World, decode.World, by)
	return func(tokens int) float64 {
		if err != nil || way.Link.Bandwidth <= 0 {
			return seconds
		}
		c := handover.New(load.Bytes(tokens), prefill, decode, way)
		return seconds + c.Seconds
	}
}
