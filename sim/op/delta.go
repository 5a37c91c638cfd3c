package op

import "fathom/hw"

// Delta are the sizes of a gated delta-rule block (linear attention) on one rank (simulation-model 3.5, Qwen3.5).
type Delta struct {
	KeyHeads, ValueHeads float64
	KeyDim, ValueDim     float64
	Kernel               float64 // taps of the causal convolution
}

// Width is the number of columns of queries, keys and values together.
func (d *Delta) Width() float64 { return 2*d.KeyHeads*d.KeyDim + d.ValueHeads*d.ValueDim }

// state is the bytes of the FP32 state of one sequence.
func (d *Delta) state() float64 { return 4 * d.ValueHeads * d.KeyDim * d.ValueDim }

// Conv is the causal convolution. step: one token at a time, with the stored window.
func (d *Delta) Conv(tokens float64, step bool) Op {
	c := d.Width()
	n := tokens * c
	o := Op{Kind: CausalConv, Vec16: 2*n*d.Kernel + 6*n, Read: 2*n + 2*c*d.Kernel, Write: 2 * n,
		Dims: dims(tokens, c, d.Kernel, 0)}
	if step {
		o.Kind = CausalConvUpdate
		o.Read += 2 * n * d.Kernel
	}
	return o
}

// Gating makes decay and strength of every step and repeats the keys for every value head.
func (d *Delta) Gating(tokens float64) Op {
	g := tokens * d.ValueHeads
	return Op{Kind: GDNGating, Vec16: 4 * g, Vec32: d.ValueHeads + 7*g,
		Read:  4*tokens*d.KeyHeads*d.KeyDim + 4*g + 4*d.ValueHeads,
		Write: 4*g*d.KeyDim + 6*g, Dims: dims(tokens, d.ValueHeads, d.KeyDim, 0)}
}

// Recurrent is the delta rule token by token: every token reads and writes a state of its own.
func (d *Delta) Recurrent(tokens float64) Op {
	g, dk, dv := tokens*d.ValueHeads, d.KeyDim, d.ValueDim
	return Op{Kind: RecurrentDeltaRule, CubeType: hw.FP32, Cube: 4 * g * dk * dv, Vec16: 8 * g * dk,
		Vec32: g*dk + g*(2*dv+2) + 2*g*dk*dv,
		Read:  4*g*dk + 2*g*dv + 6*g + tokens*d.state(), Write: 2*g*dv + tokens*d.state(),
		Dims: dims(tokens, d.ValueHeads, dk, dv)}
}

// chunk is the number of tokens that the chunked rule works on at once.
const chunk = 64

// Chunked is the delta rule in chunks of 64 tokens; all tokens of the rank count as one sequence. resumed: a stored
// state is read first.
func (d *Delta) Chunked(tokens float64, resumed bool) Op {
	g, dk, dv := tokens*d.ValueHeads, d.KeyDim, d.ValueDim
	chunks := float64((int(tokens) + chunk - 1) / chunk)
	p := chunk * chunks * d.ValueHeads
	pairs := chunk * p
	o := Op{Kind: ChunkDeltaRule, CubeType: hw.FP32,
		Cube:  pairs*(4*dk+2*dv) + 2*pairs*(dk+dv) + 6*p*dk*dv,
		Vec16: 8 * g * dk,
		Vec32: p*dk + p*(dk+dv) + 3*p + 6*pairs + d.ValueHeads*chunks*(63*64*127/3) + p*dk + 2*p*dv +
			d.ValueHeads*chunks*(2*dk*dv+1),
		Read:  4*g*dk + 2*g*dv + 6*g + 4*p*(dk+dv) + 8*p*(2*dk+dv+3) + 32*pairs,
		Write: 2*g*dv + d.state(), Extra: 8,
		Dims: dims(tokens, d.ValueHeads, dk, dv)}
	if resumed {
		o.Read += d.state()
	}
	return o
}

// GatedNorm norms the result of every value head and gates it.
func (d *Delta) GatedNorm(tokens float64) Op {
	n := tokens * d.ValueHeads * d.ValueDim
	return Op{Kind: GatedRMSNorm, Vec32: 13 * n, Read: 4*n + 2*d.ValueDim, Write: 2 * n,
		Dims: dims(tokens*d.ValueHeads, d.ValueDim, 0, 0)}
}

// Step is the update of a state without a delta rule, token by token: decay, outer product and read-out of every key by
// value matrix. stored: each token reads and writes a state of its own, as in decode; else a sequence keeps it on chip
// and writes it once (Mamba, arXiv 2312.00752, section 3.3.2).
func (d *Delta) Step(tokens, sequences float64, stored bool) Op {
	g, dk, dv := tokens*d.ValueHeads, d.KeyDim, d.ValueDim
	states := sequences
	if stored {
		states = tokens
	}
	return Op{Kind: StateUpdate, Vec32: 6 * g * dk * dv,
		Read:  4*tokens*d.KeyHeads*dk + 4*g*dv + 4*g + states*d.state(),
		Write: 2*g*dv + states*d.state(), Dims: dims(tokens, d.ValueHeads, dk, dv)}
}

// Scan is the same over prompts, in chunks of 64 tokens: scores of keys and queries in their groups, scores times
// values, and states from chunk to chunk (Mamba-2, arXiv 2405.21060, section 6).
func (d *Delta) Scan(tokens, sequences float64) Op {
	g, dk, dv := tokens*d.ValueHeads, d.KeyDim, d.ValueDim
	return Op{Kind: ChunkScan, CubeType: hw.FP16,
		Cube:  2*chunk*tokens*d.KeyHeads*dk + 2*chunk*g*dv + 4*g*dk*dv,
		Vec32: 4*chunk*g + 2*g*dk*dv/chunk,
		Read:  4*tokens*d.KeyHeads*dk + 2*g*dv + 4*g + 4*g*dk*dv/chunk,
		Write: 2*g*dv + 4*g*dk*dv/chunk + sequences*d.state(), Extra: 4,
		Dims: dims(tokens, d.ValueHeads, dk, dv)}
}
