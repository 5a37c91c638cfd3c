package traffic

import (
	"math"

	"fathom/hw/message"
)

// Pools is a disaggregated deployment: prefill instances that make first tokens and decode instances that go on.
type Pools struct {
	Prefill, Decode                   Engine
	PrefillClock, DecodeClock         Clock
	PrefillInstances, DecodeInstances int
	// HandOver gives the seconds to move the KV cache of that many tokens; nil: none.
	HandOver func(tokens int) float64
	// InTurn gives requests to the decode instances one after the other, however many each has; else to the one that has
	// fewest.
	InTurn bool
}

// Disaggregated plays a load against two pools. A prefill instance makes the first token, and a client sees it when the
// decode instance has a place and room for the request, because the answer comes from there: SGLang's and vLLM's
// proxies and NVIDIA Dynamo pass on what decode instances send. A request is read once, before prefill.
func Disaggregated(load Load, pools Pools) (Result, error) {
	r, err := prepare(load, max(pools.PrefillInstances, pools.DecodeInstances))
	if err != nil {
		return Result{}, err
	}
	for _, side := range []struct {
		of, many  string
		engine    *Engine
		instances int
	}{{"play.prefill", "play.prefills", &pools.Prefill, pools.PrefillInstances},
		{"play.decode", "play.decodes", &pools.Decode, pools.DecodeInstances}} {
		if side.instances < 1 {
			return Result{}, notFrom(side.many, side.instances, 1, math.MaxInt)
		}
		if err := side.engine.check(side.of); err != nil {
			return Result{}, err
		}
		if err := side.engine.fits(&load, side.engine == &pools.Prefill); err != nil {
			return Result{}, message.Fault("play.of", message.New(side.of), err)
		}
	}
	// What stands before pools is made for many engines and streams their tokens in many processes.
	pools.Prefill.Read, pools.Prefill.Stream, pools.Decode.Read, pools.Decode.Stream = 0, 0, 0, 0
	r.build = func(r *run) {
		r.front = r.add(nil, pools.Prefill, pools.PrefillClock, pools.PrefillInstances)
		for _, p := range r.front {
			p.handsOff = true
		}
		r.back = r.add(nil, pools.Decode, pools.DecodeClock, pools.DecodeInstances)
		for _, p := range r.back {
			p.handed = true
		}
		r.all = append(append(r.all, r.front...), r.back...)
		r.handOver, r.inTurn = pools.HandOver, pools.InTurn
		if r.handOver == nil {
			r.handOver = func(int) float64 { return 0 }
		}
	}
	return r.play()
}
