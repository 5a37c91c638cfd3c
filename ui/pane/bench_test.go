package pane

import (
	"slices"
	"testing"
	"time"

	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/state"
	"fathom/ui/sample"

	"github.com/muesli/termenv"
)

// paces measures every turn of a loop by itself and reports median and 99th percentile, for it is the slow frame that
// is seen.
func paces(b *testing.B, turn func()) {
	var each []time.Duration
	for b.Loop() {
		begun := time.Now()
		turn()
		each = append(each, time.Since(begun))
	}
	slices.Sort(each)
	b.ReportMetric(each[len(each)/2].Seconds()*1000, "ms-median")
	b.ReportMetric(each[len(each)*99/100].Seconds()*1000, "ms-p99")
}

// Update and View with 10,000 rows on a screen that shows every plot: 2 ms median, 16 ms at the 99th percentile
// (product.md 3).
func BenchmarkUpdateAndView(b *testing.B) {
	s := sample.Open(state.Options{Answers: sample.Flagship()})
	s.Answer = func(q *plan.Request) *report.Report { return sample.Many(q, 10000) }
	s.Do(state.Accept, state.AllPoints, state.DetailPlot)
	th, c, cache := theme(false, termenv.ANSI), texts(b, "en", false), &Cache{}
	paces(b, func() {
		s.Do(state.Down)
		p := Painter{T: th, C: c, M: &s.M, W: 200, H: 60, Cache: cache}
		p.Frame()
	})
}

// A filter keystroke over 10,000 rows with the frame that shows it: 5 ms.
func BenchmarkFilterAndView(b *testing.B) {
	s := sample.Open(state.Options{Answers: sample.Flagship()})
	s.Answer = func(q *plan.Request) *report.Report { return sample.Many(q, 10000) }
	s.Do(state.Accept, state.AllPoints, state.Filter)
	th, c, cache := theme(false, termenv.ANSI), texts(b, "en", false), &Cache{}
	words, n := []string{"t", "tp", "tp=", "tp=8", "tp=8 ", "tp=8 t", "tp=8 ttft<1500"}, 0
	paces(b, func() {
		s.Type(words[n%len(words)])
		n++
		p := Painter{T: th, C: c, M: &s.M, W: 120, H: 40, Cache: cache}
		p.Frame()
	})
}

// A what-if change of the flagship run, from the key to the frame, with the real engine: 100 ms.
func BenchmarkWhatIf(b *testing.B) {
	s := real(oneProfile()).Do(state.Accept, state.WhatIf, state.Right, state.Right, state.Right)
	th, c, cache := theme(false, termenv.ANSI), texts(b, "en", false), &Cache{}
	limits, n := []string{"2500", "2000", "1500", "1800"}, 0
	paces(b, func() {
		was := s.M.Results.Run
		s.Do(state.Accept).Type(limits[n%len(limits)]).Do(state.Accept)
		n++
		if s.M.Results.Run == was {
			b.Fatal("nothing ran")
		}
		p := Painter{T: th, C: c, M: &s.M, W: 120, H: 40, Cache: cache}
		p.Frame()
	})
}
