package kernel

import "fathom/sim/traffic"

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
	Bounds  Bounds  // the seconds by what bounds them
	Bound   string  // cube, mem, comm, or static for fixed times: the largest of them
}

// kinds names the kinds of kernels and their usual classes.
var kinds = [numKinds]struct {
	name  string
	class Class
}{
	projections:   {"attention projections", LinearClass},
	denseMLP:      {"dense and shared MLP", LinearClass},
	expertGate:    {"expert gate", LinearClass},
	lmHead:        {"LM head", LinearClass},
	attention:     {"attention", AttentionClass},
	routedExperts: {"routed experts", ExpertClass},
	collectives:   {"collectives", LinkClass},
	dispatch:      {"expert dispatch", LinkClass},
	elementwise:   {"norms and elementwise", AttentionClass},
	overhead:      {"fixed times of layers", AttentionClass},
	drafts:        {"draft layers", AttentionClass},
	launches:      {"waiting for launches", AttentionClass},
}

// Parts takes a step apart. The seconds of all parts add up to those of the step.
func (s *Stepper) Parts(st traffic.State) []Part {
	var t tally
	var c counts
	w := s.sum(st)
	s.visit(&w, &t, &c)
	list := make([]Part, 0, numKinds)
	for k := range numKinds {
		seconds := t[k].Total()
		if seconds <= 0 || c[k].runs <= 0 {
			continue
		}
		list = append(list, Part{Name: kinds[k].name, Class: s.class(k, &w), Count: int(c[k].runs), Seconds: seconds,
			FLOPs: c[k].flops, Bytes: c[k].bytes, Bounds: t[k], Bound: t[k].largest()})
	}
	return list
}

// class is what a kind of kernels was measured with in this step.
func (s *Stepper) class(k kind, w *work) Class {
	for i := range s.shapes {
		sh := &s.shapes[i]
		switch {
		case k == projections && sh.latent:
			return AttentionClass

		case (k == denseMLP || k == expertGate) && sh.experts > 0 && sh.dense.params > 0 &&
			s.k.SharedExpertOverlap && len(w.prompts) == 0:
			return ExpertClass
		}
	}
	return kinds[k].class
}

// largest names the bound with most of the seconds.
func (b *Bounds) largest() string {
	name, most := "mem", b.Mem
	for _, o := range []struct {
		name    string
		seconds float64
	}{{"cube", b.Cube}, {"comm", b.Comm}, {"static", b.Static}} {
		if o.seconds > most {
			name, most = o.name, o.seconds
		}
	}
	return name
}
