package pass

import "fathom/sim/memory"

const gibibyte = 1 << 30

// memory gives the memory of the fullest stage (simulation-model 6.1, 8.5).
func (r *run) memory() Memory {
	b, mixed := r.demand()
	fullest := r.stageMemory(0, b, mixed)
	for i := 1; i < len(r.p.ranks); i++ {
		if m := r.stageMemory(i, b, mixed); m.used() > fullest.used() {
			fullest = m
		}
	}
	return fullest
}

func (m *Memory) used() float64 { return m.Weight + m.KV + m.Activation }

// stageMemory is the memory of one stage's rank.
func (r *run) stageMemory(i int, b memory.Batch, mixed bool) Memory {
	p, rank := r.p, &r.p.ranks[i]
	m := Memory{Total: p.setup.Profile.MemoryBytes, Weight: rank.Weight(b.Images), KV: rank.KV(b),
		Reserved: p.setup.ReservedGB * gibibyte}
	if p.switches.ActivationMemory {
		m.Activation = r.live(&p.stages[i])
	} else {
		m.Activation = rank.Activation(b)
	}
	m.Available = memory.Available(m.Total, m.Weight, m.KV, m.Activation, m.Reserved, mixed)
	return m
}

// demand is what the batch needs memory for, and whether it prefills requests of different lengths.
func (r *run) demand() (b memory.Batch, mixed bool) {
	b = memory.Batch{Decode: r.b.Decode, Images: r.shape.Images > 0, Requests: int(r.b.Requests), Tokens: int(r.b.Tokens)}
	if v := r.p.setup.Model.Vision; b.Images && !b.Decode && v != nil {
		rows, cols := v.Grid(r.shape.ImageHeight, r.shape.ImageWidth)
		b.Patches = b.Requests * r.shape.Images * rows * cols
	}
	prefill := 0
	for i := range r.b.Pieces {
		c := &r.b.Pieces[i]
		b.Total += int(c.Requests()) * c.Total
		b.Longest = max(b.Longest, c.Total)
		if !c.Decode {
			mixed = mixed || prefill > 0 && prefill != c.Query
			prefill = c.Query
		}
	}
	return b, mixed
}

// live is the largest set of tensors that are alive at once in any layer of a stage (corrected.md, activation memory):
// two copies of the residual stream and what the widest block holds between its first and its last product. FP16
// throughout.
func (r *run) live(s *stage) float64 {
	t := r.b.Tokens
	widest := 0.0
	for i := range s.runs {
		l := s.runs[i].layer
		widest = max(widest, l.live*t, r.ffnElements(l))
	}
	return 2 * (2*t*r.p.hidden + widest)
}

// ffnElements is the number of elements between the first and the last product of a feed-forward block.
func (r *run) ffnElements(l *layer) float64 {
	if !l.facts.FFN.MoE() {
		return 3 * l.ffn.inner * r.b.Tokens
	}
	e := l.moe.spread(r.b.Tokens, r.p.switches.ExpertBalance, r.p.setup.Busiest)
	return e.received*(r.p.hidden+3*l.moe.inner) + e.rows*r.p.hidden
}

// Room is what the caches of requests of so many tokens find beside what a decode step of one of them needs.
func (p *Pricer) Room(tokens int) memory.Room {
	m := p.Uniform(Shape{Decode: true, Requests: 1, Query: 1, Total: tokens}).Memory
	return memory.NewRoom(p.ranks, m.Total, m.Reserved+m.Activation, p.setup.Strategy.DP, tokens)
}
