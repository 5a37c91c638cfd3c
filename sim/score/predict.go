package score

import (
	"fmt"
	"math"

	"fathom/hw"
	"fathom/sim/kernel"
	"fathom/sim/model"
	"fathom/sim/traffic"
)

// Prediction is what fathom says of a run.
type Prediction struct {
	Figures
	Traffic traffic.Result
	Room    int // KV tokens of one replica
}

// Shares of serving-dynamics 2: what engines take of a device's memory, and what they keep of that beside weights and cache.
// Where that does not hold one request, the run cannot have used it: the tight shares are what people set then.
const (
	memoryShare, memoryReserve = 0.9, 5e9
	tightShare, tightReserve   = 0.95, 3.5e9
)

// predict simulates a run. Whatever stands in the way becomes an error that a person can act on.
func predict(r *Row, t *table, find func(string) (*hw.Profile, error), seed uint64) (Prediction, error) {
	if r.Fault != "" {
		return Prediction{}, fmt.Errorf("%s", r.Fault)
	}
	m, err := t.modelOf(r)
	if err != nil {
		return Prediction{}, err
	}
	profile, err := t.profileOf(r, find)
	if err != nil {
		return Prediction{}, err
	}
	formats, err := t.formatsOf(r, m)
	if err != nil {
		return Prediction{}, err
	}
	deploy := func(s Side) (*kernel.Stepper, traffic.Engine, error) {
		d := kernel.Deployment{Model: m, Profile: profile, TP: s.TP, DP: s.DP, PP: s.PP, EP: s.EP, MoETP: s.MoETP, Formats: formats}
		step, err := kernel.New(d)
		if err != nil {
			return nil, traffic.Engine{}, err
		}
		memory := step.Memory(memoryShare, memoryReserve)
		if memory.Room < r.Input+r.Output+2 {
			memory = step.Memory(tightShare, tightReserve)
		}
		if memory.Room <= 0 {
			return nil, traffic.Engine{}, fmt.Errorf("out of memory: weights of %.1f GB leave no KV room on %s", memory.Weights/1e9, profile.Name)
		}
		return step, r.engine(s, memory.Room, m, t), nil
	}
	load := r.traffic(seed)
	if r.Disaggregated {
		return r.pools(load, deploy)
	}
	step, engine, err := deploy(r.Side)
	if err != nil {
		return Prediction{}, err
	}
	result, err := traffic.Replicated(load, engine, step, r.Side.Workers)
	if err != nil {
		return Prediction{}, err
	}
	return r.figures(result, engine.KVTokens), nil
}

// engine is the engine's preset with what the row states. Limits of the scheduler are per attention rank.
func (r *Row) engine(s Side, room int, m *model.Model, t *table) traffic.Engine {
	e := r.Engine.Preset()
	if r.CI {
		for i := range t.Recipe {
			if t.Recipe[i].fits(r, m) {
				t.Recipe[i].apply(&e, r)
			}
		}
	}
	if r.BatchedTokens > 0 {
		e.BatchedTokens = r.BatchedTokens
	}
	if r.Sequences > 0 {
		e.Sequences = r.Sequences
	}
	e.BatchedTokens *= s.DP
	e.Sequences *= s.DP
	e.KVTokens = room
	return e
}

// Length spreads: public CI runs draw lengths from 80 to 100% of nominal; the vendor's own runs keep them nearly equal
// (serving-dynamics 1, fact 2, and 5).
var vendorSpread = [numEngines]float64{AnyEngine: 0.02, VLLM: 0.05, SGLang: 0, TensorRTLLM: 0.02, VLLMAscend: 0.05, MindIE: 0.02}

const publicSpread = 0.2

// traffic is the load that the row describes.
func (r *Row) traffic(seed uint64) traffic.Load {
	l := traffic.Load{Input: r.Input, Output: r.Output, Spread: publicSpread, Concurrency: r.Concurrency, Seed: seed}
	switch {
	case r.Spread != nil:
		l.Spread = *r.Spread
	case r.Vendor:
		l.Spread = vendorSpread[r.Engine]
	}
	l.Tail = r.Tail
	if r.MeanLengths && !r.Tail { // the largest length whose uniform spread has this mean
		widen := 1 / (1 - l.Spread/2)
		l.Input, l.Output = int(math.Round(float64(r.Input)*widen)), max(1, int(math.Round(float64(r.Output)*widen)))
	}
	switch {
	case r.Rate > 0:
		l.Arrival, l.Rate, l.Requests = traffic.Poisson, r.Rate, r.Requests
	case r.Burst:
		l.Concurrency, l.Waves = r.Requests, 1
	case r.Requests > r.Concurrency:
		l.Waves = (r.Requests + r.Concurrency - 1) / r.Concurrency
	}
	return l
}

// pools predicts a disaggregated run.
func (r *Row) pools(load traffic.Load, deploy func(Side) (*kernel.Stepper, traffic.Engine, error)) (Prediction, error) {
	prefill, pe, err := deploy(r.Prefill)
	if err != nil {
		return Prediction{}, fmt.Errorf("prefill instance: %w", err)
	}
	decode, de, err := deploy(r.Decode)
	if err != nil {
		return Prediction{}, fmt.Errorf("decode instance: %w", err)
	}
	pools := traffic.Pools{
		Prefill: pe, Decode: de, PrefillClock: prefill, DecodeClock: decode,
		PrefillInstances: r.Prefill.Workers, DecodeInstances: r.Decode.Workers,
		HandOver: prefill.HandOver(),
	}
	result, err := traffic.Disaggregated(load, pools)
	if err != nil {
		return Prediction{}, err
	}
	return r.figures(result, de.KVTokens), nil
}

// figures turns a simulation into what the row measured. A throughput that was derived from latencies is predicted in the
// same way, so that both sides mean the same.
func (r *Row) figures(result traffic.Result, room int) Prediction {
	p := Prediction{Traffic: result, Room: room}
	p.TTFT, p.TPOT = result.TTFT.Mean, result.TPOT.Mean
	if r.Derived {
		p.derive(r.Concurrency, r.Output)
	} else {
		p.Throughput = result.Output
	}
	return p
}
