package price

import (
	"fmt"
	"strings"

	"fathom/hw"
	"fathom/sim/plan"
)

// Unfitted says why no fit stands behind the figures of a serving engine on a profile, for people; "" where one does.
func Unfitted(p *hw.Profile, s plan.Serving) string {
	c, name := p.Calibrated, s.On(p).String()
	switch {
	case c == nil:
		return fmt.Sprintf("%s carries no fit to measured runs: its figures come from constants that no run was fitted "+
			"to; fathom calibrate makes a fit", p.Name)
	case c.Engine(name) != nil:
		return ""
	}
	var names []string
	for i := range c.Engines {
		names = append(names, c.Engines[i].Name)
	}
	return fmt.Sprintf("the fit of %s knows no runs of %s: its figures come from constants that no run was fitted to; "+
		"--serving-engine may be %s",
		p.Name, name, strings.Join(names, ", "))
}
