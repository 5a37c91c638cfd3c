package price

import (
	"errors"

	"fathom/hw/message"
	"fathom/sim/geometry"
	"fathom/sim/kernel"
	"fathom/sim/pass"
	"fathom/sim/plan"
)

// resolve gives the formats and costs of a setup on its profile.
func resolve(s *Setup) (*Given, error) {
	if err := check(&s.Setup); err != nil {
		return nil, err
	}
	g := &Given{Costs: CostsOf(s.Profile, s.Serving)}
	if s.Basis == Kernels {
		k, ok := kernel.Sums(s.Profile, s.Library)
		if !ok {
			return nil, ErrNoSums
		}
		g.Costs = Costs{Kernel: k}
	}
	var err error
	g.Formats, err = Formats(s.Quant, s.Profile, s.Model)
	return g, err
}

// check refuses what the kernel model does not know. The sizes follow the rules of the operator model, so that the same
// layouts are valid whatever the fidelity.
func check(s *pass.Setup) error {
	if s.Profile == nil || s.Profile.Kernel == nil {
		name := "no profile"
		if s.Profile != nil {
			name = s.Profile.Name
		}
		return message.Fault("unpriced.device", name)
	}
	plain := *s
	plain.Quant, plain.Switches = plan.Quant{}, pass.Switches{MTPHeads: true}
	var unknown geometry.Unknown // kernels are priced by the geometry; a kind needs no operators of its own
	if _, err := pass.New(plain); err != nil && !errors.As(err, &unknown) {
		return err
	}
	t := s.Strategy
	for _, size := range []struct {
		name  string
		value int
	}{{"o-proj-tp", t.OProjTP}, {"mlp-tp", t.MLPTP}, {"lmhead-tp", t.LMHeadTP}} {
		if size.value > 0 && size.value != t.TP {
			return message.Fault("unpriced.tp", size.name, size.value)
		}
	}
	switch {
	case t.DCP > 1:
		return message.Fault("unpriced.dcp", t.DCP)
	case t.MoEDP > 1:
		return message.Fault("unpriced.moe-dp", t.MoEDP)
	case t.ExternalShared:
		return message.Fault("unpriced.experts")
	}
	return nil
}
