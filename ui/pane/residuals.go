package pane

import (
	"fathom/hw"
	"fathom/ui/cell"
	"fathom/ui/number"
)

// classErrors are an engine's median errors of runs that were left out of the fit, before and after it, a line for each
// class of models. What the width does not hold goes to a second line.
func (p *Painter) classErrors(e *hw.EngineCosts, w int) (out []string) {
	for i := range e.Errors {
		c := &e.Errors[i]
		line := "   " + cell.Left(p.t("calibration.class."+c.Class), 10, "") +
			p.C.N("calibration.class_runs", c.Runs, number.Int(c.Runs))
		for _, f := range []struct {
			name          string
			before, after float64
		}{{"TTFT", c.TTFTBefore, c.TTFTAfter}, {"TPOT", c.TPOTBefore, c.TPOTAfter},
			{"tok/s", c.ThroughputBefore, c.ThroughputAfter}} {
			if f.before <= 0 || f.after <= 0 {
				continue
			}
			item := f.name + " " + p.arrow(percentOnly(f.before)+"→"+number.Percent(f.after))
			if next := p.dots(line, item); cell.Width(next) < w {
				line = next
			} else {
				out, line = append(out, p.T.Text.Paint(line)), cell.Space(13)+item
			}
		}
		out = append(out, p.T.Text.Paint(line))
	}
	return out
}

// percentOnly is a share in per cent without its sign.
func percentOnly(v float64) string { return number.Fixed(100*v, 0) }

// sumErrors is one line of the residuals of a device's kernel sums by class of kernels, and the error of models that
// the fit had not seen.
func (p *Painter) sumErrors(x *hw.Profile, w int) []string {
	if x.Kernel == nil || !x.Kernel.Sum.Measured() {
		return nil
	}
	var items []string
	for i, v := range x.Kernel.Sum.Errors {
		if v > 0 {
			items = append(items, p.t("calibration.kernel."+kernelClasses[i])+" "+tenths(v))
		}
	}
	if v := x.Kernel.Sum.Err; v > 0 {
		items = append(items, p.t("calibration.kernel.unseen", "v", tenths(v)))
	}
	if len(items) == 0 {
		return nil
	}
	out := append([]string{""}, p.wrap(p.T.Title, p.t("calibration.kernels"), w-1, 1)...)
	line := items[0]
	for _, s := range items[1:] {
		if next := p.dots(line, s); cell.Width(next) < w-3 {
			line = next
		} else {
			out, line = append(out, "   "+line), s
		}
	}
	return append(out, "   "+line)
}

// kernelClasses are the texts of hw.Sum.Errors, in its order.
var kernelClasses = [...]string{"linear", "attention", "experts", "collectives"}

func tenths(v float64) string { return number.Fixed(100*v, 1) + "%" }
