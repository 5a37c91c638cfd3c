package table

import (
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
