package cli

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"fathom/hw"
	"fathom/sim/score"
	"fathom/sim/traffic"
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
			fmt.Fprintf(b, "note: %s\n", hw.Clean(n))
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
	parts := []string{fmt.Sprintf("%s: %s on %s", hw.Clean(r.ID), hw.Clean(r.Model), hw.Clean(r.Device)), r.Engine.String(),
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

// verdictSheet holds one run's figures against its prediction. Percentiles have no interval: no run measured them when
// profiles were fitted.
func verdictSheet(s *score.Scored) *sheet {
	t := &sheet{titles: []string{"figure", ">measured", ">predicted", ">off by", "eight of ten lie in", "verdict"}}
	var bars [3]hw.Bar
	if b := s.Predicted.Bars; b != nil {
		bars = [3]hw.Bar{b.TTFT, b.TPOT, b.Throughput}
	}
	m, p := s.Row.Measured, s.Predicted.Figures
	line := func(name string, measured, predicted float64, bar hw.Bar, print func(float64) string) {
		if measured <= 0 || predicted <= 0 {
			return
		}
		within, verdict := "-", "-"
		if low, high, ok := score.Interval(predicted, bar); ok {
			within, verdict = print(low)+" to "+print(high), "inside"
			switch {
			case measured < low:
				verdict = "below"
			case measured > high:
				verdict = "above"
			}
		}
		t.add(name, print(measured), print(predicted), fmt.Sprintf("%+.0f%%", 100*(predicted/measured-1)), within, verdict)
	}
	line("TTFT ms", m.TTFT, p.TTFT, bars[0], ms)
	line("TPOT ms", m.TPOT, p.TPOT, bars[1], ms)
	line("tok/s", m.Throughput, p.Throughput, bars[2], rate)
	for _, at := range traffic.Percents {
		name := fmt.Sprintf("p%g ms", at)
		line("TTFT "+name, *s.Row.Percentiles.TTFT.At(at), *s.Predicted.Traffic.TTFT.At(at), hw.Bar{}, ms)
		line("TPOT "+name, *s.Row.Percentiles.TPOT.At(at), *s.Predicted.Traffic.TPOT.At(at), hw.Bar{}, ms)
	}
	return t
}

func rate(v float64) string {
	if v <= 0 {
		return "-"
	}
	return strconv.FormatFloat(v, 'f', 1, 64)
}
