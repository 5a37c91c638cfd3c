package serve

// aggregate evaluates prompts that fit one prefill step each (search-and-serving 3.4). All requests arrive at once,
// prefill runs in waves, then all decode together:
//
//	TTFT = mean over requests of the end of their wave
//	TPOT = (TTFT + d*O) / O,  d = decode step / accepted tokens
//	tokens/s = C / TPOT
func (e *Evaluator) aggregate(p *Point) {
	l := &e.load
	p.Chunks = 1
	sum, end, ok := e.waves(p, l.effective(), l.effective(), 0, nil)
	if !ok {
		p.lost()
		return
	}
	c := float64(p.Concurrency)
	p.TTFT = sum / c
	if l.oneToken() {
		p.Throughput = c / end
		return
	}
	r, seconds := e.decodeStep(p.Batch, p.Concurrency)
	var decode mix
	decode.add(&r, 1)
	p.Decode = decode.shares()
	p.settle(p.TTFT, seconds/l.Accepted, l.Output)
	p.fit(r.Memory, DecodeShort)
}

// oneToken reports that prefill makes the whole answer, so that requests end with it:
//
//	tokens/s = C / end of the last wave
func (l *Load) oneToken() bool { return l.Switches.OneToken && l.Output == 1 }

// settle fills in TPOT and throughput of an aggregated point from its TTFT and the time of one token.
func (p *Point) settle(ttft, token float64, output int) {
	p.TPOT = (ttft + token*float64(output)) / float64(output)
	p.Throughput = float64(p.Concurrency) / p.TPOT
}

// waves runs one chunk of every prompt, as many prompts at a time as the pooled budget holds, beginning at clock. It
// gives the sum over requests of the end of their wave, and the end of the last one. A nil mix means that the point's
// own prefill shares are to be filled in.
func (e *Evaluator) waves(p *Point, query, total int, clock float64, shares *mix) (sum, end float64, ok bool) {
	l := &e.load
	wave := max(1, l.pooled()/query)
	full, rest := p.Concurrency/wave, p.Concurrency%wave
	var own mix
	if shares == nil {
		shares = &own
	}
	end = clock
	if full > 0 {
		r := e.prompts(p.Batch, wave, query, total)
		if !p.fit(r.Memory, PrefillShort) {
			return 0, end, false
		}
		shares.add(&r, full)
		s, n := l.step(r), float64(full)
		// Wave i ends at clock + seconds + (i-1)*interval.
		sum += float64(wave) * n * (clock + s.seconds + s.interval*(n-1)/2)
		clock += n * s.interval
		end = clock + s.seconds - s.interval
	}
	if rest > 0 {
		r := e.prompts(p.Batch, rest, query, total)
		if !p.fit(r.Memory, PrefillShort) {
			return 0, end, false
		}
		shares.add(&r, 1)
		end = clock + l.step(r).seconds
		sum += float64(rest) * end
	}
	p.Prefill = shares.shares()
	return sum, end, true
}
