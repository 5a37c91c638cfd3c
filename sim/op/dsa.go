package op

import (
	"math"

	"fathom/hw"
)

// Indexer are the sizes of the selector of sparse attention (DeepSeek-V3.2 report, 2.1). It is whole on every rank.
type Indexer struct {
	Hidden, QRank, Rope float64
	Heads, Dim          float64
	TopK                float64
}

// weights is the number of elements of its three projections.
func (x *Indexer) weights() float64 { return x.Heads*x.Dim*x.QRank + x.Dim*x.Hidden + x.Heads*x.Hidden }

// Efficiency of reading the indexer's own cache, as the reference tool assumes it: growing with the pages of a sequence
// in decode; a prefill shares each read among four tokens.
const (
	indexPrefill, indexShare = 0.90, 0.25
	indexDecode, indexStep   = 0.30, 0.23
	indexLow, indexPages     = 0.15, 128
)

// SelectTokens scores every cached token for every new one and keeps the best (simulation-model 4.2). Scores move to
// FP8 with an FP8 cache; an INT8 cache is stored in one byte but scored as before.
func SelectTokens(b *Batch, c *Cache, s *Scheme, x *Indexer) Op {
	t, longest := b.Tokens, b.Longest
	if b.Replayed > 0 {
		longest = b.Replayed
	}
	scores := 2 * t * x.Heads * longest * x.Dim
	o := Op{Kind: DSAIndexer, CubeType: hw.FP16,
		Cube:  2*t*x.QRank*x.Heads*x.Dim + 2*t*x.Hidden*x.Dim + 2*t*x.Hidden*x.Heads,
		Vec16: 3*t*(x.Heads+1)*x.Rope + 2*t*x.Heads*longest + t*longest,
		Read: 2*t*x.Hidden + 2*t*x.QRank + 4*t*x.Rope + 8*t + 8*b.Requests*b.MaxBlocks + 16*b.Requests +
			s.Weight*x.weights() + 2*x.Dim,
		Write: 8*t*min(x.TopK, longest) + t*x.Dim*c.Bytes, Dims: dims(t, x.Heads, x.Dim, longest)}
	width := x.Dim * c.Bytes
	if c.Cube == hw.FP8 {
		scales := 4 * math.Ceil(x.Dim/128)
		o.CubeFP8 = scores
		o.Vec16 += 2*t*(x.Heads+1)*x.Dim + 2*t*x.Heads*longest + t*longest
		o.Write += t * scales
		width += scales
	} else {
		o.Cube += scores
	}
	for i := range b.Pieces {
		p := &b.Pieces[i]
		length := float64(p.Total)
		if b.Replayed > 0 {
			length = b.Replayed
		}
		units, eta := math.Ceil(indexShare*float64(p.Query)), indexPrefill
		if p.Decode {
			units = float64(p.Query)
			eta = max(indexLow, min(indexDecode+indexStep*math.Log2(math.Ceil(length/BlockSize)/indexPages), 1))
		}
		o.Read += p.Requests() * units * length * width / eta
	}
	return o
}
