package afd

import (
	"math"

	"fathom/hw/message"
	"fathom/sim/expert"
	"fathom/sim/model"
	"fathom/sim/pass"
	"fathom/sim/plan"
	"fathom/sim/price"
	"fathom/sim/serve"
)

// Layout is attention ranks and expert ranks of one instance.
type Layout struct {
	Attention, TP int // ranks, in replicas of TP each
	Experts       int // ranks; every expert lies on one of them, copies beside
	Copies        int // of experts
	Micro         int // micro-batches that go round in each domain
	Domains       int // groups of attention ranks that take turns with the experts; 0: one
}

// Pricer prices the steps of a layout.
type Pricer struct {
	at                 Layout
	attention, experts serve.Forward
	host               float64 // of a step of either, counted once
	layers             int     // with experts
	bytes              float64 // a token's rows to all expert ranks that it needs
	bandwidth, latency float64
}

// Step is a decode step of all micro-batches.
type Step struct {
	Seconds float64
	Stages  Stages
	Bound   string // attention, experts, transfer, or latency: too few micro-batches to keep any of them busy
}

// Parts splits a model: what attention ranks keep (attention, dense and shared experts, embedding and head), and what
// expert ranks do (gates and routed experts).
func Parts(m *model.Model) (attention, experts *model.Model) {
	a, e := *m, *m
	a.Layers, e.Layers = make([]model.Layer, len(m.Layers)), nil
	for i, l := range m.Layers {
		if f := l.FFN; f.MoE() {
			e.Layers = append(e.Layers, model.Layer{Attention: model.Attention{Kind: model.NoAttention}, FFN: routed(f)})
			l.FFN = model.FFN{Inner: f.SharedInner, Plain: f.Plain}
		}
		a.Layers[i] = l
	}
	if f := a.MTPLayer.FFN; f.MoE() {
		a.MTPLayer.FFN = model.FFN{Inner: f.SharedInner, Plain: f.Plain}
	}
	e.Vocab, e.Tower, e.MTPHeads, e.PerLayer, e.Vision, e.Hyper = 0, 0, 0, model.PerLayer{}, nil, nil
	return &a, &e
}

// routed is a block without its shared experts.
func routed(f model.FFN) model.FFN {
	f.SharedInner, f.SharedGate, f.Clamped = 0, false, false
	return f
}

// New prepares a layout. The error says why it cannot be built.
func New(s pass.Setup, at Layout, load *expert.Load, pricer func(pass.Setup) (serve.Forward, error)) (*Pricer, error) {
	f, layers := s.Model.Routed()
	switch {
	case layers == 0:
		return nil, message.Fault("afd.dense", s.Model.Name)
	case at.Attention < 1 || at.Experts < 1 || at.TP < 1 || at.Attention%at.TP != 0:
		return nil, message.Fault("afd.ranks", at.Attention, at.TP, at.Experts)
	case at.Attention/at.TP%max(1, at.Domains) != 0:
		return nil, message.Fault("afd.domains", at.Attention/at.TP, at.Domains)
	case (f.Experts+at.Copies)%at.Experts != 0:
		return nil, message.Fault("afd.copies", f.Experts, at.Copies, at.Experts)
	}
	attention, experts := Parts(s.Model)
	p := &Pricer{at: at, layers: layers}
	own := s
	own.Model, own.Busiest = attention, 0
	own.Strategy = plan.Strategy{TP: at.TP, PP: 1, DP: at.Attention / at.TP, DCP: 1}
	var err error
	if p.attention, err = pricer(own); err != nil {
		return nil, err
	}
	own = s
	own.Model, own.MTP = experts, 0
	own.Strategy = plan.Strategy{TP: 1, PP: 1, DP: at.Experts, EP: at.Experts, MoETP: 1, MoEDP: 1, DCP: 1,
		RedundantExperts: at.Copies}
	own.Busiest = 0
	if load.Known() {
		own.Busiest = load.On(expert.Layout{Experts: f.Experts, TopK: f.TopK, Ranks: at.Experts,
			Redundant: at.Copies}).Expected
	}
	if p.experts, err = pricer(own); err != nil {
		return nil, err
	}
	if of, ok := p.attention.(price.Pricer); ok && s.Fidelity == plan.Calibrated {
		p.host = of.Host().Step
	}
	// a token goes once to every rank that has some of its experts, in 16 bits
	n := float64(at.Experts)
	p.bytes = 2 * float64(s.Model.Hidden) * n * (1 - math.Pow(1-1/n, float64(f.TopK)))
	link := s.Profile.Grid.Link(at.Attention+at.Experts, 1)
	p.bandwidth, p.latency = link.Bandwidth, link.Latency
	return p, nil
}

func (p *Pricer) domains() int { return max(1, p.at.Domains) }

// Replicas is the number of attention replicas.
func (p *Pricer) Replicas() int { return p.at.Attention / p.at.TP }

// Step prices a decode step of each requests in every micro-batch of every attention replica, of width tokens each at a
// context of total.
func (p *Pricer) Step(each, width, total int) Step {
	n := each * p.Replicas()
	shape := pass.Shape{Decode: true, Requests: n, Query: width, Total: total}
	a := p.attention.Uniform(shape)
	n /= p.domains()
	shape.Requests, shape.Total = n, width // experts see no context
	e := p.experts.Uniform(shape)
	layers := float64(p.layers)
	s := Stages{Attention: (a.Seconds - p.host) / layers, Experts: (e.Seconds - e.Exchange - p.host) / layers}
	if p.bandwidth > 0 {
		rows := float64(n*width) * p.bytes / float64(min(p.at.Attention/p.domains(), p.at.Experts)) // the side of fewer links
		s.Send = p.latency + rows/p.bandwidth
	}
	out := Step{Stages: s}
	out.Seconds, out.Bound = s.Pace(p.at.Micro, p.domains(), p.layers)
	out.Seconds += p.host
	return out
}

// Memory is that of an attention rank with all requests at their longest, and of an expert rank.
func (p *Pricer) Memory(each, width, total int) [2]pass.Memory {
	n := each * p.Replicas()
	a := p.attention.Uniform(pass.Shape{Decode: true, Requests: n * p.at.Micro, Query: width, Total: total})
	e := p.experts.Uniform(pass.Shape{Decode: true, Requests: n / p.domains(), Query: width, Total: width})
	return [2]pass.Memory{a.Memory, e.Memory}
}
