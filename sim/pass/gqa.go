package pass

import (
	"fathom/hw/message"
	"fathom/sim/geometry"
	"fathom/sim/model"
	"fathom/sim/op"
)

// gqa holds the constants of a grouped-query attention block on one rank.
type gqa struct {
	op.Grouped
	projected float64 // KV heads that are projected and written; KVHeads are read
	norm      model.Norm
	rotary    float64 // rotated columns of a head
	joined    bool    // rotated and other columns are joined by copies
	bias      bool
	gated     bool    // queries are twice as wide, the second half gates the result
	rank      float64 // of a latent that queries are projected over, 0: none
	shared    bool    // keys and values are those of an earlier layer
	oneKey    bool    // values are the keys
	cross     bool    // over image tokens, of which a request for text has none
	out       row
}

// newGQA prepares grouped-query attention. Where TP is a multiple of the KV heads these are replicated.
func (p *Pricer) newGQA(l *layer, g *geometry.Attention) error {
	a := &l.facts.Attention
	tp := p.setup.Strategy.TP
	if a.Heads%tp != 0 {
		return message.Fault("pass.query-divisor", tp, a.Heads, p.setup.Model.Name)
	}
	if a.KVHeads%tp != 0 && tp%a.KVHeads != 0 {
		return message.Fault("pass.kv-heads", tp, a.KVHeads, p.setup.Model.Name)
	}
	own := &g.Own
	value := float64(a.Values())
	l.gqa = gqa{Grouped: op.Grouped{Heads: float64(own.Heads), KVHeads: float64(g.KVHeads), Dim: float64(a.HeadDim),
		ValueDim: value, Window: float64(a.Window), Sinks: a.Sinks},
		projected: float64(own.KVHeads), norm: a.QKNorm, rotary: float64(a.RotaryDim), joined: a.JoinedRotary,
		bias: a.Bias, gated: a.Gated, rank: float64(a.QRank), shared: a.KVShared, oneKey: a.KeyIsValue, cross: a.Cross}
	l.gqa.out = p.newRow(&p.groups.out, g.Find(geometry.Output), float64(own.Heads)*value)
	return nil
}

// gqaBlock is grouped-query attention from the normed input to the output projection (simulation-model 3.4).
func (r *run) gqaBlock(a *gqa) {
	t := r.b.Tokens
	q, k, v := a.Heads*a.Dim, a.projected*a.Dim, a.projected*a.ValueDim
	r.projectQKV(a, q, k, v)
	if a.gated {
		r.move(op.Clone, 2*t*q, 2*t*q, t, q)
	}
	switch a.norm {
	case model.PerHead, model.PerHeadBare:
		r.norm(t*a.Heads, a.Dim, false, nil)
		if a.projects() {
			r.norm(t*a.projected, a.Dim, false, nil)
		}
	case model.FullWidth:
		r.norm(t, q, false, nil)
		r.norm(t, k, false, nil)
	}
	r.rope(a, q, k)
	if !a.cross {
		r.attend(a, q, k, v)
	}
	if a.gated {
		w := a.Heads * a.ValueDim
		r.move(op.Sigmoid, 2*t*w, 2*t*w, t, w)
		r.move(op.Mul, 4*t*w, 2*t*w, t, w)
	}
	r.rowLinear(&r.p.output, &a.out)
}

// projects reports whether the block has keys of its own for every token.
func (a *gqa) projects() bool { return !a.shared && !a.cross }

// projectParts projects where not all of queries, keys and values come from the hidden states.
func (r *run) projectParts(a *gqa, q, k, v float64) {
	p, s, t := r.p, &r.p.projection, r.b.Tokens
	if a.oneKey {
		v = 0
	}
	if !a.projects() {
		k, v = 0, 0
	}
	if a.rank > 0 {
		r.project(s, t, p.hidden, a.rank+k+v, a.rank, a.bias)
		r.norm(t, a.rank, false, nil)
		r.project(s, t, a.rank, q, q, a.bias)
		return
	}
	r.project(s, t, p.hidden, q+k+v, q, a.bias)
}

// projectQKV projects queries, keys and values; compiled they are one product where their scales allow it.
func (r *run) projectQKV(a *gqa, q, k, v float64) {
	p, s := r.p, &r.p.projection
	t := r.b.Tokens
	if a.gated {
		q *= 2
	}
	switch {
	case a.rank > 0 || a.oneKey || !a.projects():
		r.projectParts(a, q, k, v)
	case !p.compile:
		r.project(s, t, p.hidden, q, q, a.bias)
		r.project(s, t, p.hidden, k, k, a.bias)
		r.project(s, t, p.hidden, v, v, a.bias)
	case s.Input == op.BlockScale && k != v:
		r.product(s, t, p.hidden, q, q, a.bias)
		r.product(s, t, p.hidden, k, k, a.bias)
		r.product(s, t, p.hidden, v, v, a.bias)
	case s.Input == op.BlockScale && q != k:
		r.product(s, t, p.hidden, q, q, a.bias)
		r.product(s, t, p.hidden, k+v, k, a.bias)
	default:
		r.product(s, t, p.hidden, q+k+v, q, a.bias)
	}
}

// rope rotates queries and keys: one operator for both, or several for each when eager. Compiled code knows no pattern
// for heads that are rotated in part.
func (r *run) rope(a *gqa, q, k float64) {
	switch {
	case a.rotary == 0:
	case r.p.compile && a.rotary == a.Dim:
		r.add(op.Rope(r.b.Tokens, q, k, r.p.table))
	default:
		r.ropeApart(a, a.Heads)
		if a.projects() {
			r.ropeApart(a, a.projected)
		}
	}
}

// ropeApart rotates one of queries and keys. Models that join rotated and passed-through columns copy them twice; the
// second copy is needless for a single head or a single token.
func (r *run) ropeApart(a *gqa, heads float64) {
	t := r.b.Tokens
	r.ropeEager(t*heads, a.rotary)
	if !a.joined {
		return
	}
	n := 2 * t * heads * a.Dim
	r.move(op.Cat, n, n, t*heads, a.Dim)
	if heads > 1 && t > 1 {
		r.move(op.Clone, n, n, t*heads, a.Dim)
	}
}

// ropeEager rotates n = rows*width FP16 elements by table rows of every token.
func (r *run) ropeEager(rows, width float64) {
	n, table := rows*width, 2*r.b.Tokens*r.p.table
	r.move(op.Mul, 2*n+table, 2*n, rows, width)
	r.move(op.Neg, n, n, rows, width/2)
	r.move(op.Cat, 2*n, 2*n, rows, width)
	r.move(op.Mul, 2*n+table, 2*n, rows, width)
	r.move(op.Add, 4*n, 2*n, rows, width)
}

// attend writes the cache and attends to it. A quantised cache takes queries, keys and values at one byte.
func (r *run) attend(a *gqa, q, k, v float64) {
	t, c := r.b.Tokens, &r.p.cache
	if c.Quantised {
		r.add(op.StaticQuantize(t, q))
		r.add(op.StaticQuantize(t, k))
		r.add(op.StaticQuantize(t, v))
	}
	sharded := r.shardsCache()
	if sharded {
		r.gatherQueries(q)
	}
	if a.projects() {
		r.add(op.WriteKV(c, t, k+v))
	}
	r.add(op.GroupedAttention(&r.b, c, &a.Grouped))
	if sharded { // the attention itself costs what it did; only memory shrinks
		r.mergeShards(a.Heads, a.ValueDim)
		r.addScalar(t, a.Heads*a.ValueDim)
		r.convert(4, 2, 1, 1)
		r.addScalar(t, a.Heads*a.ValueDim)
	}
}
