package kernel

import (
	"math"

	"fathom/hw"
	"fathom/sim/traffic"
)

// Class is what a part of a step belongs to.
type Class uint8

// The classes that tables of measured kernels tell apart. Attention has norms, elementwise kernels and fixed times too,
// and its projections where it is latent; experts have what runs beside them.
const (
	LinearClass Class = iota
	AttentionClass
	ExpertClass
	LinkClass
	NumClasses
)

func (c Class) String() string {
	return [NumClasses]string{"linear", "attention", "experts", "collectives"}[c]
}

// Part is one kind of kernels of a step on the fullest rank.
type Part struct {
	Name    string
	Class   Class
	Count   int     // times that it runs
	Seconds float64 // of all runs
	FLOPs   float64 // of all runs
	Bytes   float64 // moved or sent in all runs
	Bound   string  // cube, mem, comm, or static for fixed times
}

// Parts takes a step apart. The seconds of all parts add up to those of the step.
func (s *Stepper) Parts(st traffic.State) []Part {
	w := s.sum(st)
	var attn, dense, router, head, read, experts, reduce, gather, elementwise Part
	attn.Name, dense.Name, router.Name, head.Name = "attention projections", "dense and shared MLP", "expert gate",
		"LM head"
	read.Name, experts.Name, reduce.Name, elementwise.Name = "attention", "routed experts", "collectives",
		"norms and elementwise"
	read.Class, elementwise.Class, experts.Class, reduce.Class = AttentionClass, AttentionClass, ExpertClass, LinkClass
	gather.Name, gather.Class, gather.Bound = "expert dispatch", LinkClass, "comm"
	reduce.Bound, elementwise.Bound = "comm", "mem"
	for i := range s.shapes {
		if s.shapes[i].latentAttention {
			attn.Class = AttentionClass
		}
		if s.beside(&s.shapes[i], &w) > 0 {
			dense.Class, router.Class = ExpertClass, ExpertClass
		}
	}
	for i := range s.shapes {
		sh := &s.shapes[i]
		s.product(&attn, sh.count, sh.attention, sh.attentionRows, s.d.Formats.Attention, w.tokens)
		s.product(&dense, sh.count, sh.dense, sh.denseRows, s.d.Formats.Dense, w.tokens)
		s.product(&router, sh.count, sh.router, sh.routerRows, hw.FormatBF16, w.tokens)
		n := float64(sh.count)
		attn.Seconds += n * s.projections(sh)
		dense.Seconds += n * float64(sh.mlpProducts) * s.k.Linear[s.d.Formats.Dense].Floor
		read.Count += sh.count
		read.Seconds += n * s.attention(sh, &w)
		pairs, context := s.seen(sh, &w)
		read.FLOPs += n * (pairs*sh.pairFLOPs + context*w.width*sh.tokenFLOPs)
		read.Bytes += n * s.cache(sh, &w, context)
		if sh.experts > 0 {
			experts.Count += sh.count
			dense.Seconds -= n * s.beside(sh, &w)
			router.Seconds += n * s.k.Linear[hw.FormatBF16].Floor
			experts.Seconds += n * (s.routed(sh, &w) + s.expert.Floor)
			experts.FLOPs += n * 6 * s.hidden * float64(sh.inner*sh.topK) * w.all / s.moeRanks
			experts.Bytes += n * 3 * s.hidden * float64(sh.inner) * s.hit(sh, &w) / s.moeRanks * s.expertBytes
		}
		if s.reduce.rate > 0 {
			reduce.Count += sh.count * (2 + sh.smallReduces)
			reduce.Seconds += n * s.collectives(sh, &w)
			reduce.Bytes += n * 2 * w.tokens * s.hidden * 2
		}
		if t := s.gather(sh, &w); t > 0 {
			gather.Count += 2 * sh.count
			gather.Seconds += n * t
			gather.Bytes += n * 2 * w.all * s.hidden * 2
		}
		elementwise.Count += 8 * sh.count
		elementwise.Bytes += n * w.tokens * s.passes(sh)
	}
	elementwise.Seconds = w.tokens * s.elementwise
	words := perRank(s.d.Model.Vocab, s.d.TP)
	s.product(&head, 1, s.hidden*words, s.hidden+words, s.d.Formats.Head, w.rows)
	if head.Count > 0 {
		head.Seconds += s.k.Linear[s.d.Formats.Head].Floor
	}
	read.Bound, experts.Bound = "mem", "mem"
	if len(st.Prompts) > 0 {
		read.Bound, experts.Bound = "cube", "cube"
	}
	fixed := Part{Name: "fixed times of layers", Class: AttentionClass, Count: len(s.d.Model.Layers), Bound: "static"}
	for i := range s.shapes {
		fixed.Seconds += float64(s.shapes[i].count) * s.fixed(&s.shapes[i])
	}
	list := []Part{attn, dense, router, head, read, experts, reduce, gather, elementwise, fixed}
	rest := s.Seconds(st)
	kept := list[:0]
	for _, p := range list {
		rest -= p.Seconds
		if p.Count > 0 && p.Seconds > 0 {
			kept = append(kept, p)
		}
	}
	if rest > 1e-12 {
		kept = append(kept, Part{Name: "launches, dispatch and guesses", Class: AttentionClass, Count: 1, Seconds: rest,
			Bound: "static"})
	}
	return kept
}

// product adds the runs of one matrix product.
func (s *Stepper) product(p *Part, count int, params, width float64, f hw.Format, rows float64) {
	if params <= 0 {
		return
	}
	n, reach := float64(count), s.k.Linear[f]
	flops, bytes := 2*params*rows, params*f.Bytes()
	cube, mem := flops/(s.d.Profile.Cube[f.Unit(s.d.Profile)]*reach.Compute), bytes/(s.bandwidth*reach.Memory)
	p.Count += count
	p.Seconds += n * (math.Max(cube, mem) + s.k.LinearPasses*2*width*rows/(s.bandwidth*reach.Memory))
	p.FLOPs += n * flops
	p.Bytes += n * bytes
	p.Bound = "mem"
	if cube > mem {
		p.Bound = "cube"
	}
}
