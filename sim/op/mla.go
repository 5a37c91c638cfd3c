package op

import (
	"math"

	"fathom/hw"
)

// Latent are the sizes of multi-head latent attention on a rank (DeepSeek-V3 technical report, 2.1.1).
type Latent struct {
	Hidden        float64
	Heads         float64 // on this rank
	QRank, KVRank float64
	Nope, Rope    float64 // columns of a query head without and with rotation
	Value         float64 // columns of a value head
	TopK          float64 // sparse attention selects this many tokens, 0: dense
	SoftmaxHeads  float64 // heads that attend here: Heads, times DCP where queries are gathered
	Shard         float64 // ranks that one sequence's cache is sliced over (DCP), at least 1
}

func (l *Latent) qk() float64 { return l.Nope + l.Rope }

// latent is the width of one cached token.
func (l *Latent) latent() float64 { return l.KVRank + l.Rope }

// up is the number of elements of the projection from the latent to keys and values.
func (l *Latent) up() float64 { return l.KVRank * l.Heads * (l.Nope + l.Value) }

// down is the number of elements of all projections before attention.
func (l *Latent) down() float64 {
	return l.Hidden*l.QRank + l.queryInput()*l.Heads*l.qk() + l.Hidden*l.latent()
}

// queryInput is the width that queries are projected from: their latent, or the hidden states where they have none.
func (l *Latent) queryInput() float64 {
	if l.QRank > 0 {
		return l.QRank
	}
	return l.Hidden
}

// preprocessKernels is how many kernels the fused preprocessing stands for beyond the first.
const preprocessKernels = 15

// LatentPreprocess is everything between the input norm and the cache in one operator: both query projections with
// their norm, the latent projection with its norm, rotation, and the quantisation of its inputs.
func LatentPreprocess(l *Latent, s *Scheme, tokens float64) Op {
	t, w := tokens, l.down()
	o := Op{Kind: MLAPreprocess, CubeType: s.weightType(), Cube: 2 * t * w, Extra: preprocessKernels,
		Vec16: 5*t*l.QRank + 3*t*l.Heads*l.Rope + 5*t*l.KVRank + 3*t*l.Rope,
		Read: 2*t*l.Hidden + 4*t*l.Rope + s.Weight*w + 2*l.QRank + 2*l.KVRank + 2*t*l.QRank +
			4*t*l.QRank + 4*t*l.latent(),
		Write: 2 * t * (l.Heads*l.qk() + l.latent() + l.QRank), Dims: dims(t, l.Hidden, 0, 0)}
	if !s.Quantised() {
		return o
	}
	o.Kind = MLAPreprocessQuant
	o.Vec16 += 2*t*l.Hidden + t*l.QRank + w // rescaling is counted on the weights
	if s.Input == BlockScale {
		o.Read += (l.QRank+l.latent())*s.blocks(l.Hidden) + l.Heads*l.qk()*s.blocks(l.queryInput())
	} else {
		o.Read += 12
	}
	return o
}

// weightType is the format that a weight is stored in; packed 4-bit integers count as bytes.
func (s *Scheme) weightType() hw.DType {
	if s.Linear == FP8Linear {
		return hw.FP8
	}
	return s.Cube
}

// WriteLatent stores the latents of new tokens.
func WriteLatent(l *Latent, c *Cache, tokens float64) Op {
	n := tokens * l.latent()
	return Op{Kind: MLACacheWrite, Read: c.Incoming()*n + 8*tokens, Write: c.Bytes * n,
		Dims: dims(tokens, l.latent(), 0, 0)}
}

// absorbed is the longest query that dense latent attention handles in the absorbed form, by shape alone.
const absorbed = 5

// halves are the two forms of latent attention that a batch may hold: Tokens and interactions of each.
type halves struct {
	decode, prefill       float64 // new tokens
	decodeCTX, prefillCTX float64 // what they attend to
}

// work is the arithmetic of one form: the products, and the vector work of rescaling a quantised cache. Projections run
// on the rank's own heads, attention on those of the gathered queries.
func (l *Latent) decodeWork(t, ctx, unclamped float64) (cube, rescale float64) {
	return 2*t*l.Heads*l.KVRank*(l.Nope+l.Value) + 2*ctx*l.SoftmaxHeads*(l.latent()+l.KVRank),
		4*t*l.Heads*l.KVRank + 2*unclamped*l.SoftmaxHeads
}

func (l *Latent) prefillWork(t, ctx, unclamped float64) (cube, rescale float64) {
	return 2*t*l.up() + 2*ctx*l.SoftmaxHeads*(l.qk()+l.Value),
		2*t*l.Heads*(l.Nope+l.Value) + 2*unclamped*l.SoftmaxHeads
}

// LatentAttention is dense or sparse latent attention of a batch (simulation-model 4.2). Short queries of the dense
// form, or decoding requests of the sparse one, use the absorbed projections; a mixed batch pays for both forms.
func LatentAttention(b *Batch, c *Cache, s *Scheme, l *Latent) Op {
	h, own, whole := l.attended(b)
	o := Op{Kind: MLAAttention, CubeType: c.Cube, Read: c.Incoming()*b.Tokens*l.SoftmaxHeads*l.qk() + 8*(b.Requests+1) +
		16*b.Requests,
		Write: 2 * b.Tokens * l.SoftmaxHeads * l.Value, Vec16: 4 * (own.decodeCTX + own.prefillCTX) * l.SoftmaxHeads,
		Dims: dims(b.Tokens, l.SoftmaxHeads, l.qk(), b.Longest)}
	if l.TopK > 0 {
		o.Kind = SparseMLA
	}
	dc, dr := l.decodeWork(h.decode, own.decodeCTX, whole.decodeCTX)
	pc, pr := l.prefillWork(h.prefill, own.prefillCTX, whole.prefillCTX)
	rescale := dr + pr
	o.Cube = dc + pc
	if b.Replayed > 0 { // the phase is unknown: the dearer form counts
		ctx := own.decodeCTX + own.prefillCTX
		dc, dr = l.decodeWork(b.Tokens, ctx, ctx)
		pc, pr = l.prefillWork(b.Tokens, ctx, ctx)
		o.Cube, rescale = max(dc, pc), max(dr, pr)
	}
	weights := c.Bytes * l.up()
	if h.decode > 0 {
		o.Read += weights
	}
	if h.prefill > 0 {
		o.Read += weights
	}
	o.Read += l.cached(b, c)
	if c.Quantised {
		o.Kind++ // the quantised form follows the plain one
		o.Vec16 += rescale + 2*b.Tokens*l.SoftmaxHeads*l.Value
		o.Read += 32
		if s.Input == BlockScale {
			o.Read += 8*l.up()/s.Group - 12
		}
	}
	return o
}

// attended sorts the batch's tokens into the two forms: tokens, the interactions that are computed, and those before
// selection, which the rescaling of a quantised cache counts.
func (l *Latent) attended(b *Batch) (tokens, own, whole halves) {
	for i := range b.Pieces {
		p := &b.Pieces[i]
		n, q, s := p.Requests(), float64(p.Query), l.local(b, float64(p.Total))
		all := b.attended(q, s)
		seen := all
		if l.TopK > 0 && s > l.TopK {
			seen = l.selected(b, q, s)
		}
		decode := q <= absorbed
		if l.TopK > 0 {
			decode = p.Decode
		}
		if decode {
			tokens.decode += n * q
			own.decodeCTX += n * seen
			whole.decodeCTX += n * all
		} else {
			tokens.prefill += n * q
			own.prefillCTX += n * seen
			whole.prefillCTX += n * all
		}
	}
	return tokens, own, whole
}

// local is the part of a sequence that this rank attends to.
func (l *Latent) local(b *Batch, s float64) float64 {
	if b.Replayed > 0 {
		s = b.Replayed
	}
	if l.Shard > 1 {
		s = max(1, math.Ceil(s/l.Shard))
	}
	return s
}

// selected is the number of interactions of one request whose tokens see at most TopK others.
func (l *Latent) selected(b *Batch, q, s float64) float64 {
	if !b.Causal {
		return q * l.TopK
	}
	// Tokens up to position TopK see all before them, the others TopK.
	below := max(0, min(q, l.TopK-(s-q)))
	return below*(s-q) + below*(below+1)/2 + (q-below)*l.TopK
}

// Efficiency of gathering single tokens out of pages, as the reference tool assumes it: decode reads scattered rows,
// prefill nearly whole pages.
const (
	gatherPrefill            = 0.92
	gatherDecode, gatherStep = 0.025, 0.006
	gatherLow, gatherHigh    = 0.015, 0.080
	gatherPages              = 16
	gatherTile               = 64 // decode queries that share one gather
)

// cached is the bytes read of the cache, its block table and the selected indices.
func (l *Latent) cached(b *Batch, c *Cache) float64 {
	width := l.latent() * c.Bytes
	switch {
	case b.Replayed > 0:
		read := b.Requests*b.Replayed*width + 8*b.Requests*b.MaxBlocks
		if l.TopK > 0 {
			read += 8 * b.Tokens * min(l.TopK, b.Replayed)
		}
		return read
	case l.TopK == 0:
		var read float64
		for i := range b.Pieces {
			p := &b.Pieces[i]
			s := l.local(b, float64(p.Total))
			read += p.Requests() * (s*width + 8*math.Ceil(s/BlockSize))
		}
		return read
	}
	return l.gathered(b, c, width)
}

// gathered is the traffic of sparse attention.
func (l *Latent) gathered(b *Batch, c *Cache, width float64) float64 {
	eta := l.decodeGather(b)
	read := 8 * b.Tokens * min(l.TopK, b.Longest)
	for i := range b.Pieces {
		p := &b.Pieces[i]
		n := min(float64(p.Total), l.TopK)
		units, e := float64(p.Query), gatherPrefill
		if p.Decode && !c.Quantised {
			units, e = math.Ceil(units/gatherTile), eta
		}
		if c.Quantised {
			e = 1
		}
		read += p.Requests() * units * (n*width/e + 8*math.Ceil(n/BlockSize))
	}
	return read
}

func (l *Latent) decodeGather(b *Batch) float64 {
	pages := 0.0
	for i := range b.Pieces {
		if p := &b.Pieces[i]; p.Decode {
			pages = max(pages, math.Ceil(min(float64(p.Total), l.TopK)/BlockSize))
		}
	}
	if pages == 0 {
		return gatherDecode
	}
	return min(max(gatherDecode+gatherStep*math.Log2(pages/gatherPages), gatherLow), gatherHigh)
}
