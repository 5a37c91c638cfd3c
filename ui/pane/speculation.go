package pane

import (
	"math"
	"strconv"

	"fathom/sim/report"
	"fathom/ui/plot"
)

// breakeven plots what speculation gains over the batch of a replica, at the layout of the best row of a phase: that of
// a row where it has one, for prompts are not guessed. Batches double from tick to tick.
func (p *Painter) breakeven(curves []report.Breakeven, r *report.Row) (plot.Chart, string) {
	if len(curves) == 0 {
		return plot.Chart{}, p.t("plot.title.draft_none")
	}
	b := &curves[0]
	for i := range curves {
		if curves[i].Phase == r.Phase {
			b = &curves[i]
		}
	}
	at := func(batch int) float64 { return math.Log2(float64(batch)) + 0.5 } // a batch of 1 stands off the axis
	c := plot.Chart{XLabel: p.t("plot.batch"), YLabel: p.t("plot.gain"),
		Limits: []plot.Limit{{At: 1, Label: p.t("plot.even")}}}
	gains := plot.Series{Name: p.t("plot.legend.draft"), Line: true, Ink: p.T.Plot[0], Sign: '*'}
	here := plot.Series{Name: p.t("plot.legend.here"), Ink: p.T.Strong, Sign: '◆'}
	if p.T.ASCII {
		here.Sign = '#'
	}
	for _, x := range b.Points {
		gain := plot.Point{X: at(x.Batch), Y: x.Gain}
		if gains.Points = append(gains.Points, gain); r.Label == b.Label && r.Batch == x.Batch {
			gain.Sign = here.Sign
			here.Points = []plot.Point{gain}
		}
		c.Ticks = append(c.Ticks, plot.Tick{At: gain.X, Label: strconv.Itoa(x.Batch)})
	}
	c.Series = []plot.Series{gains, here}
	if b.Stops == 0 {
		return c, p.t("plot.title.draft_pays", "label", b.Label)
	}
	stops := strconv.Itoa(b.Stops)
	c.Limits = append(c.Limits, plot.Limit{At: at(b.Stops), Vertical: true, Label: p.t("plot.stops", "batch", stops)})
	return c, p.t("plot.title.draft", "batch", stops, "label", b.Label)
}
