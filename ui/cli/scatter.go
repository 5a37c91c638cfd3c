package cli

import (
	"bytes"

	"fathom/sim/score"
	"fathom/ui/plot"
	"fathom/ui/text"
)

// scatters shows each latency measured against predicted, for all runs that were answered.
func scatters(voice *text.Catalog, b *bytes.Buffer, r *score.Result) {
	for _, x := range []struct {
		name string
		of   func(*score.Figures) float64
	}{
		{voice.T("score.ttft"), func(f *score.Figures) float64 { return 1000 * f.TTFT }},
		{voice.T("score.tpot"), func(f *score.Figures) float64 { return 1000 * f.TPOT }},
	} {
		var measured, predicted []float64
		for i := range r.Rows {
			if s := &r.Rows[i]; s.Predicted != nil {
				measured, predicted = append(measured, x.of(&s.Row.Measured)), append(predicted, x.of(&s.Predicted.Figures))
			}
		}
		for _, l := range plot.Scatter(measured, predicted, 78, 22, x.name) {
			b.WriteString(l + "\n")
		}
		b.WriteByte('\n')
	}
}
