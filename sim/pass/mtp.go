package pass

import (
	"fathom/hw/message"
	"fathom/sim/geometry"
	"fathom/sim/model"
	"fathom/sim/op"
)

// newDraft prepares the block of an MTP layer. The reference tool's sharding plan misses the query, key and value
// projections of grouped-query attention there: they run on all heads, and so does the attention, while the cache that
// is read and the output weights stay sharded (simulation-model 8.1).
func (p *Pricer) newDraft(g *geometry.Layer) (layer, error) {
	m := p.setup.Model
	if p.switches.MTPHeads && p.setup.MTP > m.MTPHeads {
		return layer{}, message.Fault("pass.mtp-heads", p.setup.MTP, m.Name, m.MTPHeads)
	}
	l, err := p.newLayer(g)
	if !p.switches.MTPAttention && g.Facts.Attention.Kind == model.GQA {
		l.gqa.out.fed = l.gqa.out.full
	}
	return l, err
}

// verified reports whether a decode pass checks the drafts of the pass before: the last m+1 rows of every request then
// get logits (simulation-model 8.1).
func (r *run) verified() bool {
	return r.p.mtp > 0 && r.b.Decode && r.b.MinQuery >= float64(r.p.mtp+1)
}

// verificationRows moves the row numbers to the device and gathers m+1 rows of every request.
func (r *run) verificationRows() float64 {
	rows := r.b.Requests * float64(r.p.mtp+1)
	r.transferIndex(rows)
	r.gatherRows(rows)
	return rows
}

// transferIndex copies row numbers.
func (r *run) transferIndex(rows float64) {
	k := op.ToCopy
	if r.p.compile {
		k = op.DevicePut
	}
	r.move(k, 8*rows, 8*rows, rows, 1)
}

// drafts samples from the target model's logits and runs the m MTP layers, each on all rows (simulation-model 8.1).
func (r *run) drafts() {
	p, b, m := r.p, r.b.Requests, float64(r.p.mtp)
	verified := r.verified()
	r.argmax(b)
	if verified {
		r.argmax(b * m)
		r.move(op.Cat, 8*b*(m+1), 8*b*(m+1), b, m+1)
	}
	if !p.compile {
		r.move(op.Empty, 0, 8*b*(m+1), b, m+1)
	}
	r.storeColumn()
	r.ropeFromPositions()
	accepted := 1.0
	if verified {
		accepted = m + 1
	}
	r.draftLayer(accepted, verified)
	if m > 1 { // the layers after the first one are equal
		r.times = m - 1
		r.draftLayer(1, verified && !p.compile)
		r.times = 1
	}
}

// draftLayer is one MTP layer: shifted ids and the hidden state, normed, joined and projected, through one decoder
// block to the draft of one token. transfer: row numbers have to be copied first.
func (r *run) draftLayer(accepted float64, transfer bool) {
	p, b, t, h := r.p, r.b.Requests, r.b.Tokens, r.p.hidden
	r.move(op.ShiftIDs, 8*t+8*(b+1)+8*b*accepted, 8*t, t, 1)
	r.add(op.Embed(t, h))
	r.draftNorm(t, h)
	r.draftNorm(t, h)
	r.move(op.Cat, 4*t*h, 4*t*h, t, 2*h)
	r.project(&p.projection, t, 2*h, h, h, false)
	if s := &p.streams; s.Count > 0 {
		r.move(op.Repeat, 2*t*h, 2*t*s.Count*h, t, h)
		r.layer(&p.draft, false, false)
		r.add(op.StreamHead(s, t))
	} else {
		r.layer(&p.draft, false, false)
	}
	if transfer {
		r.transferIndex(b)
	}
	r.gatherRows(b)
	r.logits(b)
	r.argmax(b)
	r.storeColumn()
}

// draftNorm norms the embedding or the hidden state: the plain norm, with a slightly different order of operators when
// eager.
func (r *run) draftNorm(rows, width float64) {
	if r.p.compile {
		r.add(op.RMS(rows, width))
		return
	}
	n := rows * width
	r.convert(2*n, 4*n, rows, width)
	r.move(op.Pow, 4*n, 4*n, rows, width)
	r.move(op.Mean, 4*n, 4*rows, rows, width)
	r.move(op.AddScalarInPlace, 4*rows, 4*rows, rows, 1)
	r.move(op.Rsqrt, 4*rows, 4*rows, rows, 1)
	r.move(op.Mul, 4*n+4*rows, 4*n, rows, width)
	r.move(op.Mul, 4*n+2*width, 4*n, rows, width)
	r.convert(4*n, 2*n, rows, width)
}

// argmax samples rows over the whole vocabulary.
func (r *run) argmax(rows float64) {
	r.move(op.Argmax, 2*rows*r.p.vocab, 8*rows, rows, r.p.vocab)
}

// storeColumn writes one token of every request into the result.
func (r *run) storeColumn() {
	b, m := r.b.Requests, float64(r.p.mtp)
	if !r.p.compile {
		r.move(op.CopyInPlace, 16*b, 8*b, b, 1)
		return
	}
	r.move(op.Copy, 16*b, 8*b, b, 1)
	r.move(op.SelectScatter, 8*b*(m+1)+8*b, 8*b*(m+1), b, m+1)
}

// ropeFromPositions computes cos and sin anew for the MTP layers.
func (r *run) ropeFromPositions() {
	p, t, w, axes := r.p, r.b.Tokens, r.p.table, r.p.axes
	r.convert(8*t, 4*t, t, 1)
	r.add(op.Frequencies(axes, t, w/2))
	if axes > 1 { // the frequencies of the other axes are copied in between those of the first
		k := op.CopyInPlace
		if p.compile {
			k = op.Copy
		}
		n := t * float64(int(w)/6)
		r.move(k, 8*n, 4*n, t, w/6)
		r.move(k, 8*n, 4*n, t, w/6)
	}
	n := 4 * t * w
	k := op.Cat
	if p.compile {
		k = op.Clone
	}
	r.move(k, n, n, t, w)
	for _, k := range [...]op.Kind{op.Cos, op.Mul, op.Sin, op.Mul} {
		r.move(k, n, n, t, w)
	}
	r.convert(n, n/2, t, w)
	r.convert(n, n/2, t, w)
}
