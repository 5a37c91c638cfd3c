package pass

import "fathom/sim/op"

// Sequence parallelism (simulation-model 5.6) rewrites a compiled graph where an all-reduce feeds a norm that did not
// fuse with quantisation: reduce-scatter, norm and residual add on this rank's share of the rows, all-gather. The
// reference tool's result was compared only where the rewrite does not apply; where it does, this is the rewrite done
// throughout.

// splits reports whether the norm before linears of a scheme can work on a share of the rows.
func (r *run) splits(s *op.Scheme) bool {
	fuses := s != nil && s.Quantised() && r.p.exactEps
	return r.split && !fuses
}

// streamNorm norms the residual stream; split: this rank has its share of the rows only, and gathers the result if
// gather is set.
func (r *run) streamNorm(residual bool, s *op.Scheme, split, gather bool) {
	t, h := r.b.Tokens, r.p.hidden
	if !split {
		r.norm(t, h, residual, s)
		return
	}
	rows := t / r.p.tp
	r.norm(rows, h, residual, nil)
	if gather {
		r.allGather(&r.p.groups.tp, rows, h)
	}
	if s != nil {
		r.quantise(s, t, h)
	}
}
