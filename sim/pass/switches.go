package pass

import "fathom/sim/plan"

// Switches are the places where "corrected" departs from the reference tool; a pass reads those about single passes.
type Switches = plan.Switches

// Corrected is every switch on.
func Corrected() Switches { return plan.EverySwitch() }

// switches are the ones that a setup asks for: its own, or those of its fidelity.
func (s *Setup) switches() Switches {
	if s.Fidelity == plan.Corrected && s.Switches == (Switches{}) {
		return Corrected()
	}
	return s.Switches
}
