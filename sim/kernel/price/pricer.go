// Package price makes forward passes of the kernel model: what a search, a dashboard or a simulation of requests asks
// of a profile under "calibrated" fidelity. Times are those of sim/kernel with the host's part of a step; memory is
// that of sim/memory with what engines were measured to keep for themselves.
package price

import (
	"fmt"
	"math"
	"sync"

	"fathom/hw"
	"fathom/sim/geometry"
	"fathom/sim/kernel"
	"fathom/sim/memory"
	"fathom/sim/pass"
	"fathom/sim/plan"
	"fathom/sim/traffic"
)

// Pricer prices forwards of one setup. It is immutable and safe for concurrent use.
type Pricer struct {
	setup    pass.Setup
	host     kernel.Host
	dp       int
	whole    *kernel.Stepper // all stages together, as a scheduler sees them
	stages   []stage
	ranks    []memory.Rank
	reserved float64 // bytes per device beside weights and cache
	pieces   *sync.Pool
}

// New checks a setup and prepares a pricer, with the constants that a fit gave for its serving engine, or unfitted ones
// where the profile carries no fit. Every error names the field, its value and the fix.
func New(s pass.Setup) (*Pricer, error) {
	if err := check(&s); err != nil {
		return nil, err
	}
	constants, host, _ := Costs(s.Profile, s.Serving)
	return newPricer(s, constants, host)
}

// Kernels is a pricer of measured kernels that run back to back, without anything of a serving engine. ok is false
// where the profile has no sums of them; the errors are those of New.
func Kernels(s pass.Setup, engine string) (p *Pricer, ok bool, err error) {
	if err := check(&s); err != nil {
		return nil, false, err
	}
	constants, ok := kernel.Sums(s.Profile, engine)
	if !ok {
		return nil, false, nil
	}
	p, err = newPricer(s, constants, kernel.Host{})
	return p, true, err
}

func newPricer(s pass.Setup, constants kernel.Constants, host kernel.Host) (*Pricer, error) {
	formats, err := formats(s.Quant, s.Profile, s.Model.Published)
	if err != nil {
		return nil, err
	}
	host.Sequence /= float64(max(1, s.Strategy.DP)) // every attention rank has its own scheduler
	g, err := geometry.New(s.Model, s.Strategy, false)
	if err != nil {
		return nil, err
	}
	p := &Pricer{setup: s, host: host, dp: max(1, s.Strategy.DP),
		pieces: &sync.Pool{New: func() any { return new([]traffic.Piece) }}}
	if p.ranks, err = memory.NewRanks(g, memory.Setting{Formats: memory.ReferenceFormats(s.Quant), Quant: s.Quant,
		Options: s.Options, MTP: s.MTP}); err != nil {
		return nil, err
	}
	if p.whole, err = kernel.New(deployment(&s, s.Model, formats, &constants)); err != nil {
		return nil, err
	}
	if p.stages, err = stages(&s, formats, &constants); err != nil {
		return nil, err
	}
	// What an engine keeps for itself covers the reserve that was asked for, if that is smaller.
	p.reserved = math.Max((1-kernel.EngineShare)*s.Profile.MemoryBytes+kernel.EngineReserve, s.ReservedGB*(1<<30))
	return p, nil
}

// Costs are the numbers for a serving engine on a profile, and the intervals that they earned in cross-validation.
// Without a fit for the engine they are the unfitted ones, and the intervals are nil.
func Costs(p *hw.Profile, s plan.Serving) (kernel.Constants, kernel.Host, *hw.EngineCosts) {
	name := s.On(p).String()
	if k, h, err := kernel.Calibrated(p, name); err == nil {
		return k, h, p.Calibrated.Engine(name)
	}
	return kernel.Unfitted(p), kernel.UnfittedHost, nil
}

// Clock is the time of a step without the host's, for a simulation of requests. In a pipeline it is the round of a
// micro-batch through all stages while the others fill them: at the pace of the slowest, with the host at each.
func (p *Pricer) Clock() traffic.Clock {
	if p.setup.Strategy.PP <= 1 {
		return p.whole
	}
	return traffic.ClockFunc(p.round)
}

func (p *Pricer) round(st traffic.State) float64 {
	tokens := float64(st.Decoding * st.Width)
	for _, c := range st.Prompts {
		tokens += float64(c.Query)
	}
	var through, slowest float64
	for i := range p.stages {
		s := &p.stages[i]
		t := s.step.Seconds(st) + s.send(tokens/float64(p.dp))
		through += s.count * t
		slowest = math.Max(slowest, t)
	}
	host := p.hostTime(st)
	return math.Max(through, float64(p.setup.Strategy.PP)*(slowest+host)-host)
}

// Host is the time of the serving engine beside the devices.
func (p *Pricer) Host() kernel.Host { return p.host }

// Room is the KV cache of the whole instance, all DP ranks together, in tokens of requests of so many.
func (p *Pricer) Room(tokens int) int {
	m := p.whole.Memory(1, p.reserved)
	return m.Room(tokens)
}

// check refuses what the kernel model does not know. The sizes follow the rules of the operator model, so that the same
// layouts are valid whatever the fidelity.
func check(s *pass.Setup) error {
	if s.Profile == nil || s.Profile.Kernel == nil {
		name := "no profile"
		if s.Profile != nil {
			name = s.Profile.Name
		}
		return fmt.Errorf("fidelity calibrated: %s has no measured kernel figures; use reference or corrected", name)
	}
	plain := *s
	plain.Quant, plain.Switches = plan.Quant{}, pass.Switches{MTPHeads: true}
	if _, err := pass.New(plain); err != nil {
		return err
	}
	t := s.Strategy
	for _, size := range []struct {
		name  string
		value int
	}{{"o-proj-tp", t.OProjTP}, {"mlp-tp", t.MLPTP}, {"lmhead-tp", t.LMHeadTP}} {
		if size.value > 0 && size.value != t.TP {
			return fmt.Errorf("%s %d: calibrated figures are for one TP size in all layers; leave it out, or use fidelity "+
				"corrected", size.name, size.value)
		}
	}
	switch {
	case t.DCP > 1:
		return fmt.Errorf("dcp %d: no kernels were measured with decode context parallel; use 1, or fidelity corrected",
			t.DCP)
	case t.MoEDP > 1:
		return fmt.Errorf("moe-dp %d: no kernels were measured with replicated experts; use 1, or fidelity corrected",
			t.MoEDP)
	case t.ExternalShared || t.RedundantExperts:
		return fmt.Errorf("redundant or external experts: no kernels were measured with them; leave them out, or use " +
			"fidelity corrected")
	}
	return nil
}

// Uniform prices a batch of equal requests of the whole instance. Every DP rank gets as many as the fullest one.
func (p *Pricer) Uniform(s pass.Shape) pass.Result {
	one := [1]pass.Piece{p.fullest(s)}
	return p.Mixed(one[:])
}

// fullest is what the fullest DP rank gets of a batch of equal requests.
func (p *Pricer) fullest(s pass.Shape) pass.Piece {
	return pass.Piece{Query: s.Query, Total: s.Total, Count: max(1, (s.Requests+p.dp-1)/p.dp), Decode: s.Decode}
}

// Mixed prices the requests of one DP rank, all other ranks having the same.
func (p *Pricer) Mixed(pieces []pass.Piece) pass.Result {
	if len(pieces) == 0 {
		return pass.Result{}
	}
	lent := p.pieces.Get().(*[]traffic.Piece)
	st := p.state(pieces, (*lent)[:0])
	r := p.price(st)
	if st.Prompts != nil {
		*lent = st.Prompts[:0]
	}
	p.pieces.Put(lent)
	r.Memory = p.memory(pieces)
	return r
}

// state is the step of all ranks that the pieces of one of them stand for. It appends to prompts.
func (p *Pricer) state(pieces []pass.Piece, prompts []traffic.Piece) traffic.State {
	st := traffic.State{Width: 1}
	for i := range pieces {
		c := &pieces[i]
		n := max(1, c.Count) * p.dp
		if c.Decode {
			st.Decoding += n
			st.Context += float64(n) * float64(c.Total)
			st.Width = max(st.Width, c.Query)
			continue
		}
		for range n {
			prompts = append(prompts, traffic.Piece{Query: c.Query, Done: c.Total - c.Query, Last: true})
		}
	}
	if len(prompts) > 0 {
		st.Prompts = prompts
	}
	return st
}

// price sums the stages of a pipeline up: usually one. The host works once a step, whatever the stages.
func (p *Pricer) price(st traffic.State) (r pass.Result) {
	tokens := float64(st.Decoding * st.Width)
	for _, c := range st.Prompts {
		tokens += float64(c.Query)
	}
	for i := range p.stages {
		s := &p.stages[i]
		b := s.split(st)
		send := s.send(tokens / float64(p.dp))
		n := s.count
		r.Seconds += n * (b.seconds + send)
		r.Bound.Mem += n * b.mem
		r.Bound.Cube += n * b.cube
		r.Bound.Comm += n * (b.comm + send)
		r.Bound.Static += n * b.static
		r.Slowest = math.Max(r.Slowest, b.seconds+send)
	}
	host := p.hostTime(st)
	r.Seconds += host
	r.Bound.Static += host
	if p.setup.Strategy.PP <= 1 {
		r.Slowest = 0
	} else {
		r.Slowest += host
	}
	return r
}

// memory is that of the fullest stage. The measured reserve holds activations too.
func (p *Pricer) memory(pieces []pass.Piece) pass.Memory {
	b := memory.Batch{Decode: true}
	for i := range pieces {
		c := &pieces[i]
		n := max(1, c.Count)
		b.Requests += n
		b.Tokens += n * c.Query
		b.Total += n * c.Total
		b.Longest = max(b.Longest, c.Total)
		b.Decode = b.Decode && c.Decode
	}
	var fullest pass.Memory
	for i := range p.ranks {
		m := pass.Memory{Total: p.setup.Profile.MemoryBytes, Weight: p.ranks[i].Weight(false), KV: p.ranks[i].KV(b),
			Reserved: p.reserved}
		if i == 0 || m.Weight+m.KV > fullest.Weight+fullest.KV {
			fullest = m
		}
	}
	fullest.Available = memory.Available(fullest.Total, fullest.Weight, fullest.KV, 0, fullest.Reserved, false)
	return fullest
}

// Parts takes a uniform pass apart, the host's time included: their seconds add up to those of Uniform, but for what
// stages send each other.
func (p *Pricer) Parts(s pass.Shape) []kernel.Part {
	st := p.state([]pass.Piece{p.fullest(s)}, nil)
	list := p.whole.Parts(st)
	if host := p.hostTime(st); host > 0 {
		list = append(list, kernel.Part{Name: "host of " + p.setup.Serving.On(p.setup.Profile).String(), Count: 1,
			Seconds: host, Bound: "static"})
	}
	return list
}

// hostTime is what the serving engine adds to a step.
func (p *Pricer) hostTime(st traffic.State) float64 {
	return p.host.Step + p.host.Sequence*float64(st.Decoding+len(st.Prompts))
}
