package cli

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/score"
	"fathom/state/table"
	"fathom/ui/runs"
	"fathom/ui/text"
)

// mostVerdicts is the largest file whose runs get a page each; larger ones are summed up.
const mostVerdicts = 24

// verdicts prints a page for every run of a small file: measured beside predicted, inside the interval or not, what
// would explain it, and what to measure next.
func verdicts(voice *text.Catalog, r *score.Result, print func(*sheet), b *bytes.Buffer) {
	say := func(key string, args ...any) { b.WriteString(voice.Tell(message.New("score."+key, args...)) + "\n") }
	if len(r.Rows) > mostVerdicts {
		return
	}
	for i := range r.Rows {
		s := &r.Rows[i]
		if s.Predicted == nil {
			continue
		}
		b.WriteString(runTitle(voice, s.Row) + "\n")
		for _, n := range s.Row.Notes {
			say("note", n)
		}
		b.WriteByte('\n')
		print(verdictSheet(voice, s))
		if s.Diagnosis == nil {
			say("nothing")
			b.WriteByte('\n')
			continue
		}
		causes := titled(voice, "score.col", ">gap", "cause", ">ttft", ">tpot", ">tok-s")
		for _, c := range s.Diagnosis.Causes[:min(4, len(s.Diagnosis.Causes))] {
			causes.add(fmt.Sprintf("%.0f%%", 100*c.Explains), voice.Tell(c.Message()), ms(c.Figures.TTFT), ms(c.Figures.TPOT),
				rate(c.Figures.Throughput))
		}
		print(causes)
		if t := s.Diagnosis.Test; t != nil {
			say("apart", t.Message(s.Diagnosis.Causes[0], s.Diagnosis.Causes[1]))
			b.WriteByte('\n')
		}
	}
}

// runTitle names a run and its deployment.
func runTitle(voice *text.Catalog, r *score.Row) string {
	say := func(key string, args ...any) string { return voice.Tell(message.New("score."+key, args...)) }
	parts := []string{say("title", hw.Clean(r.ID), hw.Clean(r.Model), hw.Clean(r.Device)), r.Engine.String(), r.Precision}
	if !r.Disaggregated {
		parts = append(parts, fmt.Sprintf("TP %d", r.Side.TP))
		if r.Side.DP > 1 {
			parts = append(parts, fmt.Sprintf("DP %d", r.Side.DP))
		}
	}
	parts = append(parts, say("lengths", r.Input, r.Output))
	if r.Rate > 0 {
		parts = append(parts, say("rate", r.Rate))
	} else {
		parts = append(parts, say("in-flight", r.Concurrency))
	}
	return strings.Join(parts, ", ")
}

// verdictSheet holds one run's figures against its prediction.
func verdictSheet(voice *text.Catalog, s *score.Scored) *sheet {
	t := titled(voice, "score.col", "figure", ">measured", ">predicted", ">off", "interval", "verdict")
	for _, l := range runs.Lines(s) {
		print := rate
		if l.Unit == "ms" {
			print = func(v float64) string { return ms(v / 1e3) }
		}
		within, verdict := "-", "-"
		if v := l.Verdict(); v != "" {
			within = voice.Tell(message.New("score.range", print(l.Low), print(l.High)))
			verdict = voice.T("score." + v)
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
