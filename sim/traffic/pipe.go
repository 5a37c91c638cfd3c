package traffic

import "math"

// pipe is a pipeline of equal stages. Each of its micro-batches is a replica of its own, with its share of the requests
// and of the KV room (SGLang's pipeline loop, vLLM's virtual engines); their steps pass the stages one behind the
// other, in the order in which they begin. A step that is longer than the others leaves the stages behind it idle, and
// keeps those that follow waiting: the bubbles of a pipeline.
type pipe struct {
	free  []float64 // when each stage has done all that it was given
	lanes []*replica

	list  []lane // scratch space
	times []float64
	ends  [][3]float64
}

func newPipe(stages int) *pipe {
	if stages <= 1 {
		return nil
	}
	return &pipe{free: make([]float64, stages), lanes: make([]*replica, stages)}
}

// pass is when a step leaves the last stage that comes to the first at a time and takes so many seconds of all stages
// together.
func (p *pipe) pass(at, seconds float64) float64 {
	each := seconds / float64(len(p.free))
	for i, free := range p.free {
		at = max(at, free) + each
		p.free[i] = at
	}
	return at
}

// took is how long a step of a replica takes from now: its own time, and in a pipeline what it waits for the steps
// before it. It is asked once for each step of a pipeline.
func (r *replica) took(s State) float64 {
	if r.pipe == nil {
		return r.engine.step(r.clock, s)
	}
	return r.pipe.pass(r.now+r.engine.host(s), r.ramp.seconds(r, s)) - r.now
}

// ramp is what decode steps of a number of sequences take: they are linear in the context, so that steps of a pipeline,
// which come one by one, are priced by the ends of a run as those without are.
type ramp struct {
	decoding    int
	from, until float64 // contexts
	base, slope float64
}

func (p *ramp) seconds(r *replica, s State) float64 {
	if len(s.Prompts) > 0 || s.Decoding == 0 {
		return r.clock.Seconds(s)
	}
	if p.decoding != s.Decoding || s.Context < p.from || s.Context > p.until {
		r.drop()
		ahead := s
		ahead.Context += float64(s.Decoding*r.gain) / grain * float64(max(1, int(r.ends[0].key-r.tick)))
		p.decoding, p.from, p.until, p.base = s.Decoding, s.Context, ahead.Context, r.clock.Seconds(s)
		p.slope = (r.clock.Seconds(ahead) - p.base) / (p.until - p.from)
	}
	return p.base + p.slope*(s.Context-p.from)
}

// add makes so many deployments of an engine: a replica each, or one for every micro-batch of a pipeline.
func (r *run) add(list []*replica, engine Engine, clock Clock, deployments int) []*replica {
	for range deployments {
		p := newPipe(engine.Stages)
		for i := range engine.lanes() {
			x := r.replica(engine, clock)
			if x.pipe = p; p != nil {
				p.lanes[i] = x
			}
			list = append(list, x)
		}
	}
	return list
}

// Smoothest is the one of several token budgets of a step with which a pipeline serves most in the closed form: a
// micro-batch of c requests has a prompt's chunk in c chunks / output of its steps, and the pipeline goes at the pace
// of the longest of the steps that are in its stages together.
func Smoothest(load Load, engine Engine, clock Clock, budgets []int) (best int) {
	c := max(1, (load.Concurrency+engine.lanes()-1)/engine.lanes())
	input := max(1, int(load.mean(load.Input)*(1-load.Cached)))
	steps := load.mean(load.Output) / (1 + engine.Accept)
	state := State{Decoding: c, Width: 1 + engine.Draft,
		Context: float64(c) * (load.mean(load.Input) + load.mean(load.Output)/2)}
	alone, least := clock.Seconds(state), math.Inf(1)
	for _, budget := range budgets {
		query := min(max(1, budget), input)
		piece := [1]Piece{{Query: query, Done: (input - query) / 2, Last: query == input}}
		beside := state
		beside.Prompts = piece[:]
		chunks := float64(c * ((input + query - 1) / query))
		beset := 1 - math.Pow(1-min(1, chunks/steps), float64(engine.lanes()))
		if t := max(steps, chunks) * (alone + beset*(clock.Seconds(beside)-alone)); t < least {
			best, least = budget, t
		}
	}
	return best
}
