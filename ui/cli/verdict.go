package cli

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"fathom/hw"
	"fathom/sim/score"
	"fathom/state/table"
	"fathom/ui/runs"
)

// mostVerdicts is the largest file whose runs get a page each; larger ones are summed up.
const mostVerdicts = 24

// verdicts prints a page for every run of a load generator: measured beside predicted, inside the interval or not, what
// would explain it, and what to measure next.
func verdicts(r *score.Result, print func(*sheet), b *bytes.Buffer) {
	if len(r.Rows) > mostVerdicts {
		return
	}
	for i := range r.Rows {
		s := &r.Rows[i]
		if s.Row.Source == "" || s.Predicted == nil {
			continue
		}
		fmt.Fprintf(b, "%s\n", runTitle(s.Row))
		for _, n := range s.Row.Notes {
			fmt.Fprintf(b, "note: %s\n", hw.Clean(n.String()))
		}
		b.WriteByte('\n')
		print(verdictSheet(s))
		if s.Diagnosis == nil {
			b.WriteString("Nothing to explain: the prediction is near, or nothing that was tried comes nearer.\n\n")
			continue
		}
		causes := sheet{titles: []string{">of the gap", "what would explain it", ">TTFT ms", ">TPOT ms", ">tok/s"}}
		for _, c := range s.Diagnosis.Causes[:min(4, len(s.Diagnosis.Causes))] {
			causes.add(fmt.Sprintf("%.0f%%", 100*c.Explains), c.Text(), ms(c.Figures.TTFT), ms(c.Figures.TPOT),
				rate(c.Figures.Throughput))
		}
		print(&causes)
		if t := s.Diagnosis.Test; t != nil {
			fmt.Fprintf(b, "To tell the first two apart, %s.\n\n", t.Text(s.Diagnosis.Causes[0], s.Diagnosis.Causes[1]))
		}
	}
}

// runTitle names a run and its deployment.
func runTitle(r *score.Row) string {
	parts := []string{fmt.Sprintf("%s: %s on %s", hw.Clean(r.ID), hw.Clean(r.Model), hw.Clean(r.Device)),
		r.Engine.String(),
		r.Precision}
	if !r.Disaggregated {
		parts = append(parts, fmt.Sprintf("TP %d", r.Side.TP))
		if r.Side.DP > 1 {
			parts = append(parts, fmt.Sprintf("DP %d", r.Side.DP))
		}
	}
	parts = append(parts, fmt.Sprintf("%d in, %d out", r.Input, r.Output))
	if r.Rate > 0 {
		parts = append(parts, fmt.Sprintf("%g requests a second", r.Rate))
	} else {
		parts = append(parts, fmt.Sprintf("%d in flight", r.Concurrency))
	}
	return strings.Join(parts, ", ")
}

// verdictSheet holds one run's figures against its prediction.
func verdictSheet(s *score.Scored) *sheet {
	t := &sheet{titles: []string{"figure", ">measured", ">predicted", ">off by", "eight of ten lie in", "verdict"}}
	for _, l := range runs.Lines(s) {
		print := rate
		if l.Unit == "ms" {
			print = func(v float64) string { return ms(v / 1e3) }
		}
		within, verdict := "-", "-"
		if v := l.Verdict(); v != "" {
			within, verdict = print(l.Low)+" to "+print(l.High), v
		}
		t.add(strings.TrimSpace(figureName(l)), print(l.Measured), print(l.Predicted),
			fmt.Sprintf("%+.0f%%", 100*(l.Predicted/l.Measured-1)), within, verdict)
	}
	return t
}

// figureName is a figure with its unit.
func figureName(l table.MeasuredLine) string { return l.Name + " " + l.Unit }

func rate(v float64) string {
	if v <= 0 {
		return "-"
	}
	return strconv.FormatFloat(v, 'f', 1, 64)
}
