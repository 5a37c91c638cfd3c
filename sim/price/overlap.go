package price

import (
	"math"

	"fathom/sim/kernel"
	"fathom/sim/pass"
	"fathom/sim/plan"
	"fathom/sim/traffic"
)

// overlapped is the time of two half batches that run by turns: while the rows of one are on the way between attention
// and expert ranks, the other computes. Neither computing nor the link can be shorter than both halves need of it, and
// no half shorter than it is alone; at the end of a pass the last exchange, or at its beginning the first computation,
// has nothing beside it. layers is the number of exchanges there and back.
func overlapped(a, b pass.Result, layers float64) pass.Result {
	wa, wb, xa, xb := a.Seconds-a.Exchange, b.Seconds-b.Exchange, a.Exchange, b.Exchange
	r := pass.Result{Memory: a.Memory, Bound: pass.Bound{Mem: a.Bound.Mem + b.Bound.Mem,
		Comm: a.Bound.Comm + b.Bound.Comm, Cube: a.Bound.Cube + b.Bound.Cube, Vec: a.Bound.Vec + b.Bound.Vec,
		Static: a.Bound.Static + b.Bound.Static}}
	if layers == 0 {
		r.Seconds = a.Seconds + b.Seconds
		return r
	}
	r.Seconds = max(wa+wb+min(xa, xb)/layers, xa+xb+min(wa, wb)/layers, a.Seconds, b.Seconds)
	r.Exchange = r.Seconds - wa - wb
	hidden := xa + xb - r.Exchange
	r.Bound.Comm -= min(hidden, r.Bound.Comm)
	r.Bound.Static -= math.Max(0, math.Min(hidden-a.Bound.Comm-b.Bound.Comm, r.Bound.Static))
	return r
}

// halved are the passes of a setup whose batches run as two halves. What cannot be halved runs whole.
type halved struct {
	*operators
	layers float64
}

func newHalved(o *operators) *halved {
	_, layers := o.setup.Model.Routed()
	return &halved{o, float64(layers)}
}

func (h *halved) Clock() traffic.Clock {
	return traffic.ClockFunc(func(st traffic.State) float64 { return h.step(st, h) })
}

func (h *halved) Uniform(s pass.Shape) pass.Result {
	whole := h.operators.Uniform(s)
	dp := max(1, h.setup.Strategy.DP)
	each := (s.Requests + dp - 1) / dp
	if each < 2 {
		return whole
	}
	first, second := s, s
	first.Requests, second.Requests = (each+1)/2*dp, each/2*dp
	r := overlapped(h.operators.Uniform(first), h.operators.Uniform(second), h.layers)
	r.Memory = whole.Memory
	return r
}

func (h *halved) Mixed(pieces []pass.Piece) pass.Result {
	whole := h.operators.Mixed(pieces)
	first, second := split(pieces)
	if len(second) == 0 {
		return whole
	}
	r := overlapped(h.operators.Mixed(first), h.operators.Mixed(second), h.layers)
	r.Memory = whole.Memory
	return r
}

// Table is that of the whole batch, with what halving it changes as a row of its own.
func (h *halved) Table(s pass.Shape) Table {
	t := h.operators.Table(s)
	t.Result = h.Uniform(s)
	t.halved()
	return t
}

// split deals the requests of a batch to two halves of about the same tokens; the second is empty where one request
// cannot be dealt.
func split(pieces []pass.Piece) (first, second []pass.Piece) {
	a, b := 0, 0
	for _, p := range pieces {
		n := max(1, p.Count)
		one := n / 2
		if other := n - one; other > 0 && a <= b {
			one = other
		}
		for i, count := range [2]int{one, n - one} {
			if count == 0 {
				continue
			}
			q := p
			q.Count = count
			if i == 0 {
				first, a = append(first, q), a+count*p.Query
			} else {
				second, b = append(second, q), b+count*p.Query
			}
		}
	}
	if len(first) == 0 {
		return second, nil
	}
	return first, second
}

// halved makes the rows of a whole batch add up to a pass of two halves.
func (t *Table) halved() {
	change := t.Seconds
	for i := range t.Rows {
		change -= t.Rows[i].Seconds
	}
	t.Rows = append(t.Rows, Row{Name: "two half batches", Count: 1, Seconds: change, Bound: "static",
		Class: kernel.LinkClass})
}

// halves deals the sequences of a step of dp ranks to two half batches; the second is empty where a rank has only one.
func halves(st traffic.State, dp int) (a, b traffic.State) {
	a, b = st, st
	a.Decoding, a.Context, a.Prompts, b.Prompts = 0, 0, nil, nil
	if each := (st.Decoding + dp - 1) / dp; each > 0 {
		a.Decoding = min(st.Decoding, (each+1)/2*dp)
		a.Context = st.Context * float64(a.Decoding) / float64(st.Decoding)
		b.Decoding, b.Context = st.Decoding-a.Decoding, st.Context-a.Context
	}
	for i, p := range st.Prompts { // every rank's prompts by turns
		if i/dp%2 == 0 {
			a.Prompts = append(a.Prompts, p)
		} else {
			b.Prompts = append(b.Prompts, p)
		}
	}
	return a, b
}

// twoBatch reports whether batches of a strategy run as two halves: only where rows are exchanged, and not in stages.
func twoBatch(s plan.Strategy) bool { return s.TwoBatch && s.EP > 1 && s.DP > 1 && s.PP <= 1 }
