package pass

import (
	"fathom/sim/model"
	"fathom/sim/op"
)

// router holds the constants of an expert gate.
type router struct {
	kind      model.Router
	experts   float64 // without redundant ones
	topK      float64
	groups    float64 // of grouped selection
	topGroups float64
	biasBytes float64 // of the selection bias
	bias      bool    // the product has a bias
}

// route chooses the experts of every row (the router lists of simulation-model 3.5).
func (r *run) route(m *moe, rows float64, pads bool) {
	g := &m.router
	switch g.kind {
	case model.SoftmaxTopK:
		r.routeSoftmax(g, rows)
	case model.BiasedSigmoid:
		r.routeBiased(g, rows)
	case model.RawLogits:
		r.routeRaw(g, rows, pads)
	case model.GroupedSigmoid:
		r.logits32(g, rows)
		r.selectGrouped(g, rows)
	case model.SqrtSoftplus:
		r.routeSqrtSoftplus(m, rows)
	}
}

// routeSoftmax is the gate of the Qwen family: an FP16 product, softmax in FP32, top-k.
func (r *run) routeSoftmax(g *router, rows float64) {
	e, k := g.experts, g.topK
	n := 4 * rows * e
	logits := op.Matmul(rows, r.p.hidden, e)
	if g.bias {
		logits.AddBias(e)
	}
	r.add(logits)
	r.convert(n/2, n, rows, e)
	if r.p.compile {
		r.move(op.Amax, n, 4*rows, rows, e)
		r.move(op.Sub, n+4*rows, n, rows, e)
		r.move(op.Exp, n, n, rows, e)
		r.move(op.SumDim, n, 4*rows, rows, e)
		r.move(op.Div, n+4*rows, n, rows, e)
	} else {
		r.move(op.Softmax, n, n, rows, e)
	}
	r.move(op.TopK, n, 12*rows*k, rows, e)
	r.normalise(rows, k)
	r.convert(4*rows*k, 2*rows*k, rows, k)
}

// routeBiased is MiniMax's gate: sigmoid, a selection bias, top-k; weights stay FP32.
func (r *run) routeBiased(g *router, rows float64) {
	e, k := g.experts, g.topK
	n := 4 * rows * e
	r.add(op.Matmul(rows, r.p.hidden, e))
	r.convert(n/2, n, rows, e)
	if !r.p.compile {
		r.move(op.Zeros, 0, 2*e, 1, e)
	}
	r.move(op.Sigmoid, n, n, rows, e)
	r.move(op.Add, n+2*e, n, rows, e)
	r.move(op.TopK, n, 12*rows*k, rows, e)
	r.move(op.Gather, n+8*rows*k, 4*rows*k, rows, e)
	r.normalise(rows, k)
}

// routeRaw is a gate that returns its logits (DeepSeek-V3): they are made for all rows of the rank; the caller selects
// with one fused operator. Eager, the gate still runs its own selection, whose result nobody uses.
func (r *run) routeRaw(g *router, rows float64, pads bool) {
	e, k, t := g.experts, g.topK, r.b.Tokens
	whole := max(t, rows) // rows beyond t are those of other DP ranks
	r.logits32(g, whole)
	if !r.p.compile {
		r.selectGrouped(g, whole)
	}
	if pads {
		padded := rows * r.p.tp
		r.move(op.Pad, 2*t*r.p.hidden, 2*padded*r.p.hidden, t, r.p.hidden)
		r.move(op.Pad, 4*t*e, 4*padded*e, t, e)
	}
	r.move(op.GateTopKSoftmax, 4*rows*e, 12*rows*k, rows, e)
	r.normalise(rows, k)
	r.convert(4*rows*k, 2*rows*k, rows, k)
}

// logits32 is the FP32 product of a gate. Compiled, the FP32 copy of the weight is folded.
func (r *run) logits32(g *router, rows float64) {
	e, h := g.experts, r.p.hidden
	r.convert(2*rows*h, 4*rows*h, rows, h)
	if !r.p.compile {
		r.convert(2*e*h, 4*e*h, e, h)
	}
	r.add(op.Matmul32(rows, h, e))
}

// selectGrouped selects the best groups by their two best experts, then the best experts of those groups.
func (r *run) selectGrouped(g *router, rows float64) {
	e, k, groups, top := g.experts, g.topK, g.groups, g.topGroups
	n, f := 4*rows*e, 4*rows*groups
	r.move(op.Sigmoid, n, n, rows, e)
	r.move(op.Add, n+g.biasBytes*e, n, rows, e)
	r.move(op.TopK, n, 6*f, rows, e)
	r.move(op.SumDim, 2*f, f, rows, 2*groups)
	r.move(op.TopK, f, 12*rows*top, rows, groups)
	if r.p.compile {
		r.move(op.Scatter, f+8*rows*top, f, rows, groups)
	} else {
		r.move(op.ZerosLike, f, f, rows, groups)
		r.move(op.ScatterInPlace, f+8*rows*top, f, rows, groups)
	}
	if groups > 1 {
		r.move(op.Clone, n, n, rows, e)
	}
	r.convert(n, n/4, rows, e)
	r.move(op.BitwiseNot, n/4, n/4, rows, e)
	if r.p.compile {
		r.move(op.Where, n/4+n+4, n, rows, e)
	} else {
		r.move(op.MaskedFill, n/4+n, n, rows, e)
	}
	r.move(op.TopK, n, 12*rows*k, rows, e)
	r.move(op.Gather, n+8*rows*k, 4*rows*k, rows, e)
	r.move(op.SumDim, 4*rows*k, 4*rows, rows, k)
	r.move(op.Add, 4*rows, 4*rows, rows, 1)
	r.divide(rows, k)
	r.move(op.Mul, 4*rows*k, 4*rows*k, rows, k)
}

// normalise divides the chosen weights by their sum.
func (r *run) normalise(rows, k float64) {
	r.move(op.SumDim, 4*rows*k, 4*rows, rows, k)
	r.divide(rows, k)
}

func (r *run) divide(rows, k float64) {
	kind := op.DivInPlace
	if r.p.compile {
		kind = op.Div
	}
	r.move(kind, 4*rows*k+4*rows, 4*rows*k, rows, k)
}
