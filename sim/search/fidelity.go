package search

import (
	"fathom/hw"
	"fathom/sim/pass"
	"fathom/sim/plan"
	"fathom/sim/serve"
)

// Method resolves which batches are tried: the reference search where the numbers are the reference tool's.
func Method(asked plan.Search, f plan.Fidelity) plan.Search {
	switch {
	case asked != plan.SearchAuto:
		return asked
	case f == plan.Reference:
		return plan.SearchReference
	}
	return plan.SearchExhaustive
}

// searchOf is the search of a profile that is priced with a fidelity.
func searchOf(asked plan.Search, f plan.Fidelity, p *hw.Profile) plan.Search {
	if asked == plan.SearchUsual {
		asked = plan.SearchAuto
		if usual, err := plan.FidelityAuto.On(p); err == nil {
			f = usual
		}
	}
	return Method(asked, f)
}

// Switches are the departures from the reference tool that a fidelity means for serving and search.
func Switches(f plan.Fidelity) serve.Switches {
	if f == plan.Reference {
		return plan.Shown()
	}
	return serve.Corrected()
}

// passSwitches are the same for single passes; zero leaves it to the fidelity. What is not measured is priced as
// corrected.
func passSwitches(f plan.Fidelity) pass.Switches {
	if f == plan.Calibrated {
		return pass.Corrected()
	}
	return pass.Switches{}
}
