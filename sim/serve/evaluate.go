package serve

import (
	"math"
	"sync"
	"sync/atomic"

	"fathom/sim/pass"
	"fathom/sim/plan"
)

// Evaluator evaluates batch sizes of one load at a time. It keeps its scratch space from one to the next, so that a
// search does not allocate; it must not be shared between goroutines.
type Evaluator struct {
	load    Load
	forward Forward
	stopped *atomic.Bool
	polls   int

	Turn  *Turn           // long evaluations wait for it; nil: for nobody
	Spend func(steps int) // hears of every step that was made, of many at once; nil: nobody counts them

	waiting runs
	ready   runs  // while every step serves every answer
	turns   turns // from the step on that does not
	cycle   cycle
	priced  priced
	samples []int
	pieces  []pass.Piece
}

// Prepare sets what the next calls of At are about. A stopped flag, nil or not, ends long evaluations early.
func (e *Evaluator) Prepare(load Load, forward Forward, stopped *atomic.Bool) {
	e.load, e.forward, e.stopped = load, forward, stopped
	e.priced.known = false
}

// At evaluates batch requests per DP replica. It reports false, with an unusable point, when it was stopped.
func (e *Evaluator) At(batch int) (Point, bool) {
	l := &e.load
	p := Point{Batch: batch, Concurrency: l.Requests(batch), Memory: pass.Memory{Available: math.Inf(1)}}
	done := true
	e.polls = 0
	defer e.spend()
	switch {
	case l.Phase == plan.PhaseDecode:
		e.decode(&p)
	case l.Lengths != nil && l.Phase == plan.PhasePrefill:
		done = e.prefillLengths(&p)
	case l.Lengths != nil:
		done = e.aggregateLengths(&p)
	case l.Phase == plan.PhasePrefill:
		done = e.prefill(&p)
	case l.effective() > l.Budget:
		done = e.chunked(&p)
	default:
		e.aggregate(&p)
	}
	return p, done
}

// often is how many steps pass between two looks at who else wants the processor.
const often = 1024

// spend tells of the steps since it was told the last time.
func (e *Evaluator) spend() {
	if e.Spend != nil {
		e.Spend(e.polls)
	}
	e.polls = 0
}

// Turn is locked by whoever wants work to wait.
type Turn struct{ sync.RWMutex }

// Wait returns when nobody holds the turn.
func (t *Turn) Wait() {
	if t != nil {
		t.RLock()
		defer t.RUnlock()
	}
}

// halted is asked at every step: it tells whether the evaluation was stopped, and waits now and then for its turn.
func (e *Evaluator) halted() bool {
	if e.polls++; e.polls == often {
		e.Turn.Wait()
		e.spend()
	}
	return e.stopped != nil && e.stopped.Load()
}

// effective is the number of prompt tokens that prefill computes for a request of fixed length.
func (l *Load) effective() int { return Effective(l.Input, l.HitRate) }

// attended is how many cached tokens a prompt's forwards attend to. The reference tool lets them vanish.
func (l *Load) attended() int {
	if l.Switches.PrefixAttended {
		return l.Input - l.effective()
	}
	return 0
}

// fit notes a forward's memory in the point and tells whether it fits.
func (p *Point) fit(m pass.Memory, phase Short) bool {
	if m.Available < p.Memory.Available {
		p.Memory = m
	}
	if m.Available < 0 {
		p.Short = phase
		return false
	}
	return true
}

// lost is what the reference tool says of a point that could not be run to its end: endless latency, no throughput.
func (p *Point) lost() {
	p.TTFT, p.TPOT, p.Throughput = math.Inf(1), math.Inf(1), 0
}

// step is one priced forward of a pipeline: how long one micro-batch takes to pass, and after which time the next can
// follow. Without pipeline stages both are the same.
type step struct{ seconds, interval float64 }

func (l *Load) step(r pass.Result) step {
	if l.PP <= 1 || r.Slowest <= 0 {
		return step{r.Seconds, r.Seconds}
	}
	return step{r.Seconds, r.Slowest}
}

// prompts prices one forward of several prompts with query new tokens each, the last of which is token number total of
// the computed ones.
func (e *Evaluator) prompts(batch, requests, query, total int) pass.Result {
	l := &e.load
	s := pass.Shape{Requests: requests, Query: query, Total: total + l.attended()}
	if l.ImageHeight > 0 {
		s.Images, s.ImageHeight, s.ImageWidth = l.images(batch), l.ImageHeight, l.ImageWidth
	}
	return e.forward.Uniform(s)
}

// images per request. The reference tool takes the batch size where only an image size was given.
func (l *Load) images(batch int) int {
	if l.Images > 0 {
		return l.Images
	}
	return batch
}

// answers prices one decode step of several requests; the memory is that at the end of the answer where asked for.
func (e *Evaluator) answers(batch, requests int) pass.Result {
	l := &e.load
	s := pass.Shape{Decode: true, Requests: requests, Query: l.MTP + 1, Total: l.midAnswer()}
	if l.ImageHeight > 0 {
		s.Images, s.ImageHeight, s.ImageWidth = l.images(batch), l.ImageHeight, l.ImageWidth
	}
	r := e.forward.Uniform(s)
	if l.Switches.MemoryAtEnd {
		if end := s.Total - l.Output/2 - l.MTP - 1 + l.Output; end > s.Total {
			s.Total = end
			r.Memory = e.forward.Uniform(s).Memory
		}
	}
	return r
}

// decodeStep is the time between two steps of the same request when requests answers are in flight. With pipeline
// stages each stage works on its own micro-batch: a request comes round after all of them, at the pace of the slowest
// stage, or after its own way through the stages if that is longer.
func (e *Evaluator) decodeStep(batch, requests int) (pass.Result, float64) {
	l := &e.load
	stages := max(1, l.PP)
	r := e.answers(batch, (requests+stages-1)/stages)
	if stages == 1 {
		return r, r.Seconds
	}
	r.Memory.Available -= float64(stages-1) * r.Memory.KV
	r.Memory.KV *= float64(stages)
	s := l.step(r)
	return r, math.Max(s.seconds, float64(stages)*s.interval)
}
