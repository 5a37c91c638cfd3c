package state

import (
	"math"

	"fathom/sim/report"
)

// stock is how many devices there are for the sides of a pair, and for both together.
type stock struct{ prefill, decode, both int }

// endless is the stock of a request that does not say.
var endless = stock{math.MaxInt, math.MaxInt, math.MaxInt}

// stockOf is the stock of a pair's profiles (--prefill-device NAME=N). One profile on both sides has one store, the
// larger number of the two, as the search takes it.
func (m *Model) stockOf(r *report.Ratio) stock {
	s, e := endless, m.current()
	if e == nil || e.Request == nil || r == nil {
		return s
	}
	for _, pair := range e.Request.Pairings() {
		p, d := &pair.Prefill, &pair.Decode
		if p.Profile.Name != r.PrefillDevice || d.Profile.Name != r.DecodeDevice {
			continue
		}
		if p.Devices > 0 {
			s.prefill = p.Devices
		}
		if d.Devices > 0 {
			s.decode = d.Devices
		}
		if p.Profile == d.Profile {
			s.both = max(s.prefill, s.decode)
		}
	}
	return s
}

// holds reports whether there are so many devices.
func (s stock) holds(prefill, decode int) bool {
	return prefill <= s.prefill && decode <= s.decode && prefill+decode <= s.both
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
	return reason(!m.stockOf(r).holds(p*r.Prefill.Strategy.World(), d*r.Decode.Strategy.World()), "stock")
}
