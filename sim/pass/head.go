package pass

import (
	"fathom/sim/op"
	"fathom/sim/plan"
)

// embedding looks the token ids up.
func (r *run) embedding() {
	t, h := r.b.Tokens, r.p.hidden
	r.embed(t, h)
	if n := r.p.streams.Count; n > 0 {
		r.move(op.Repeat, 2*t*h, 2*t*n*h, t, h)
	}
}

// embed looks token ids up in a table that may be split over the TP group, by columns or by rows (simulation-model
// 5.2).
func (r *run) embed(t, h float64) {
	g := &r.p.groups.tp
	split := r.p.setup.Strategy.WordEmbeddingTP
	if g.Ranks == 1 {
		split = plan.EmbeddingWhole
	}
	switch split {
	case plan.EmbeddingCol:
		own := ceil(h, g.Size)
		r.add(op.Embed(t, own))
		r.allGather(g, t, own)
	case plan.EmbeddingRow:
		r.move(op.GreaterEqual, 8*t, t, t, 1)
		r.move(op.LessThan, 8*t, t, t, 1)
		r.move(op.LogicalAnd, 2*t, t, t, 1)
		r.move(op.Sub, 8*t, 8*t, t, 1)
		r.move(op.Where, 9*t+8, 8*t, t, 1)
		r.add(op.Embed(t, h))
		r.move(op.BitwiseNot, t, t, t, 1)
		r.move(op.Where, t+2*t*h+2, 2*t*h, t, h)
		r.allReduce(g, t, h)
	default:
		r.add(op.Embed(t, h))
	}
}

// lookups reads cos and sin of every position. Compiled code reads the whole tables.
func (r *run) lookups() {
	p, t := r.p, r.b.Tokens
	k, rows := op.IndexSelect, t
	if p.compile {
		k = op.IndexTensor
		if !p.switches.TableReads {
			rows = p.positions
		}
	}
	o := op.Lookup(k, rows, t, p.table)
	r.add(o)
	r.add(o)
}

// head is the final norm, the selection of rows and the logits.
func (r *run) head() {
	t, h := r.b.Tokens, r.p.hidden
	if r.p.streams.Count > 0 {
		r.add(op.StreamHead(&r.p.streams, t))
	}
	if r.p.across {
		r.add(op.AddRMSLast(t, h))
	} else {
		r.norm(t, h, false, nil)
	}
	r.logits(r.selectRows())
}

// selectRows gathers the rows that need logits: every row of a decoding request, the last one of a prefill.
func (r *run) selectRows() float64 {
	if r.verified() {
		return r.verificationRows()
	}
	rows := 0.0
	for i := range r.b.Pieces {
		c := &r.b.Pieces[i]
		if c.Decode {
			rows += c.Requests() * float64(c.Query)
		} else {
			rows += c.Requests()
		}
	}
	if !r.b.Decode || r.listed {
		r.gatherRows(rows)
	}
	return rows
}

// gatherRows picks rows of the hidden states. Compiled code reads all of them.
func (r *run) gatherRows(rows float64) {
	k, whole := op.IndexSelect, rows
	if r.p.compile {
		k = op.IndexTensor
		if !r.p.switches.TableReads {
			whole = r.b.Tokens
		}
	}
	r.add(op.Lookup(k, whole, rows, r.p.hidden))
}

// logits is the LM head, always in FP16, split over its group by vocabulary (simulation-model 5.2, 5.3).
func (r *run) logits(rows float64) {
	p, g := r.p, &r.p.groups.head
	width := ceil(p.vocab, g.Size)
	if g.Ranks == 1 || g.Ranks == p.groups.tp.Ranks {
		r.add(op.Matmul(rows, p.hidden, width))
		r.allGather(g, rows, width)
		return
	}
	own := rows / p.tp
	wide := own * g.Size
	r.allGather(g, own, p.hidden)
	r.add(op.Matmul(wide, p.hidden, width))
	r.allGather(g, wide, width)
	r.allGather(&p.groups.tp, own, p.vocab)
}

// ceil is a/b rounded up, of whole numbers.
func ceil(a, b float64) float64 {
	n, d := int(a), int(b)
	return float64((n + d - 1) / d)
}
