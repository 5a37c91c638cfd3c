package pass

import (
	"math"

	"fathom/sim/plan"
)

// routing says how the rows of one batch spread over the experts of the simulated rank.
type routing struct {
	tokens   float64 // rows on this rank at the entry of the block
	rows     float64 // routed rows that this rank sends
	received float64 // rows that this rank's experts get from all ranks
	travel   float64 // the larger of rows sent and rows received over the wire
	active   float64 // local experts with rows
	local    float64 // local experts
	shares   [2]share
}

// share is a number of experts with equal rows; padded is what their linears run on.
type share struct{ experts, rows, padded float64 }

// spread deals the tokens of this DP rank to the experts (plan.Strategy.Route). balanced deals them evenly instead
// (corrected.md), times what the fullest rank has beyond the mean.
func (m *moe) spread(tokens float64, balanced bool, busiest float64) routing {
	rows := m.strategy.Route(m.facts, int(tokens))
	if balanced && m.ranks > 1 {
		m.balance(&rows, busiest)
	}
	r := routing{tokens: float64(rows.Tokens), rows: float64(rows.Sent), received: float64(rows.Total),
		active: float64(rows.Active), local: float64(rows.Local)}
	r.shares[0] = newShare(&rows, rows.Wide, rows.High)
	if rows.Low > 0 {
		r.shares[1] = newShare(&rows, rows.Local-rows.Wide, rows.Low)
	}
	own := float64(rows.Own)
	if m.hosts > 0 {
		r.rows += r.tokens // one more column: the shared expert
		if m.hosting {
			own = ceil(r.tokens, float64(m.hosts))
			r.received = float64(m.ranks) * own
		}
	}
	r.travel = max(r.rows-own, r.received-own)
	return r
}

// balance gives every rank with routed experts the same number of rows, and the simulated one as many times as many as
// the busiest has; they spread over its experts. They are counted up once (corrected.md): no expert is padded, which
// the uneven deal hardly ever is either, as its rows come from every rank. Padding would keep the experts' linears
// apart.
func (m *moe) balance(r *plan.Rows, busiest float64) {
	ranks := m.ranks - m.hosts
	r.Total = (r.Sent*m.ranks + ranks - 1) / ranks
	if busiest > 0 {
		r.Total = min(r.Sent*m.ranks, int(math.Ceil(busiest*float64(r.Sent*m.ranks)/float64(ranks)-1e-9)))
	}
	low := r.Total / r.Local
	r.Wide, r.High, r.Low = r.Total%r.Local, low+1, low
	r.Active = r.Local
	if low == 0 {
		r.Active = r.Wide
	}
	r.Own, r.Quantum = r.Total/m.ranks, 1
}

func newShare(r *plan.Rows, experts, rows int) share {
	return share{float64(experts), float64(rows), float64(r.Padded(rows))}
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
