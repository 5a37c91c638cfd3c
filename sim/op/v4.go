package op

import (
	"math"

	"fathom/hw"
)

// SharedHead are the sizes of DeepSeek-V4 attention on a rank: one key-value head that all query heads share, whose
// cache holds a window of recent tokens and compressed entries of older ones (simulation-model, appendix A).
type SharedHead struct {
	Hidden, QRank, Dim, Rope float64
	Heads                    float64 // on this rank
	AllHeads                 float64
	Window                   float64
	Ratio                    float64 // tokens per compressed entry, 0: the window only
	IndexHeads               float64 // on this rank
	IndexDim, TopK           float64
	CacheWidth               float64 // columns of a cached row: Dim, or more in an MTP layer
	Split                    bool    // index heads are spread over ranks
}

// CompressedShort marks layers whose compressor overlaps and whose entries are selected by an indexer.
const compressedShort = 4

// Indexed reports whether the layer selects entries.
func (a *SharedHead) Indexed() bool { return a.Ratio == compressedShort }

// ShortQueries is the phase rule of this family: fewer than five new tokens a request on average.
func ShortQueries(b *Batch) bool { return b.Tokens < 5*b.Requests }

// WindowOf is how many recent tokens attention sees.
func (a *SharedHead) WindowOf(b *Batch) float64 {
	if ShortQueries(b) {
		return a.Window
	}
	return min(b.Tokens, a.Window)
}

// Entries is how many compressed entries each new token sees.
func (a *SharedHead) Entries(b *Batch) float64 {
	switch {
	case a.Ratio == 0:
		return 0
	case a.Indexed():
		return max(1, min(a.TopK, math.Floor(b.Longest/a.Ratio)))
	}
	return max(1, math.Floor(b.Longest/a.Ratio))
}

// Seen is the number of cache rows that each new token attends to.
func (a *SharedHead) Seen(b *Batch) float64 { return a.WindowOf(b) + a.Entries(b) }

// RopeRows rotates rows of a tensor in place: rotated columns of each, with tables as wide as a head. inverse turns
// back.
func RopeRows(tokens, rows, rotated, table float64, inverse bool) Op {
	n := rows * rotated
	o := Op{Kind: RopeInPlace, Vec32: 5 * n, Read: 4*tokens*table + 8*n, Write: 2 * n, Dims: dims(rows, rotated, 0, 0)}
	if inverse {
		o.Vec32 += tokens * table
	}
	return o
}

// Compress turns finished groups of tokens into entries. width is that of an entry, indexed the compressor of the
// indexer, whose entries are transformed further and may be cached in one byte.
func Compress(b *Batch, a *SharedHead, width, cacheBytes float64, indexed bool) Op {
	overlap := 1.0
	if a.Ratio == compressedShort {
		overlap = 2
	}
	p, span := overlap*width, overlap*a.Ratio
	t := b.Tokens
	o := Op{Kind: Compressor, CubeType: hw.FP32, Cube: 4 * t * a.Hidden * p, Vec32: t * a.Hidden,
		Read: 2*t*a.Hidden + 8*a.Hidden*p + 16*b.Requests + 8*t*a.Hidden, Dims: dims(t, a.Hidden, p, 0)}
	rows := 0.0
	for i := range b.Pieces {
		made, vec, write := a.compressOne(&b.Pieces[i], overlap, width, p, span)
		n := b.Pieces[i].Requests()
		rows += n * made
		o.Vec32 += n * vec
		o.Write += n * write
	}
	o.Read += 6 * rows * width
	o.Vec32 += 5*rows*width + 5*rows*a.Rope
	if indexed {
		o.Vec32 += rows*width*(math.Log2(width)+1) + 5*rows*width
		o.Write += cacheBytes * rows * width
	} else {
		o.Vec32 += 3 * rows * (width - a.Rope)
		o.Write += 2 * rows * width
	}
	return o
}

// compressOne is one request: entries made, vector work, bytes of state and results written.
func (a *SharedHead) compressOne(r *Piece, overlap, width, p, span float64) (rows, vec, write float64) {
	q, s := float64(r.Query), float64(r.Total)
	if r.Query == r.Total { // a whole prompt
		m := math.Floor(q / a.Ratio)
		state := q - m*a.Ratio
		if m >= 1 {
			if overlap > 1 {
				state += a.Ratio
				vec += 2 * m * span * p
			}
			vec += m*a.Ratio*p + 6*m*span*p
		}
		return m, vec + state*p, 8 * state * p
	}
	rows = math.Floor(s/a.Ratio) - math.Floor((s-q)/a.Ratio)
	vec, write = q*p+rows*6*span*width, 8*q*p
	if overlap > 1 {
		vec += rows * 2 * span * width
		write += rows * 8 * a.Ratio * p
	}
	return rows, vec, write
}

// SelectEntries is the lightning indexer. Its number of keys is capped at the block size of its cache, as the reference
// tool has it.
func SelectEntries(b *Batch, a *SharedHead) Op {
	var pairs, whole, kept float64
	for i := range b.Pieces {
		r := &b.Pieces[i]
		n, q := r.Requests(), float64(r.Query)
		active := max(1, min(BlockSize, math.Floor(float64(r.Total)/a.Ratio)))
		k := min(a.TopK, active)
		pairs += n * q * active
		kept += 2 * n * q * k
		if r.Query == r.Total { // a whole prompt also masks what lies ahead
			whole += n * q * active
			kept += 2 * n * q * k
		}
	}
	t, h, d := b.Tokens, a.IndexHeads, a.IndexDim
	o := Op{Kind: LightningIndexer, CubeType: hw.FP16, Cube: 2 * h * d * pairs,
		Vec16: t*h*d*(math.Log2(d)+1+5) + 3*h*pairs + 3*whole + kept,
		Read:  2*t*h*d + 2*t*h + 16*b.Requests, Write: 8 * t * a.Entries(b), Dims: dims(t, h, d, 0)}
	if a.Split {
		o.Read += 4 * pairs
	}
	return o
}

// SharedAttention attends to the window and the entries of every token, in tiles of 64 rows and at least 16 heads.
func SharedAttention(b *Batch, a *SharedHead) Op {
	const tile, fewest = 64, 16
	t, seen := b.Tokens, a.Seen(b)
	tiles := math.Ceil(seen / tile)
	heads := max(a.Heads, fewest)
	o := Op{Kind: SharedKVAttention, CubeType: hw.FP16, Cube: 4 * t * tiles * tile * heads * a.Dim,
		Vec16: t * (tiles*heads*(tile*2+(tile-1)*2+1+tile+(tile-1)*2+2+a.Dim) + heads*(a.Dim+1)),
		Read:  2*t*a.Heads*a.Dim + 4*a.AllHeads + t*seen*2*a.CacheWidth + 4*t*tiles*tile,
		Write: 2 * t * a.Heads * a.Dim, Dims: dims(t, a.Heads, a.Dim, seen)}
	if short := fewest - a.Heads; short > 0 {
		o.Read += t*short*2*a.Dim + 4*short
		o.Write += t * short * 2 * a.Dim
	}
	return o
}

// WriteWindow stores rows of keys in the ring of recent tokens.
func WriteWindow(rows, width float64) Op {
	return Op{Kind: WindowWrite, Read: 2 * width * rows, Write: 2 * width * rows, Dims: dims(rows, width, 0, 0)}
}

// ClampedSwigluOf is the activation of the shared expert, which bounds both of its inputs.
func ClampedSwigluOf(rows, width float64) Op {
	n := rows * width
	return Op{Kind: ClampedSwiglu, Vec16: 11 * n, Read: 4 * n, Write: 2 * n, Dims: dims(rows, width, 0, 0)}
}

// GateHash looks the experts of a token up by its id; table is the number of ids times choices.
func GateHash(rows, tokens, experts, topK, table float64) Op {
	return Op{Kind: GateTopKHash, Vec32: 5 * rows * topK, Read: 4*rows*experts + 8*tokens + 4*table,
		Write: 12 * rows * topK,
		Dims:  dims(rows, experts, 0, 0)}
}

// GateBest selects experts by their biased scores.
func GateBest(rows, experts, topK, biasBytes float64) Op {
	return Op{Kind: GateTopK, Vec32: 2*rows*experts + 4*rows*topK, Read: 4*rows*experts + biasBytes*experts,
		Write: 12 * rows * topK,
		Dims:  dims(rows, experts, 0, 0)}
}
