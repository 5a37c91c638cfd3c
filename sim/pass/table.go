package pass

import (
	"cmp"
	"slices"

	"fathom/sim/op"
)

// Pass is a priced pass with its operators.
type Pass struct {
	Result
	Rows   []Row   // in the order of first use
	Stages []Stage // one a pipeline stage; one in all without a pipeline

	program program
}

// Stage is one pipeline stage of a pass.
type Stage struct {
	Layers  int     // decoder layers
	Seconds float64 // without the transfer to the next stage
	Send    float64 // seconds of that transfer
	Memory  Memory  // of its fullest rank
}

// recordStage keeps one stage of the table.
func (r *run) recordStage(i int, seconds, send float64) {
	st := Stage{Seconds: seconds, Send: send}
	for _, n := range r.p.stages[i].runs {
		st.Layers += int(n.times)
	}
	b, mixed := r.demand()
	st.Memory = r.stageMemory(i, b, mixed)
	r.rec.stages = append(r.rec.stages, st)
	r.rec.runs = append(r.rec.runs, r.p.stages[i].order)
}

// Table prices a uniform batch and keeps its operators.
func (p *Pricer) Table(s Shape) Pass {
	one := [1]Piece{p.piece(s)}
	rec := newRecorder()
	r := run{p: p, times: 1, shape: s, rec: rec}
	r.b = op.NewBatch(one[:], p.switches.CausalPrefill && !s.Decode, s.Replayed)
	r.pass()
	return rec.pass(r.result())
}

func (c *recorder) pass(r Result) Pass {
	return Pass{Result: r, Rows: c.rows, Stages: c.stages, program: c.program}
}

// TableMixed prices a batch of different requests and keeps its operators.
func (p *Pricer) TableMixed(pieces []Piece) Pass {
	if len(pieces) == 0 {
		return Pass{}
	}
	rec := newRecorder()
	r := run{p: p, times: 1, listed: true, rec: rec}
	r.b = op.NewBatch(pieces, p.switches.CausalPrefill, false)
	r.pass()
	return rec.pass(r.result())
}

// Total is the sum of all rows with one name.
type Total struct {
	Kind    op.Kind
	Count   int
	Seconds float64
}

// ByKind sums the rows of equal kind up, most expensive first; equal times in the order of kinds.
func (p *Pass) ByKind() []Total {
	var sums [op.NumKinds]Total
	for i := range p.Rows {
		r := &p.Rows[i]
		s := &sums[r.Kind]
		s.Kind = r.Kind
		s.Count += r.Count
		s.Seconds += r.Seconds()
	}
	out := slices.DeleteFunc(sums[:], func(t Total) bool { return t.Count == 0 })
	slices.SortStableFunc(out, func(a, b Total) int { return cmp.Compare(b.Seconds, a.Seconds) })
	return out
}
