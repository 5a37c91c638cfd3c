package serve

import "fathom/sim/plan"

// Switches are the departures from the reference tool; serving reads those about memory, chunks, caches and rates.
type Switches = plan.Switches

// Corrected has every switch on.
func Corrected() Switches { return plan.EverySwitch() }
