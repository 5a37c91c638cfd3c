package pass

import (
	"fathom/hw"
	"fathom/sim/cost"
	"fathom/sim/plan"
)

// groups are the sets of ranks that rank 0 communicates with (simulation-model 2.1). Ranks are laid out with TP
// fastest; a pipeline stage is laid out by itself.
type groups struct {
	tp, dp, ep, moeTP cost.Group
	out, mlp, head    cost.Group // of the output projection, the MLP and the LM head
	dcp, vision       cost.Group
}

// newGroups finds the link of every group. Sizes that are not given follow TP; a group of one rank never communicates.
func newGroups(g hw.Grid, s plan.Strategy) groups {
	tp := s.TP
	return groups{
		tp:     cost.NewGroup(g, tp, 1),
		dp:     cost.NewGroup(g, s.DP, tp),
		ep:     cost.NewGroup(g, s.EP, max(1, s.MoETP)),
		moeTP:  cost.NewGroup(g, s.MoETP, 1),
		out:    cost.NewGroup(g, or(s.OProjTP, tp), 1),
		mlp:    cost.NewGroup(g, or(s.MLPTP, tp), 1),
		head:   cost.NewGroup(g, or(s.LMHeadTP, tp), 1),
		dcp:    cost.NewGroup(g, s.DCP, 1),
		vision: cost.NewGroup(g, s.VisionTP, 1),
	}
}

// or is x, or the default where x is not given.
func or(x, fallback int) int {
	if x > 0 {
		return x
	}
	return fallback
}
