package pass

import (
	"fathom/hw/message"
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
		return message.Fault("pass.unknown-gate", name, f.Router)
	case s.EP < 1 || s.MoETP < 1 || s.MoEDP < 1:
		return message.Fault("pass.expert-sizes", s.EP, s.MoETP, s.MoEDP, name)
	case s.EP*s.MoETP*s.MoEDP != s.TP*s.DP:
		return message.Fault("pass.expert-product", s.EP, s.MoETP, s.MoEDP, s.TP*s.DP)
	case f.Experts+s.RedundantExperts < s.EP:
		return message.Fault("pass.ep-beyond-experts", s.EP, f.Experts, name)
	case s.SharedExpertTP && s.EP < 2:
		return message.Fault("pass.shared-needs-ep", s.EP)
	case s.ExternalShared && s.EP < 2:
		return message.Fault("pass.external-needs-ep", s.EP)
	case s.ExternalShared && f.SharedInner > 0 && s.Hosts(f.TopK) >= s.EP:
		return message.Fault("pass.external-leaves-none", s.EP)
	}
	return nil
}
