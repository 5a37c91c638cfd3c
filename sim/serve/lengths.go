package serve

import (
	"slices"
	"sort"

	"fathom/sim/pass"
	"fathom/sim/plan"
)

// Lengths is a distribution of prompt lengths, ready for evaluation. Bins are in order of length.
type Lengths struct {
	Bins []Bin
	Mean int // tokens that prefill computes for a prompt on average, at least 1
	Full int // tokens of a prompt on average, cached ones included, at least 1
}

// Bin stands for all prompts of one bin of a distribution.
type Bin struct {
	Prompt int     // its representative length, the middle of the bin
	Query  int     // tokens that prefill computes
	Ratio  float64 // its share of the requests
}

// NewLengths prepares the bins of a distribution under a prefix-cache hit rate (search-and-serving 3.7).
func NewLengths(bins []plan.Bin, hitRate float64) *Lengths {
	sorted := slices.Clone(bins)
	sort.SliceStable(sorted, func(i, j int) bool { return sorted[i].Min < sorted[j].Min })
	var weights, mean, full float64
	for _, b := range sorted {
		weights += b.Weight
	}
	l := &Lengths{Bins: make([]Bin, len(sorted))}
	for i, b := range sorted {
		prompt := (b.Min + b.Max) / 2
		l.Bins[i] = Bin{Prompt: prompt, Query: max(1, Effective(prompt, hitRate)), Ratio: b.Weight / weights}
		mean += float64(l.Bins[i].Query) * l.Bins[i].Ratio
		full += float64(prompt) * l.Bins[i].Ratio
	}
	l.Mean, l.Full = max(1, int(mean)), max(1, int(full))
	return l
}

// Samples deals requests to the bins: the whole part of each share, the rest by largest remainder, ties to the longer
// query. It appends to into[:0].
func (l *Lengths) Samples(requests int, into []int) []int {
	into = into[:0]
	left := requests
	for _, b := range l.Bins {
		n := int(float64(requests) * b.Ratio)
		into = append(into, n)
		left -= n
	}
	// Fewer than len(Bins) are left, so picking the largest each time is cheap; a bin that was picked has no remainder
	// left.
	for ; left > 0; left-- {
		best, most := 0, -1.0
		for i, b := range l.Bins {
			exact := float64(requests) * b.Ratio
			rest := exact - float64(into[i])
			if into[i] > int(exact) {
				continue
			}
			if rest > most || rest == most && b.Query > l.Bins[best].Query {
				best, most = i, rest
			}
		}
		into[best]++
	}
	return into
}

// walk fills chunks of exactly budget tokens with prompts in order, splitting them where a chunk is full, and prices
// each chunk as one mixed forward. It calls done after each with its result and the number of prompts that it finished.
func (e *Evaluator) walk(p *Point, done func(r pass.Result, finished int) bool) bool {
	l := &e.load
	e.samples = l.Lengths.Samples((p.Concurrency+l.DP-1)/l.DP, e.samples)
	e.pieces = e.pieces[:0]
	room, finished := l.Budget, 0
	flush := func() bool {
		r := e.forward.Mixed(e.pieces)
		n := finished
		e.pieces, room, finished = e.pieces[:0], l.Budget, 0
		p.Chunks++
		return done(r, n)
	}
	for i, b := range l.Lengths.Bins {
		cached := 0
		if l.Switches.PrefixAttended {
			cached = max(0, b.Prompt-b.Query)
		}
		for n := e.samples[i]; n > 0; {
			if e.halted() {
				return false
			}
			if whole := min(n, room/b.Query); whole > 0 {
				e.pieces = append(e.pieces, pass.Piece{Query: b.Query, Total: cached + b.Query, Count: whole})
				n, room, finished = n-whole, room-whole*b.Query, finished+whole
				if room == 0 && !flush() {
					return true
				}
				continue
			}
			// The next prompt is longer than what is left of the chunk: it is cut into as many pieces as it takes.
			n--
			for computed := 0; computed < b.Query; {
				if e.halted() {
					return false
				}
				q := min(room, b.Query-computed)
				computed, room = computed+q, room-q
				e.pieces = append(e.pieces, pass.Piece{Query: q, Total: cached + computed, Count: 1})
				if computed == b.Query {
					finished++
				}
				if room == 0 && !flush() {
					return true
				}
			}
		}
	}
	if len(e.pieces) > 0 {
		flush()
	}
	return true
}

// prompts of a distribution: the sum over the requests of one replica of the clock when their last piece is done, and
// the last clock. Chunks follow each other; nothing overlaps.
func (e *Evaluator) runLengths(p *Point, clock float64) (sum, end float64, fits, done bool) {
	var shares mix
	fits = true
	done = e.walk(p, func(r pass.Result, finished int) bool {
		if fits = p.fit(r.Memory, PrefillShort); !fits {
			return false
		}
		shares.add(&r, 1)
		clock += r.Seconds
		sum += float64(finished) * clock
		return true
	})
	p.Prefill = shares.shares()
	return sum, clock, fits, done
}

// aggregateLengths evaluates an aggregated deployment under a length distribution.
func (e *Evaluator) aggregateLengths(p *Point) bool {
	l := &e.load
	sum, end, fits, done := e.runLengths(p, 0)
	if !done {
		return false
	}
	if !fits {
		p.lost()
		return true
	}
	p.TTFT = sum / float64((p.Concurrency+l.DP-1)/l.DP)
	if l.oneToken() {
		p.Throughput = float64(p.Concurrency) / end
		return true
	}
	r, seconds := e.decodeStep(p.Batch, p.Concurrency)
	var decode mix
	decode.add(&r, 1)
	p.Decode = decode.shares()
	p.settle(p.TTFT, seconds/l.Accepted, l.Output)
	p.fit(r.Memory, DecodeShort)
	return true
}

// prefillLengths evaluates a prefill phase under a length distribution. Throughput counts whole prompts, cached tokens
// too.
func (e *Evaluator) prefillLengths(p *Point) bool {
	l := &e.load
	sum, clock, fits, done := e.runLengths(p, l.HandOff)
	if !done {
		return false
	}
	if !fits {
		p.TTFT = clock
		return true
	}
	p.TTFT, p.Makespan = sum/float64((p.Concurrency+l.DP-1)/l.DP), clock
	tokens := 0
	for i, b := range l.Lengths.Bins {
		tokens += e.samples[i] * b.Prompt
	}
	p.Throughput = float64(l.DP*tokens) / clock
	return true
}
