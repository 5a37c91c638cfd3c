package plan

import "fathom/sim/model"

// Rows is how the token rows of one MoE layer fall on the simulated rank, as the reference tool deals them: evenly over
// the experts, the remainder to the lowest ones, so that the rank with the lowest experts gets the most
// (simulation-model 5.4, 8.4 and 8.6). The first Wide local experts have High rows each, the others Low.
type Rows struct {
	Sliced  bool // every TP rank routes its own slice of the tokens
	Tokens  int  // token rows that enter routing on the rank (Tl; all rows of the DP group without EP)
	Sent    int  // routed rows of one source rank, Tokens * top-k (n)
	Experts int  // routed experts with the redundant ones
	Local   int  // experts of this rank (Ep)
	Active  int  // of them those with rows (Ea)
	Wide    int
	High    int
	Low     int
	Total   int // rows that this rank receives (M)
	Own     int // routed rows that a source rank keeps for this rank, Total / EP
	Quantum int // an active expert pads its rows to a multiple of this
}

// Route deals tokens rows of one DP rank to the experts.
func (s Strategy) Route(f model.FFN, tokens int) Rows {
	ep, tp := max(1, s.EP), max(1, s.TP)
	r := Rows{Tokens: tokens, Quantum: tp}
	ranks := ep
	switch {
	case ep == 1:
		r.Tokens, r.Quantum = tokens*max(1, s.DP), max(1, s.MoETP)
	case s.DP != ep:
		r.Sliced = true
		r.Tokens = (tokens + tp - 1) / tp
	}
	r.Sent = r.Tokens * f.TopK
	r.Experts = f.Experts
	if s.ExternalShared && ep > 1 {
		ranks = ep - s.Hosts(f.TopK)
		r.Experts += externalRedundancy(f.Experts, ranks, s.RedundantExperts > 0)
	} else {
		r.Experts += s.RedundantExperts
	}
	r.Local = (r.Experts + ranks - 1) / ranks // the first ranks get one more
	low := r.Sent / r.Experts
	r.Wide = min(r.Local, r.Sent%r.Experts)
	r.High, r.Low = ep*(low+1), ep*low
	r.Own = r.Wide*(low+1) + (r.Local-r.Wide)*low
	r.Total = ep * r.Own
	r.Active = r.Wide
	if low > 0 {
		r.Active = r.Local
	}
	return r
}

// Padded gives the rows of one expert after padding.
func (r Rows) Padded(rows int) int { return (rows + r.Quantum - 1) / r.Quantum * r.Quantum }

// Surplus is the number of rows that padding adds on this rank.
func (r Rows) Surplus() int {
	return r.Wide*(r.Padded(r.High)-r.High) + (r.Local-r.Wide)*(r.Padded(r.Low)-r.Low)
}

// Hosts is the number of ranks of the EP group that hold only shared experts when these are external.
func (s Strategy) Hosts(topK int) int {
	if topK+1 > s.EP {
		return 1
	}
	return (s.EP + topK) / (topK + 1)
}

// externalRedundancy fills the routed ranks up to equal numbers of experts; a full extra round only when it is asked
// for.
func externalRedundancy(experts, ranks int, asked bool) int {
	extra := ranks - experts%ranks
	if extra == ranks && !asked {
		return 0
	}
	return extra
}
