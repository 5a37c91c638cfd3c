package state

import (
	"fathom/state/table"
	"math"
)

// Beside sums up a run of both engines on the profile and part on screen.
type Beside struct {
	Common, OnlyOurs, OnlyTheirs int
	Largest                      float64 // relative difference of any figure, its sign dropped
}

// Beside of the tab on screen; ok is false where no other engine was asked.
func (m *Model) Beside() (b Beside, ok bool) {
	r, d := m.shown(), m.device()
	if r == nil || d == nil || m.Results.Cross {
		return b, false
	}
	pairs := m.Results.Part == table.PartRatio
	for i := range r.Differences {
		x := &r.Differences[i]
		isPair := x.OurRatio != nil || x.TheirRatio != nil
		if x.Device != d.Device || isPair != pairs || !pairs && x.Phase != m.Results.Part.Phase() {
			continue
		}
		ok = true
		switch {
		case x.Theirs == nil && x.TheirRatio == nil:
			b.OnlyOurs++
		case x.Ours == nil && x.OurRatio == nil:
			b.OnlyTheirs++
		default:
			b.Common++
		}
		for _, v := range []*float64{x.Throughput, x.TTFT, x.TPOT} {
			if v != nil {
				b.Largest = math.Max(b.Largest, math.Abs(*v))
			}
		}
	}
	return b, ok
}
