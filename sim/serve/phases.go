package serve

import (
	"math"

	"fathom/sim/pass"
)

// prefill evaluates the prefill phase of a disaggregated deployment (search-and-serving 4). Prompts that fit the budget
// together are one forward; else every chunk of every wave follows the one before:
//
//	TTFT = mean over requests of the clock when their last chunk is done
//	tokens/s = C * I / makespan, cached prompt tokens included
func (e *Evaluator) prefill(p *Point) bool {
	l := &e.load
	length := l.effective()
	chunk := min(length, l.Budget)
	p.Chunks = (length + chunk - 1) / chunk
	if p.Chunks == 1 && l.stages() == 1 && p.Concurrency*length <= l.pooled() {
		r := e.prompts(p.Batch, p.Concurrency, length, length)
		var shares mix
		shares.add(&r, 1)
		p.Prefill = shares.shares()
		p.TTFT = r.Seconds + l.HandOff
		p.Makespan = p.TTFT
		p.Throughput = float64(p.Concurrency) * float64(l.Input) / p.Makespan
		p.fit(r.Memory, PrefillShort)
		return true
	}
	clock := l.HandOff
	var shares mix
	last := (p.Chunks - 1) * chunk
	if p.Chunks > manyChunks {
		start := Point{Batch: p.Batch, Concurrency: p.Concurrency, Memory: pass.Memory{Available: math.Inf(1)}}
		before, done := e.along(0, p.Chunks-1, func(e *Evaluator, k int) (t term) {
			own := start
			_, t.seconds, _ = e.waves(&own, chunk, (k+1)*chunk, 0, &t.shares)
			t.memory = own.Memory
			return t
		})
		if !done {
			return false
		}
		clock += before.seconds
		shares = before.shares
		if !p.fit(before.memory, PrefillShort) {
			p.TTFT = clock
			return true
		}
	} else {
		for k := range p.Chunks - 1 {
			if e.halted() {
				return false
			}
			var ok bool
			if _, clock, ok = e.waves(p, chunk, (k+1)*chunk, clock, &shares); !ok {
				p.TTFT = clock // how far it came; only the estimate of the linear search looks at it
				return true
			}
		}
	}
	sum, clock, ok := e.waves(p, length-last, length, clock, &shares)
	if !ok {
		p.TTFT = clock
		return true
	}
	p.TTFT = sum / float64(p.Concurrency)
	p.Makespan = clock
	p.Throughput = float64(p.Concurrency) * float64(l.Input) / p.Makespan
	return true
}

// decode evaluates the decode phase of a disaggregated deployment: TPOT is one step, with the hand-off, over the tokens
// that it yields (search-and-serving 4).
func (e *Evaluator) decode(p *Point) {
	l := &e.load
	r, seconds := e.decodeStep(p.Batch, p.Concurrency)
	var shares mix
	shares.add(&r, 1)
	p.Decode = shares.shares()
	p.TPOT = (seconds + l.HandOff) / l.Accepted
	p.Throughput = float64(p.Concurrency) / p.TPOT
	p.fit(r.Memory, DecodeShort)
}

// QPS is the rate of requests per second that a point stands for. In a prefill phase the reference tool divides by the
// mean TTFT, which grows more slowly than the makespan where prompts queue in waves.
func (p *Point) QPS(l *Load) float64 {
	switch {
	case p.Throughput <= 0:
		return 0
	case p.Makespan == 0:
		return p.Throughput / float64(l.Output)
	case l.Switches.MakespanQPS:
		return float64(p.Concurrency) / p.Makespan
	}
	return float64(p.Concurrency) / p.TTFT
}

func (l *Load) stages() int { return max(1, l.PP) }
