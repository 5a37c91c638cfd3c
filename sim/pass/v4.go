package pass

import (
	"math"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/geometry"
	"fathom/sim/op"
)

// shared holds the constants of a DeepSeek-V4 attention block on one rank.
type shared struct {
	op.SharedHead
	groups float64 // of the output projection, on this rank
	rank   float64 // columns of each
	out    row
}

func (p *Pricer) newShared(l *layer, g *geometry.Attention) error {
	a := &l.facts.Attention
	if !l.facts.FFN.MoE() || p.streams.Count == 0 {
		return message.Fault("pass.of-model-beside", p.setup.Model.Name,
			geometry.Unknown{Room: "operators", Kind: a.Kind})
	}
	tp, name := p.setup.Strategy.TP, p.setup.Model.Name
	for _, f := range []struct {
		what string
		n    int
	}{{"pass.heads", a.Heads}, {"pass.output-groups", a.OutputGroups}, {"pass.index-heads", a.IndexHeads}} {
		if f.n%tp != 0 {
			return message.Fault("pass.divisor", tp, f.n, message.New(f.what), name)
		}
	}
	if o := p.setup.Strategy.OProjTP; o > a.OutputGroups {
		return message.Fault("pass.o-proj-beyond", o, a.OutputGroups, name)
	}
	own := &g.Own
	s := shared{SharedHead: op.SharedHead{Hidden: p.hidden, QRank: float64(a.QRank), Dim: float64(a.HeadDim),
		Rope:  float64(a.RopeDim),
		Heads: float64(own.Heads), AllHeads: float64(a.Heads), Window: float64(a.Window), Ratio: float64(a.Ratio),
		IndexHeads: float64(own.IndexHeads), IndexDim: float64(a.IndexDim), TopK: float64(a.TopK),
		CacheWidth: float64(g.Caches[0].Elements), Split: tp > 1},
		groups: float64(own.OutputGroups), rank: float64(a.OutRank)}
	s.out = p.newRow(&p.groups.out, g.Find(geometry.Output), s.groups*s.rank)
	l.shared = s
	return nil
}

// hyperLayer is a decoder layer with hyper-connections: each block reads its input out of the streams and writes its
// output back, which takes the place of residual adds (simulation-model A.1).
func (r *run) hyperLayer(l *layer) {
	r.readStreams()
	r.sharedBlock(&l.shared)
	r.add(op.StreamPost(&r.p.streams, r.b.Tokens))
	r.readStreams()
	r.moeBlock(&l.moe)
	r.add(op.StreamPost(&r.p.streams, r.b.Tokens))
}

// readStreams computes a connection's weights, reads the block's input and norms it. This family calls the fused norm
// in both modes.
func (r *run) readStreams() {
	s, t := &r.p.streams, r.b.Tokens
	n := t * s.Count * s.Hidden
	mix := (2 + s.Count) * s.Count
	r.convert(2*n, 4*n, t, s.Count*s.Hidden)
	r.add(op.StreamRMS(s, t))
	r.add(op.StreamMix(s, t))
	r.move(op.Mul, 4*t*mix+4*t, 4*t*mix, t, mix)
	r.add(op.Sinkhorn(s, t))
	r.add(op.RMS(t, s.Hidden))
}

// sharedBlock is attention from the normed input to the output projection; step numbers are those of simulation-model
// A.1.
func (r *run) sharedBlock(a *shared) {
	t, p, s := r.b.Tokens, r.p, &r.p.projection
	r.sharedQueries(a)
	r.move(op.Mul, 2*t, 2*t, t, 1) // 7: an anchor for the scheduler
	r.move(op.Add, 2*t*p.hidden+2*t, 2*t*p.hidden, t, p.hidden)
	r.project(s, t, p.hidden, a.Dim, a.Dim, false)
	r.add(op.RMS(t, a.Dim))
	r.add(op.RopeRows(t, t, a.Rope, a.Dim, false))
	r.roundKeys(t, a.Dim-a.Rope, a.Dim)
	r.rangeIDs(a)
	if a.Indexed() {
		r.index(a)
	}
	r.writeWindow(a)
	if a.Ratio > 0 {
		r.add(op.Compress(&r.b, &a.SharedHead, a.Dim, 2, false))
		if !op.ShortQueries(&r.b) {
			n := (t + math.Floor(t/a.Ratio)) * a.Dim
			r.move(op.Cat, 2*n, 2*n, n/a.Dim, a.Dim)
		}
	}
	r.selected(a)
	r.add(op.SharedAttention(&r.b, &a.SharedHead))
	r.add(op.RopeRows(t, t*a.Heads, a.Rope, a.Dim, true))
	r.sharedOutput(a)
}

// sharedQueries are steps 1 to 6: the low-rank query projection, a norm per head, rotation.
func (r *run) sharedQueries(a *shared) {
	t, p, s := r.b.Tokens, r.p, &r.p.projection
	r.project(s, t, p.hidden, a.QRank, a.QRank, false)
	if p.compile && !a.Indexed() {
		r.norm(t, a.QRank, false, s)
	} else {
		r.add(op.RMS(t, a.QRank))
		r.quantise(s, t, a.QRank)
	}
	width := a.Heads * a.Dim
	r.product(s, t, a.QRank, width, width, false)
	n, rows := t*width, t*a.Heads
	r.move(op.Pow, 2*n, 2*n, rows, a.Dim)
	r.move(op.Mean, 2*n, 2*rows, rows, a.Dim)
	r.move(op.Add, 2*rows, 2*rows, rows, 1)
	r.move(op.Rsqrt, 2*rows, 2*rows, rows, 1)
	mul := op.MulInPlace
	if p.compile {
		mul = op.Mul
	}
	r.move(mul, 2*n+2*rows, 2*n, rows, a.Dim)
	r.add(op.RopeRows(t, rows, a.Rope, a.Dim, false))
}

// roundKeys brings the unrotated columns to FP8 and back (step 11).
func (r *run) roundKeys(t, width, dim float64) {
	n := t * width
	r.move(op.DynamicQuantize, 2*n, n+4*t, t, width)
	r.convert(n, 2*n, t, width)
	if r.p.compile {
		r.move(op.Copy, 4*n, 2*n, t, width)
		r.move(op.SliceScatter, 2*dim*t+2*n, 2*dim*t, t, dim)
	} else {
		r.move(op.CopyInPlace, 4*n, 2*n, t, width)
	}
}

// rangeIDs makes the ranges of window and entry ids, constants when compiled (step 11a).
func (r *run) rangeIDs(a *shared) {
	if r.p.compile {
		return
	}
	w := a.WindowOf(&r.b)
	r.move(op.Arange, 0, 8*w, w, 0)
	if a.Ratio > 0 && !a.Indexed() {
		n := math.Floor(r.b.Longest / a.Ratio)
		r.move(op.Arange, 0, 8*n, n, 0)
	}
}

// index selects compressed entries (step 12).
func (r *run) index(a *shared) {
	t, p, s := r.b.Tokens, r.p, &r.p.projection
	r.move(op.Mul, 2*t, 2*t, t, 1)
	if !p.compile {
		r.move(op.Mul, 2*t, 2*t, t, 1)
	}
	r.move(op.Add, 2*t*p.hidden+2*t, 2*t*p.hidden, t, p.hidden)
	r.move(op.Add, 2*t*a.QRank+2*t, 2*t*a.QRank, t, a.QRank)
	width := a.IndexHeads * a.IndexDim
	r.project(s, t, a.QRank, width, width, false)
	r.add(op.RopeRows(t, t*a.IndexHeads, a.Rope, a.Dim, false))
	r.add(op.Compress(&r.b, &a.SharedHead, a.IndexDim, p.cache.Bytes, true))
	r.project(s, t, p.hidden, a.IndexHeads, a.IndexHeads, false)
	r.move(op.Mul, 2*t*a.IndexHeads, 2*t*a.IndexHeads, t, a.IndexHeads)
	r.add(op.SelectEntries(&r.b, &a.SharedHead))
}

// writeWindow stores the recent tokens (step 13). A long prompt wraps around the ring and is written in two parts;
// compiled, layers with compressed entries lose the second one.
func (r *run) writeWindow(a *shared) {
	t, w := r.b.Tokens, a.Window
	if op.ShortQueries(&r.b) || t <= w {
		r.add(op.WriteWindow(t, a.Dim))
		return
	}
	wrapped := t - math.Floor(t/w)*w
	r.add(op.WriteWindow(w-wrapped, a.Dim))
	if wrapped > 0 && !(r.p.compile && a.Ratio > 0) {
		r.add(op.WriteWindow(wrapped, a.Dim))
	}
}

// selected joins the ids of window and entries (step 15).
func (r *run) selected(a *shared) {
	if r.p.compile && !a.Indexed() {
		return
	}
	t := r.b.Tokens
	n := 8 * t * a.Seen(&r.b)
	if a.Ratio > 0 {
		r.move(op.Cat, n, n, t, n/(8*t))
	}
	r.convert(n, n/2, t, n/(8*t))
}

// sharedOutput is the grouped output projection (steps 18 to 20). Its first half is stored quantised but multiplied in
// FP16; eager code unpacks it at every step.
func (r *run) sharedOutput(a *shared) {
	t, p, s := r.b.Tokens, r.p, &r.p.projection
	width := a.Heads * a.Dim
	if !p.compile && s.Quantised() {
		r.unpack(width * a.rank)
	}
	bmm := op.BatchMatmul(hw.FP16, a.groups, t, width/a.groups, a.rank)
	bmm.Read, bmm.Write = 2*(t*width+width*a.rank), 2*t*a.groups*a.rank
	r.add(bmm)
	if n := 2 * t * a.groups * a.rank; a.groups > 1 && t > 1 {
		r.move(op.Clone, n, n, t, a.groups*a.rank)
	}
	r.rowLinear(s, &a.out)
}

// unpack brings n stored weights back to FP16.
func (r *run) unpack(n float64) {
	s := &r.p.projection
	switch {
	case s.Dequant: // two 4-bit integers in a byte
		half := n / 2
		for _, k := range []op.Kind{op.ShiftRight, op.BitwiseAnd, op.ToCopy, op.ToCopy, op.Sub, op.Sub} {
			r.move(k, half, half, 1, half)
		}
		r.move(op.Empty, 0, n, 1, n)
		r.move(op.Empty, 0, 0, 0, 0) // listed by the reference tool, at no cost
		r.move(op.CopyInPlace, 2*half, half, 1, half)
		r.move(op.CopyInPlace, 2*half, half, 1, half)
		r.convert(n, 2*n, 1, n)
	case s.Input == op.BlockScale:
		r.convert(n/2, 2*n, 1, n)
	default:
		r.convert(n, 2*n, 1, n)
	}
}

// routeSqrtSoftplus is the gate of DeepSeek-V4: the square root of a softplus, then a lookup by token id or top-k.
func (r *run) routeSqrtSoftplus(m *moe, rows float64) {
	g := &m.router
	e, k := g.experts, g.topK
	n := 4 * rows * e
	r.logits32(g, rows)
	if r.p.compile {
		r.move(op.Exp, n, n, rows, e)
		r.move(op.Log1p, n, n, rows, e)
		r.move(op.GreaterThan, n, n/4, rows, e)
		r.move(op.Where, n/4+2*n, n, rows, e)
	} else {
		r.move(op.Softplus, n, n, rows, e)
	}
	r.move(op.Sqrt, n, n, rows, e)
	if m.hash {
		r.add(op.GateHash(rows, r.b.Tokens, e, k, r.p.vocab*k))
	} else {
		r.add(op.GateBest(rows, e, k, g.biasBytes))
	}
	r.convert(4*rows*k, 2*rows*k, rows, k)
}
