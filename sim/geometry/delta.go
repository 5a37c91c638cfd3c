package geometry

import "fathom/sim/model"

// recurrent builds a block with a state of fixed size by its rule.
func (b *builder) recurrent(a model.Attention) Attention {
	build := map[model.Rule]func(*builder, model.Attention) Attention{model.DeltaRule: (*builder).delta,
		model.KDA: (*builder).kda, model.Mamba2: (*builder).mamba2, model.Mamba1: (*builder).mamba1,
		model.Lightning: (*builder).lightning}[a.Rule]
	out := build(b, a)
	for i := range out.Matrices {
		out.Matrices[i].Role = State
	}
	return out
}

// delta is linear attention by the gated delta rule (Gated DeltaNet, arXiv 2412.06464): no cache, a state of one key by
// value matrix for every value head in 32 bits, and the newest inputs of a short convolution in 16.
func (b *builder) delta(a model.Attention) Attention {
	h := b.hidden
	out := Attention{Own: a}
	own := &out.Own
	own.KeyHeads, own.ValueHeads = b.heads(a.KeyHeads), b.heads(a.ValueHeads)
	keys, values := a.KeyHeads*a.KeyDim, a.ValueHeads*a.ValueDim
	mixed := 2*own.KeyHeads*a.KeyDim + own.ValueHeads*a.ValueDim
	beta := joined(b.projection(DeltaBeta, h, a.ValueHeads, Columns, a.ValueHeads))
	beta.Launches = 1
	out.Matrices = []Matrix{b.projection(Query, h, keys, Columns, a.KeyHeads),
		joined(b.projection(Key, h, keys, Columns, a.KeyHeads)),
		joined(b.projection(Value, h, values, Columns, a.ValueHeads)),
		joined(b.projection(DeltaGate, h, values, Columns, a.ValueHeads)),
		beta, joined(b.projection(DeltaDecay, h, a.ValueHeads, Columns, a.ValueHeads)),
		b.output(values, a.ValueHeads, a.OutputBias)}
	out.Vectors = []Vector{
		{All: a.ConvKernel * (2*keys + values), Own: a.ConvKernel * mixed, Bytes: narrow, Kept: true},
		{All: a.ValueDim + 2*a.ValueHeads, Own: a.ValueDim + 2*own.ValueHeads, Bytes: narrow, Kept: true}}
	out.State = []Kept{{Elements: own.ValueHeads * a.KeyDim * a.ValueDim, Bytes: wide},
		{Elements: max(0, a.ConvKernel-1) * mixed, Bytes: narrow}}
	out.Products = 1 // the convolution
	out.Kernels = 4  // gates, norms, state update
	out.Live = mixed + 2*own.ValueHeads*a.ValueDim
	return out
}
