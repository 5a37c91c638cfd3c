package pass

import (
	"fmt"

	"fathom/sim/geometry"
	"fathom/sim/model"
)

// newMoE prepares an expert block (simulation-model 5.4, 5.5, 8.6).
func (p *Pricer) newMoE(f *model.FFN, g *geometry.FFN) (moe, error) {
	s := p.setup.Strategy
	if err := p.checkMoE(f); err != nil {
		return moe{}, err
	}
	m := moe{
		facts: *f, strategy: s, ranks: s.EP,
		router: router{kind: f.Router, experts: float64(f.Experts + f.Identity), topK: float64(f.TopK),
			groups:    float64(f.Groups),
			topGroups: float64(f.TopGroups), biasBytes: float64(f.BiasBytes), bias: f.Bias},
		inner: float64(g.Own.ExpertInner), full: float64(f.ExpertInner),
		reduce: s.MoETP > 1, weight: 2, indexBytes: 8,
		shared: float64(g.Own.SharedInner), sharedGate: f.SharedGate, clamped: f.Clamped, hash: f.HashGate,
	}
	if m.width = p.hidden; f.Latent > 0 {
		m.width = float64(f.Latent)
	}
	switch f.Router {
	case model.GroupedSigmoid, model.BiasedSigmoid:
		m.weight = 4
	}
	if s.EP > 1 {
		m.sliced = s.DP != s.EP
		m.regroup = s.MoETP > 1 && s.MoETP != s.TP
	} else {
		m.gathered = s.DP > 1
	}
	m.sharded = f.SharedInner > 0 && s.SharedExpertTP
	if f.SharedInner > 0 && s.ExternalShared {
		m.hosts, m.hosting = s.Hosts(f.TopK), s.HostExternal
		m.weight, m.indexBytes = 4, 4 // the extra column makes both FP32
	}
	return m, nil
}

// checkMoE refuses sizes that do not fit the experts.
func (p *Pricer) checkMoE(f *model.FFN) error {
	s, name := p.setup.Strategy, p.setup.Model.Name
	switch {
	case f.Router >= model.NumRouters:
		return fmt.Errorf("model %s: the gate of its experts, kind %d, has no operators: choose another model", name,
			f.Router)
	case s.EP < 1 || s.MoETP < 1 || s.MoEDP < 1:
		return fmt.Errorf("ep %d, moe-tp %d, moe-dp %d: %s has experts: give positive sizes", s.EP, s.MoETP, s.MoEDP, name)
	case s.EP*s.MoETP*s.MoEDP != s.TP*s.DP:
		return fmt.Errorf("ep %d x moe-tp %d x moe-dp %d is not the %d devices of a stage: correct one of them",
			s.EP, s.MoETP, s.MoEDP, s.TP*s.DP)
	case f.Experts < s.EP:
		return fmt.Errorf("ep %d is more than the %d experts of %s: choose a smaller one", s.EP, f.Experts, name)
	case s.SharedExpertTP && s.EP < 2:
		return fmt.Errorf("shared-expert TP needs expert parallelism, and ep is %d: raise it or turn the option off", s.EP)
	case s.ExternalShared && s.EP < 2:
		return fmt.Errorf("external shared experts need expert parallelism, and ep is %d: raise it or turn the option off",
			s.EP)
	case s.ExternalShared && f.SharedInner > 0 && s.Hosts(f.TopK) >= s.EP:
		return fmt.Errorf("external shared experts leave no rank of ep %d for the routed ones: raise ep", s.EP)
	}
	return nil
}
