package serve

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
	var sum float64
	for done := 0; done < length; {
		if e.halted() {
			return false
		}
		query := min(chunk, length-done)
		done += query
		var ok bool
		if sum, clock, ok = e.waves(p, query, done, clock, &shares); !ok {
			p.TTFT = clock // how far it came; only the estimate of the linear search looks at it
			return true
		}
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
