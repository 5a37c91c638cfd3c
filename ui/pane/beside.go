package pane

import (
	"fathom/sim/report"
	"fathom/ui/cell"
	"fathom/ui/number"
)

// beside sets a row next to the one of the other engine, figure by figure, where both were run.
func (p *Painter) beside(r *report.Row, w int) []string {
	rep, d := p.report(), p.onDevice()
	if rep == nil || d == nil {
		return nil
	}
	var out []string
	for i := range rep.Differences {
		x := &rep.Differences[i]
		if x.Device != d.Device || x.Phase != r.Phase || x.Label != r.Label || x.OurRatio != nil || x.TheirRatio != nil {
			continue
		}
		if x.Ours == nil || x.Theirs == nil {
			out = append(out, p.wrap(p.T.Warn, p.t("beside.alone"), w-1, 2)...)
			continue
		}
		line := func(name, ours, theirs, change string) {
			out = append(out, "  "+cell.Left(name, 9, "")+cell.Apart(ours, 10)+cell.Apart(theirs, 10)+cell.Apart(change,
				9))
		}
		line("", p.t("beside.ours"), p.t("beside.theirs"), "")
		line(p.t("column.throughput"), number.Fixed(x.Ours.Throughput, 1), number.Fixed(x.Theirs.Throughput, 1),
			relative(x.Throughput))
		if x.Ours.TTFT != nil && x.Theirs.TTFT != nil {
			line("TTFT ms", number.Fixed(*x.Ours.TTFT, 1), number.Fixed(*x.Theirs.TTFT, 1), relative(x.TTFT))
		}
		if x.Ours.TPOT != nil && x.Theirs.TPOT != nil {
			line("TPOT ms", number.Fixed(*x.Ours.TPOT, 2), number.Fixed(*x.Theirs.TPOT, 2), relative(x.TPOT))
		}
		if !x.SameBatch {
			out = append(out, p.wrap(p.T.Muted, p.t("beside.batches"), w-1, 2)...)
		}
	}
	if rep.LogFile != "" {
		out = append(out, p.wrap(p.T.Muted, p.t("beside.log", "path", cell.Clean(rep.LogFile)), w-1, 2)...)
	}
	return out
}

func relative(v *float64) string {
	if v == nil {
		return ""
	}
	return number.Change(1, 1+*v)
}
