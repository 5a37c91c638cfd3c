package geometry

import "fathom/sim/model"

// FFN is a feed-forward block on one rank.
type FFN struct {
	Own      model.FFN // the facts with the inner sizes of this rank
	Matrices []Matrix  // what every token passes: a dense block, or the gate of experts and the shared ones
	Vectors  []Vector

	Expert  []Matrix // of one routed expert
	Experts int      // routed experts whose weights this rank holds, redundant ones among them
}

// Find gives a matrix that every token passes; the zero Matrix where the block has none of that part.
func (f *FFN) Find(p Part) Matrix { return find(f.Matrices, p) }

// ffn builds a dense block, or one of routed experts.
func (b *builder) ffn(f model.FFN) FFN {
	if f.None() {
		return FFN{Own: f}
	}
	b.plain = f.Plain
	if !f.MoE() {
		out := FFN{Own: f, Matrices: b.gated(nil, f.Inner, Dense, MLPTP, Columns, f.Bias)}
		out.Own.Inner = out.Matrices[0].Own.Out
		return out
	}
	router := b.deal(Matrix{Part: Router, Role: Gate, All: Size{b.hidden, f.Experts + f.Identity}, Bias: f.Bias}, 0)
	out := FFN{Own: f, Matrices: append(make([]Matrix, 0, 7), router)}
	rows := b.hidden
	if f.Latent > 0 { // experts of another width
		rows = f.Latent
		out.Matrices = append(out.Matrices,
			joined(b.deal(Matrix{Part: LatentIn, Role: Dense, All: Size{b.hidden, rows}}, 0)),
			b.deal(Matrix{Part: LatentOut, Role: Dense, All: Size{rows, b.hidden}}, 0))
	}
	out.Expert = b.gatedOf(nil, rows, f.ExpertInner, Expert, MoETP, Columns, f.Bias)
	out.Own.ExpertInner = out.Expert[0].Own.Out
	switch {
	case f.HashGate: // a table of expert numbers for every token id instead of a bias
		out.Vectors = []Vector{{All: b.vocab * f.TopK, Own: b.vocab * f.TopK, Bytes: wide, Table: true}}
	case f.BiasBytes > 0:
		out.Vectors = []Vector{whole(f.Experts, float64(f.BiasBytes))}
	}
	if !b.s.ExternalShared || !b.s.HostExternal {
		out.Experts = b.s.Route(f, 1).Local
	}
	if f.SharedInner > 0 {
		b.sharedExpert(&out, f)
	}
	return out
}

// sharedExpert adds the shared experts and their gate: whole on every rank, or split like a dense block. Where they are
// on ranks of their own, this one may have none of them.
func (b *builder) sharedExpert(out *FFN, f model.FFN) {
	dealt := Whole
	if b.s.SharedExpertTP {
		dealt = Columns
	}
	before := len(out.Matrices)
	out.Matrices = b.gated(out.Matrices, f.SharedInner, Shared, MLPTP, dealt, false)
	out.Own.SharedInner = out.Matrices[before].Own.Out
	if f.SharedGate {
		out.Matrices = append(out.Matrices,
			joined(b.deal(Matrix{Part: SharedGate, Role: Shared, All: Size{b.hidden, 1}}, 0)))
	}
	if b.s.ExternalShared && !b.s.HostExternal {
		for i := before; i < len(out.Matrices); i++ {
			out.Matrices[i].Own = Size{}
		}
	}
}

// gated appends gate, up and down projections of the hidden states.
func (b *builder) gated(list []Matrix, inner int, r Role, g Group, d Dealt, bias bool) []Matrix {
	return b.gatedOf(list, b.hidden, inner, r, g, d, bias)
}

// gatedOf appends gate, up and down projections of rows of a width; a plain block has no gate.
func (b *builder) gatedOf(list []Matrix, width, inner int, r Role, g Group, d Dealt, bias bool) []Matrix {
	back := d
	if d == Columns {
		back = Rows
	}
	in := Matrix{Part: GateProj, Role: r, Group: g, All: Size{width, inner}, Dealt: d, Bias: bias}
	up := in
	up.Part, up.Joined = UpProj, true
	down := Matrix{Part: DownProj, Role: r, Group: g, All: Size{inner, width}, Dealt: back, Bias: bias}
	if b.plain {
		up.Joined = false
		return append(list, b.deal(up, 0), b.deal(down, 0))
	}
	return append(list, b.deal(in, 0), b.deal(up, 0), b.deal(down, 0))
}
