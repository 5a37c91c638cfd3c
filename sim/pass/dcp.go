package pass

import "fathom/sim/op"

// maxShardedQuery is the number of new tokens from which the reference tool no longer splits a request's cache.
const maxShardedQuery = 6

// shardsCache reports whether this batch decodes with its cache split over the DCP group (simulation-model 5.7): every
// request is short and has a context.
func (r *run) shardsCache() bool {
	if r.p.groups.dcp.Ranks <= 1 {
		return false
	}
	for i := range r.b.Pieces {
		if c := &r.b.Pieces[i]; c.Query >= maxShardedQuery || c.Total <= c.Query {
			return false
		}
	}
	return true
}

// gatherQueries collects the queries of the DCP group's ranks.
func (r *run) gatherQueries(width float64) { r.allGather(&r.p.groups.dcp, r.b.Tokens, width) }

// mergeShards exchanges the partial results of all heads of the group, with one column of softmax sums, in FP32. The
// small operators around it are placeholders of the arithmetic that a kernel does.
func (r *run) mergeShards(heads, width float64) {
	g := &r.p.groups.dcp
	t := r.b.Tokens
	rows, columns := heads*g.Size, t*(width+1)
	n := 4 * rows * columns
	r.convert(2, 4, 1, 1)
	r.move(op.Mul, 4, 4, 1, 1)
	r.move(op.Add, n+4, n, rows, columns)
	if !r.p.compile {
		r.move(op.Empty, 0, n, rows, columns)
	}
	r.collective(op.Exchange(rows, rows, rows-heads, columns, 4), g)
}

// addScalar adds a scaled scalar of the merged result to rows of FP16.
func (r *run) addScalar(rows, width float64) {
	n := 2 * rows * width
	r.move(op.Mul, 4, 4, 1, 1)
	r.move(op.Add, n+4, n, rows, width)
}
