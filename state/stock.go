package state

import (
	"fathom/sim/plan"
	"fathom/sim/report"
)

// stockOf is the stock of a pair's profiles.
func (m *Model) stockOf(r *report.Ratio) plan.Stock {
	if e := m.current(); e != nil && e.Request != nil && r != nil {
		for _, pair := range e.Request.Pairings() {
			if pair.Prefill.Profile.Name == r.PrefillDevice && pair.Decode.Profile.Name == r.DecodeDevice {
				return pair.Stock()
			}
		}
	}
	return plan.Endless
}

// noMore says why no instance can be added on the chosen side.
func noMore(m *Model) string {
	if why := noSplit(m); why != "" {
		return why
	}
	item, _ := m.Selected()
	p, d := m.Results.Split.P, m.Results.Split.D
	if m.Results.Split.Side == 1 {
		d++
	} else {
		p++
	}
	r := item.Ratio
	return reason(!m.stockOf(r).Holds(p*r.Prefill.Strategy.World(), d*r.Decode.Strategy.World()), "stock")
}
