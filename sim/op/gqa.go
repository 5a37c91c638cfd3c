package op

// Rope rotates queries and keys in one operator: n elements of both together, tables of the given width.
func Rope(tokens, queryWidth, keyWidth, table float64) Op {
	n := tokens * (queryWidth + keyWidth)
	return Op{Kind: ApplyRope, Vec16: 3 * n, Read: 2*n + 4*tokens*table, Write: 2 * n,
		Dims: dims(tokens, queryWidth+keyWidth, 0, 0)}
}

// WriteKV stores keys and values, width elements of a token together, into the paged cache.
func WriteKV(c *Cache, tokens, width float64) Op {
	n := tokens * width
	return Op{Kind: KVWrite, Read: c.Incoming()*n + 8*tokens, Write: c.Bytes * n, Dims: dims(tokens, width, 0, 0)}
}

// Grouped are the sizes of one grouped-query attention on a rank.
type Grouped struct {
	Heads, KVHeads float64
	Dim, ValueDim  float64 // of a query or key head, and of a value head
	Window         float64 // tokens, 0: everything
	Sinks          bool    // one more logit per head
}

// GroupedAttention is paged attention with grouped queries. The cache is read once per request whatever the number of
// new tokens; prefill and decode have one formula (simulation-model 4.2).
func GroupedAttention(b *Batch, c *Cache, g *Grouped) Op {
	ctx, lengths := b.Interactions, b.Lengths
	if g.Window > 0 {
		ctx, lengths = b.Windowed(g.Window)
	}
	query, result := b.Tokens*g.Heads*g.Dim, b.Tokens*g.Heads*g.ValueDim
	o := Op{Kind: Attention, CubeType: c.Cube, Cube: 2 * ctx * g.Heads * (g.Dim + g.ValueDim), Vec16: 4 * ctx * g.Heads,
		Read:  2*query + b.Metadata() + lengths*g.KVHeads*(g.Dim+g.ValueDim)*c.Bytes,
		Write: 2 * result, Dims: dims(b.Tokens, g.Heads, g.Dim, b.Longest)}
	if c.Quantised {
		o.Kind = AttentionQuant
		o.Vec16 += c.Rescale * (2*ctx*g.Heads + result)
		o.Read += 12 - query // queries have one byte, and three scales come along
		if b.Replayed > 0 {
			o.Vec16 += ctx * g.Heads // an unknown query scale counts as one to apply
		}
	}
	if g.Sinks {
		o.Read += 2 * g.Heads
	}
	return o
}
