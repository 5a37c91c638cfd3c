package price

import (
	"math"
	"sync"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/geometry"
	"fathom/sim/kernel"
	"fathom/sim/memory"
	"fathom/sim/model"
	"fathom/sim/pass"
	"fathom/sim/plan"
	"fathom/sim/traffic"
)

// What engines take of a device's memory, and keep of that beside weights and cache for activations, graphs and
// collective buffers, in bytes (serving-dynamics 2).
const (
	EngineShare   = 0.9
	EngineReserve = 5e9
)

// measured prices with measured kernels, and with the host of a serving engine unless the kernels run back to back.
type measured struct {
	setup    *Setup
	costs    Costs
	dp       int
	stages   []stage
	ranks    func() []memory.Rank
	reserved float64 // bytes per device beside weights and cache
	pieces   *sync.Pool
	layers   float64 // with experts, of a setup whose batches run as two halves; 0: they run whole
}

func newMeasured(s *Setup, g *Given) (*measured, error) {
	p := &measured{setup: s, costs: g.Costs, dp: max(1, s.Strategy.DP), reserved: g.Reserved,
		pieces: &sync.Pool{New: func() any { return new([]traffic.Piece) }}}
	p.costs.Host.Sequence /= float64(p.dp) // every attention rank has its own scheduler
	layout := s.Strategy
	layout.DP, layout.PP = p.dp, max(1, layout.PP)
	if s.Model.MoE() {
		layout.EP, layout.MoETP, layout.MoEDP = max(1, layout.EP), max(1, layout.MoETP), 1
	}
	rank, err := geometry.Served(s.Model, layout)
	if err != nil {
		return nil, err
	}
	if twoBatch(s.Strategy) {
		_, n := s.Model.Routed()
		p.layers = float64(n)
	}
	if p.stages, err = stages(rank, s.Profile, g, s.Busiest); err != nil {
		return nil, err
	}
	if p.reserved == 0 { // what an engine keeps covers the reserve that was asked for, if that is smaller
		p.reserved = math.Max((1-EngineShare)*s.Profile.MemoryBytes+EngineReserve, s.ReservedGB*(1<<30))
	}
	// Calibrations ask for times only, and of thousands of setups.
	f := &g.Formats
	stored := memory.FormatsOf(model.Stored{Projection: f.Attention, Output: f.Attention, State: f.Attention,
		Dense: f.Dense, Shared: f.Dense, Expert: f.Expert, Head: f.Head}, f.KV)
	if s.Quant.Linear == plan.AsPublished {
		stored = memory.FormatsOf(s.Model.Stored, f.KV)
	}
	p.ranks = sync.OnceValue(func() []memory.Rank {
		ranks, _ := memory.NewRanks(rank, memory.Setting{MTP: s.MTP, Served: true, Formats: stored})
		return ranks
	})
	return p, nil
}

func (p *measured) Bars() *hw.EngineCosts { return p.costs.Bars }
func (p *measured) Host() kernel.Host     { return p.costs.Host }

// Check refuses images: no kernels of vision towers were measured.
func (p *measured) Check(s pass.Shape) error {
	if s.Images > 0 {
		return message.Fault("unpriced.images")
	}
	return nil
}

// Notes says where no fit stands behind the figures.
func (p *measured) Notes() []message.Message {
	if why := Unfitted(p.setup.Profile, p.setup.Serving); !why.IsZero() && p.setup.Basis == Step {
		return []message.Message{why}
	}
	return nil
}

// Clock of a pipeline is the round of a micro-batch through all stages while the others fill them: at the pace of the
// slowest, with the host at each.
func (p *measured) Clock() traffic.Clock {
	if p.layers > 0 {
		return traffic.ClockFunc(func(st traffic.State) float64 { return p.devices(st).Seconds })
	}
	if len(p.stages) == 1 && p.stages[0].count == 1 {
		return p.stages[0].step
	}
	return traffic.ClockFunc(p.round)
}

func (p *measured) round(st traffic.State) float64 {
	tokens := p.tokens(st)
	var through, slowest float64
	for i := range p.stages {
		s := &p.stages[i]
		t := s.step.Seconds(st) + s.send(tokens)
		through += s.count * t
		slowest = max(slowest, t)
	}
	host := p.host(st)
	return max(through, float64(p.setup.Strategy.PP)*(slowest+host)-host)
}

// Room is what is left of the fullest rank's memory after weights and what the engine keeps.
func (p *measured) Room(tokens int) memory.Room {
	return memory.NewRoom(p.ranks(), p.setup.Profile.MemoryBytes, p.reserved, p.dp, tokens)
}

// Uniform prices a batch of equal requests of the whole instance. Every DP rank gets as many as the fullest one.
func (p *measured) Uniform(s pass.Shape) pass.Result {
	one := [1]pass.Piece{p.fullest(s)}
	return p.Mixed(one[:])
}

// fullest is what the fullest DP rank gets of a batch of equal requests.
func (p *measured) fullest(s pass.Shape) pass.Piece {
	return pass.Piece{Query: s.Query, Total: s.Total, Count: max(1, (s.Requests+p.dp-1)/p.dp), Decode: s.Decode}
}

// Mixed prices the requests of one DP rank, all other ranks having the same.
func (p *measured) Mixed(pieces []pass.Piece) pass.Result {
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
func (p *measured) state(pieces []pass.Piece, prompts []traffic.Piece) traffic.State {
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

// tokens are those that a DP rank hands from one stage to the next.
func (p *measured) tokens(st traffic.State) float64 {
	n := float64(st.Decoding * st.Width)
	for _, c := range st.Prompts {
		n += float64(c.Query)
	}
	return n / float64(p.dp)
}

// price adds the stages of a pipeline up: usually one. The host works once a step, whatever the stages.
func (p *measured) price(st traffic.State) (r pass.Result) {
	r = p.devices(st)
	host := p.host(st)
	r.Bound.Static += host
	r.Seconds = r.Bound.Mem + r.Bound.Cube + r.Bound.Comm + r.Bound.Static
	if p.setup.Strategy.PP <= 1 {
		r.Slowest = 0
	} else {
		r.Slowest += host
	}
	return r
}

// devices is a step without the host: of the whole batch, or of its halves.
func (p *measured) devices(st traffic.State) pass.Result {
	if p.layers > 0 {
		if a, b := halves(st, p.dp); b.Decoding+len(b.Prompts) > 0 {
			return overlapped(p.whole(a), p.whole(b), p.layers)
		}
	}
	return p.whole(st)
}

// whole is a step of one batch without the host.
func (p *measured) whole(st traffic.State) (r pass.Result) {
	tokens := p.tokens(st)
	for i := range p.stages {
		s := &p.stages[i]
		b, exchange := s.step.Bounds(st)
		b.Comm += s.send(tokens)
		r.Exchange += s.count * exchange
		r.Bound.Mem += s.count * b.Mem
		r.Bound.Cube += s.count * b.Cube
		r.Bound.Comm += s.count * b.Comm
		r.Bound.Static += s.count * b.Static
		r.Slowest = math.Max(r.Slowest, b.Total())
	}
	r.Seconds = r.Bound.Mem + r.Bound.Cube + r.Bound.Comm + r.Bound.Static
	return r
}

// host is what the serving engine adds to a step.
func (p *measured) host(st traffic.State) float64 {
	h := &p.costs.Host
	return h.Step + h.Sequence*float64(st.Decoding+len(st.Prompts))
}

// memory is that of the fullest stage. The measured reserve holds activations too.
func (p *measured) memory(pieces []pass.Piece) pass.Memory {
	var b memory.Batch
	for i := range pieces {
		c := &pieces[i]
		n := max(1, c.Count)
		b.Requests += n
		b.Total += n * c.Total
	}
	var fullest pass.Memory
	ranks := p.ranks()
	for i := range ranks {
		m := pass.Memory{Total: p.setup.Profile.MemoryBytes, Weight: ranks[i].Weight(false), KV: ranks[i].KV(b),
			Reserved: p.reserved}
		if i == 0 || m.Weight+m.KV > fullest.Weight+fullest.KV {
			fullest = m
		}
	}
	fullest.Available = memory.Available(fullest.Total, fullest.Weight, fullest.KV, 0, fullest.Reserved, false)
	return fullest
}

// Table takes a uniform pass apart by kinds of kernels, with the host and what stages send each other.
func (p *measured) Table(s pass.Shape) Table {
	one := [1]pass.Piece{p.fullest(s)}
	st := p.state(one[:], nil)
	t := Table{Result: p.price(st)}
	t.Memory = p.memory(one[:])
	var sent Row
	for i := range p.stages {
		s := &p.stages[i]
		for _, k := range s.step.Parts(st) {
			t.add(&k, s.count)
		}
		if send := s.send(p.tokens(st)); send > 0 {
			sent.Count += int(s.count)
			sent.Seconds += s.count * send
			sent.Bytes += s.count * s.bytes * p.tokens(st)
		}
	}
	if sent.Count > 0 {
		sent.Name, sent.Bound, sent.Class = "transfer between stages", "comm", kernel.LinkClass
		t.Rows = append(t.Rows, sent)
	}
	if host := p.host(st); host > 0 {
		t.Rows = append(t.Rows, Row{Name: "host of " + p.setup.Serving.On(p.setup.Profile).String(), Count: 1, Seconds: host,
			Bound: "static", Class: kernel.AttentionClass})
	}
	if p.layers > 0 {
		t.halved()
	}
	return t
}

// add puts a part of so many equal stages to the rows.
func (t *Table) add(k *kernel.Part, stages float64) {
	for i := range t.Rows {
		if r := &t.Rows[i]; r.Name == k.Name {
			r.Count += int(stages) * k.Count
			r.Seconds += stages * k.Seconds
			r.FLOPs += stages * k.FLOPs
			r.Bytes += stages * k.Bytes
			return
		}
	}
	t.Rows = append(t.Rows, Row{Name: k.Name, Class: k.Class, Count: int(stages) * k.Count, Seconds: stages * k.Seconds,
		FLOPs: stages * k.FLOPs, Bytes: stages * k.Bytes, Bound: k.Bound})
}

// Least gives the shortest times in seconds that the peaks of the devices of a setup allow: to read the weights that a
// step of so many sequences needs, and of the products of a prompt of so many tokens.
func Least(s Setup, sequences, tokens float64) (step, prompt float64, err error) {
	s.Fidelity = plan.Calibrated
	p, err := New(s)
	if err != nil {
		return 0, 0, err
	}
	for _, st := range p.(*measured).stages {
		step += st.count * st.step.LeastStep(sequences)
		prompt += st.count * st.step.LeastPrompt(tokens)
	}
	return step, prompt, nil
}
