package geometry

import "fathom/sim/model"

// states sets the heads of a rank and what it keeps of a request: a state of one key by value matrix for every value
// head in 32 bits, and the newest inputs of a short convolution over so many columns in 16.
func (b *builder) states(out *Attention, conv int) {
	own := &out.Own
	own.KeyHeads, own.ValueHeads = b.heads(own.KeyHeads), b.heads(own.ValueHeads)
	out.State = []Kept{{Elements: own.ValueHeads * own.KeyDim * own.ValueDim, Bytes: wide}}
	if own.ConvKernel > 0 {
		out.State = append(out.State, Kept{Elements: (own.ConvKernel - 1) * conv, Bytes: narrow})
		out.Products = 1 // the convolution
	}
	out.Kernels = 4 // gates, norms, state update
}

// vector are elements of which a rank has a share.
func vector(all, own int, bytes float64) Vector { return Vector{All: all, Own: own, Bytes: bytes} }

// kda is Kimi delta attention (arXiv 2510.26692): decay and output gate are projected over the width of one head.
func (b *builder) kda(a model.Attention) Attention {
	h, out := b.hidden, Attention{Own: a}
	keys, values, dim := a.KeyHeads*a.KeyDim, a.ValueHeads*a.ValueDim, a.ValueDim
	ownKeys, ownValues := b.heads(a.KeyHeads)*a.KeyDim, b.heads(a.ValueHeads)*dim
	b.states(&out, 2*ownKeys+ownValues)
	beta := joined(b.projection(DeltaBeta, h, a.ValueHeads, Columns, a.ValueHeads))
	beta.Launches = 1
	out.Matrices = []Matrix{b.projection(Query, h, keys, Columns, a.KeyHeads),
		joined(b.projection(Key, h, keys, Columns, a.KeyHeads)), joined(b.projection(Value, h, values, Columns,
			a.ValueHeads)),
		beta, joined(b.projection(DecayDown, h, dim, Whole, 0)), b.projection(DeltaDecay, dim, keys, Columns, a.KeyHeads),
		b.projection(GateDown, h, dim, Whole, 0), b.projection(DeltaGate, dim, values, Columns, a.ValueHeads),
		b.output(values, a.ValueHeads, a.OutputBias)}
	out.Vectors = []Vector{vector(a.ConvKernel*(2*keys+values), a.ConvKernel*(2*ownKeys+ownValues), narrow),
		vector(a.ValueHeads+keys, out.Own.ValueHeads+ownKeys, wide), whole(dim, narrow)}
	out.Live = 3*ownKeys + 3*ownValues
	return out
}

// mamba2 is a state-space block with heads (arXiv 2405.21060). Keys and queries, there called B and C, belong to groups
// of heads; a rank has at least one group.
func (b *builder) mamba2(a model.Attention) Attention {
	h, out := b.hidden, Attention{Own: a}
	keys, values := a.KeyHeads*a.KeyDim, a.ValueHeads*a.ValueDim
	ownKeys, ownHeads := b.heads(a.KeyHeads)*a.KeyDim, b.heads(a.ValueHeads)
	mixed, ownMixed := 2*keys+values, 2*ownKeys+ownHeads*a.ValueDim
	b.states(&out, ownMixed)
	out.Matrices = []Matrix{b.projection(DeltaGate, h, values, Columns, a.ValueHeads),
		joined(b.projection(Value, h, values, Columns, a.ValueHeads)),
		joined(b.projection(Key, h, keys, Columns, a.KeyHeads)), joined(b.projection(Query, h, keys, Columns, a.KeyHeads)),
		joined(b.projection(DeltaDecay, h, a.ValueHeads, Columns, a.ValueHeads)),
		b.output(values, a.ValueHeads, a.OutputBias)}
	out.Vectors = []Vector{vector((a.ConvKernel+1)*mixed, (a.ConvKernel+1)*ownMixed, narrow),
		vector(3*a.ValueHeads, 3*ownHeads, wide), vector(values, ownHeads*a.ValueDim, narrow)}
	out.Live = ownMixed + 2*ownHeads*a.ValueDim
	return out
}

// mamba1 is a selective state-space block (arXiv 2312.00752). The product that finds steps, B and C sums over all
// channels, so that its result is reduced over the ranks.
func (b *builder) mamba1(a model.Attention) Attention {
	h, out := b.hidden, Attention{Own: a}
	inner, own := a.ValueHeads, b.heads(a.ValueHeads)
	b.states(&out, own)
	out.Own.KeyHeads = a.KeyHeads
	steps := b.deal(Matrix{Part: StateInput, Role: Projection, All: Size{inner, a.StepRank + 2*a.KeyDim}, Dealt: Rows},
		inner)
	up := b.projection(StepUp, a.StepRank, inner, Columns, inner)
	up.Bias = true
	out.Matrices = []Matrix{b.projection(Value, h, inner, Columns, inner),
		joined(b.projection(DeltaGate, h, inner, Columns, inner)), steps, up, b.output(inner, inner, a.OutputBias)}
	out.Vectors = []Vector{vector((a.ConvKernel+1)*inner, (a.ConvKernel+1)*own, narrow),
		vector(inner*(a.KeyDim+1), own*(a.KeyDim+1), wide)}
	out.Reduces = 1
	out.Live = 3 * own
	return out
}

// lightning is linear attention with a fixed decay for every head and an output gate (MiniMax-01, arXiv 2501.08313).
func (b *builder) lightning(a model.Attention) Attention {
	h, out := b.hidden, Attention{Own: a}
	keys, values := a.KeyHeads*a.KeyDim, a.ValueHeads*a.ValueDim
	own := b.heads(a.ValueHeads) * a.ValueDim
	b.states(&out, 0)
	out.Matrices = []Matrix{b.projection(Query, h, keys, Columns, a.KeyHeads),
		joined(b.projection(Key, h, keys, Columns, a.KeyHeads)), joined(b.projection(Value, h, values, Columns,
			a.ValueHeads)),
		joined(b.projection(DeltaGate, h, values, Columns, a.ValueHeads)), b.output(values, a.ValueHeads, a.OutputBias)}
	out.Vectors = []Vector{vector(values, own, narrow)}
	out.Live = 5 * own
	return out
}
