package price

import (
	"errors"
	"fmt"

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
		return fmt.Errorf("fidelity calibrated: %s has no measured kernel figures; use reference or corrected", name)
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
			return fmt.Errorf("%s %d: calibrated figures are for one TP size in all layers; leave it out, or use fidelity "+
				"corrected", size.name, size.value)
		}
	}
	switch {
	case t.DCP > 1:
		return fmt.Errorf("dcp %d: no kernels were measured with decode context parallel; use 1, or fidelity corrected",
			t.DCP)
	case t.MoEDP > 1:
		return fmt.Errorf("moe-dp %d: no kernels were measured with replicated experts; use 1, or fidelity corrected",
			t.MoEDP)
	case t.ExternalShared || t.RedundantExperts:
		return fmt.Errorf("redundant or external experts: no kernels were measured with them; leave them out, or use " +
			"fidelity corrected")
	}
	return nil
}
