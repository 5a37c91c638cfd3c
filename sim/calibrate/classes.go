package calibrate

import (
	"math"

	"fathom/hw"
	"fathom/sim/score"
)

// classErrors are the errors of an engine's runs by class of model, before the fit and when left out.
func (p *problem) classErrors(engine string, first, left []residuals) []hw.ClassError {
	var out []hw.ClassError
	for _, class := range hw.ErrorClasses {
		of := func(row int) bool { return engineOf(&p.rows[row]) == engine && classOf(&p.rows[row]) == class }
		before, after := p.error(first, of), p.error(left, of)
		if before.Rows == 0 {
			continue
		}
		out = append(out, hw.ClassError{Class: class, Runs: before.Rows, TTFTBefore: thousandth(before.TTFTMid),
			TTFTAfter:  thousandth(after.TTFTMid),
			TPOTBefore: thousandth(before.TPOTMid), TPOTAfter: thousandth(after.TPOTMid),
			ThroughputBefore: thousandth(before.ThroughputMid), ThroughputAfter: thousandth(after.ThroughputMid)})
	}
	return out
}

// classOf is the class of a row's model.
func classOf(r *score.Row) string {
	if m, _, err := score.Stored(r); err == nil && m.MoE() {
		return hw.ErrorClasses[1]
	}
	return hw.ErrorClasses[0]
}

func thousandth(v float64) float64 { return math.Round(1e3*v) / 1e3 }
