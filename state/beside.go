package state

import (
	"math"

	"fathom/sim/plan"
	"fathom/sim/report"
)

// besideKey is a row as both engines know it. Candidates are looked up by strategy, batch 0: the best batches may
// differ, and the difference is then that of our point at their batch.
type besideKey struct {
	phase plan.Phase
	label string
	batch int
}

// besideOf indexes what another engine says about the rows of a profile; nil where no other was asked.
func besideOf(r *report.Report, device string, all bool) map[besideKey]*report.Difference {
	if r == nil || len(r.Differences) == 0 {
		return nil
	}
	out := map[besideKey]*report.Difference{}
	for i := range r.Differences {
		d := &r.Differences[i]
		if d.Device != device {
			continue
		}
		key := besideKey{phase: d.Phase, label: d.Label}
		if all && d.Ours != nil {
			key.batch = d.Ours.Batch
		}
		out[key] = d
	}
	return out
}

// beside finds what another engine says about a row or a pair.
func (s *source) beside(i Item) *report.Difference {
	switch {
	case s.others == nil:
		return nil
	case i.Ratio != nil:
		return s.others[besideKey{label: i.Ratio.Prefill.Label + " / " + i.Ratio.Decode.Label}]
	case s.whole:
		return s.others[besideKey{i.Row.Phase, i.Row.Label, i.Row.Batch}]
	}
	return s.others[besideKey{phase: i.Row.Phase, label: i.Row.Label}]
}

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
	pairs := m.Results.Part == PartRatio
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
