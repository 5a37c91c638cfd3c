package pass

import (
	"fmt"

	"fathom/sim/model"
)

// newMoE prepares an expert block (simulation-model 5.4).
func (p *Pricer) newMoE(f *model.FFN) (moe, error) {
	s, name := p.setup.Strategy, p.setup.Model.Name
	if s.EP*s.MoETP*s.MoEDP != s.TP*s.DP {
		return moe{}, fmt.Errorf("ep %d x moe-tp %d x moe-dp %d is not the %d devices of a stage: correct one of them",
			s.EP, s.MoETP, s.MoEDP, s.TP*s.DP)
	}
	if f.Experts < s.EP {
		return moe{}, fmt.Errorf("ep %d is more than the %d experts of %s: choose a smaller one", s.EP, f.Experts, name)
	}
	experts := f.Experts
	if s.RedundantExperts {
		experts += s.EP // one more on every rank (simulation-model 8.4)
	}
	m := moe{
		router: router{kind: f.Router, experts: float64(f.Experts), topK: float64(f.TopK), groups: float64(f.Groups),
			topGroups: float64(f.TopGroups), biasBytes: float64(f.BiasBytes)},
		experts: experts, local: (experts + s.EP - 1) / s.EP, topK: f.TopK, ranks: s.EP, pad: s.MoETP,
		inner: ceil(float64(f.ExpertInner), float64(s.MoETP)), full: float64(f.ExpertInner),
		reduce: s.MoETP > 1, weight: 2, shared: float64(f.SharedInner), sharedGate: f.SharedGate,
	}
	switch f.Router {
	case model.GroupedSigmoid, model.BiasedSigmoid:
		m.weight = 4
	}
	if s.EP > 1 {
		m.pad = s.TP
		m.sliced = s.DP != s.EP
		m.regroup = s.MoETP > 1 && s.MoETP != s.TP
	} else {
		m.gathered = s.DP > 1
	}
	return m, nil
}
