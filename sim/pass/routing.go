package pass

// routing says how the rows of one batch spread over the experts of rank 0 (simulation-model 5.4). The distribution is
// deterministic: every source rank sends floor(n/E) rows to an expert and one more to the first n mod E of them, so rank 0 is
// the fullest.
type routing struct {
	tokens   float64 // rows on this rank at the entry of the block
	rows     float64 // routed rows of this rank: tokens * top-k
	received float64 // rows that this rank's experts get from all ranks
	travel   float64 // the larger of rows sent and rows received over the wire
	active   float64 // local experts with rows
	local    float64 // local experts
	shares   [2]share
}

// share is a number of experts with equal rows; padded is what their linears run on.
type share struct{ experts, rows, padded float64 }

// route spreads tokens over the experts.
func (m *moe) route(tokens float64, balanced bool) routing {
	n := int(tokens) * m.topK
	r := routing{tokens: tokens, rows: float64(n), local: float64(m.local)}
	each, extra, sources := n/m.experts, n%m.experts, m.ranks
	if balanced { // every rank gets as many rows as it sends, spread over its own experts
		each, extra, sources = n/m.local, n%m.local, 1
	}
	more := min(extra, m.local)
	r.shares[0] = m.share(more, sources*(each+1))
	if each > 0 {
		r.shares[1] = m.share(m.local-more, sources*each)
	}
	for _, s := range r.shares {
		r.received += s.experts * s.rows
		r.active += s.experts
	}
	here := r.received / float64(m.ranks)
	r.travel = max(r.rows-here, r.received-here)
	return r
}

func (m *moe) share(experts, rows int) share {
	padded := (rows + m.pad - 1) / m.pad * m.pad
	return share{float64(experts), float64(rows), float64(padded)}
}

// apart reports whether the compiler keeps every expert's linears apart: a padded expert, or gathers of their own.
func (m *moe) apart(r *routing) bool {
	if m.regroup {
		return true
	}
	for _, s := range r.shares {
		if s.experts > 0 && s.padded != s.rows {
			return true
		}
	}
	return false
}
