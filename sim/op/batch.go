package op

// BlockSize is the number of tokens in one block of the paged KV cache.
const BlockSize = 128

// Piece is a number of equal requests of a batch on one rank, each with Query new tokens of Total.
type Piece struct {
	Query, Total int
	Count        int // requests; 0 counts as 1
	Decode       bool
}

// Requests is Count, at least one.
func (p *Piece) Requests() float64 {
	if p.Count < 1 {
		return 1
	}
	return float64(p.Count)
}

// Batch is what a batch of requests on one rank means to attention operators: the sums of simulation-model's notation.
type Batch struct {
	Requests     float64 // B
	Tokens       float64 // T, the sum of q
	Interactions float64 // CTX, the sum of q*s; causal batches count only what a token can see
	Lengths      float64 // the sum of s
	Longest      float64 // the largest s
	MaxBlocks    float64 // columns of the block table
	Blocks       float64 // the sum of blocks over requests
	MinQuery     float64 // the smallest q
	Pieces       []Piece
	Decode       bool // every request decodes

	Causal   bool    // count what a token can see (corrected.md)
	Replayed float64 // length that a re-priced forward assumes for every request, 0: lengths are known
}

// NewBatch sums the pieces up. It keeps them; it does not allocate. A replayed batch takes every request to be as long
// as the block table is wide (search-and-serving 7).
func NewBatch(pieces []Piece, causal, replayed bool) Batch {
	b := Batch{Pieces: pieces, Decode: true, Causal: causal}
	for i := range pieces {
		p := &pieces[i]
		n, q, s := p.Requests(), float64(p.Query), float64(p.Total)
		blocks := float64((p.Total + BlockSize - 1) / BlockSize)
		b.Requests += n
		b.Tokens += n * q
		b.Interactions += n * b.attended(q, s)
		b.Lengths += n * s
		b.Blocks += n * blocks
		b.Longest = max(b.Longest, s)
		b.MaxBlocks = max(b.MaxBlocks, blocks)
		if i == 0 || q < b.MinQuery {
			b.MinQuery = q
		}
		b.Decode = b.Decode && p.Decode
	}
	if replayed {
		b.Replayed = BlockSize * b.MaxBlocks
		b.Interactions = b.Tokens * b.Replayed
		b.Lengths = b.Requests * b.Replayed
	}
	return b
}

// attended is the number of interactions of one request: q*s, or the causal triangle.
func (b *Batch) attended(q, s float64) float64 {
	if b.Causal {
		return q*(s-q) + q*(q+1)/2
	}
	return q * s
}

// Windowed gives interactions and KV tokens read where a token sees at most the given number of tokens: its own last
// window. A request of q new tokens then touches window+q-1 cached ones at most.
func (b *Batch) Windowed(window float64) (interactions, lengths float64) {
	if window <= 0 || b.Longest <= window {
		return b.Interactions, b.Lengths
	}
	for i := range b.Pieces {
		p := &b.Pieces[i]
		n, q, s := p.Requests(), float64(p.Query), float64(p.Total)
		if b.Replayed > 0 {
			s = b.Replayed
		}
		seen := q * min(s, window)
		if b.Causal {
			seen = min(seen, b.attended(q, s))
		}
		interactions += n * seen
		lengths += n * min(s, window+q-1)
	}
	return interactions, lengths
}

// Metadata is the bytes of block table, query offsets, sequence and query lengths (simulation-model 2.4), all int64.
func (b *Batch) Metadata() float64 {
	return 8*b.Requests*b.MaxBlocks + 8*(b.Requests+1) + 16*b.Requests
}
