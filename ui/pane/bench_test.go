//go:build unix

package pane

import (
	"fmt"
	"slices"
	"syscall"
	"testing"
	"time"

	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/state"
	"fathom/ui/sample"

	"github.com/muesli/termenv"
)

// spent is the processor time of the process so far, the collector's included. Beside other work on the machine a clock
// measures that work.
func spent() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// paces measures every turn of a loop by itself and reports median and 99th percentile, for it is the slow frame that
// is seen: by the clock, and the processor time.
func paces(b *testing.B, turn func()) {
	var each, cpu []time.Duration
	for b.Loop() {
		begun, used := time.Now(), spent()
		turn()
		each, cpu = append(each, time.Since(begun)), append(cpu, spent()-used)
	}
	slices.Sort(each)
	slices.Sort(cpu)
	b.ReportMetric(each[len(each)/2].Seconds()*1000, "ms-median")
	b.ReportMetric(each[len(each)*99/100].Seconds()*1000, "ms-p99")
	b.ReportMetric(cpu[len(cpu)/2].Seconds()*1000, "cpu-ms-median")
	b.ReportMetric(cpu[len(cpu)*99/100].Seconds()*1000, "cpu-ms-p99")
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
	s := planned().Do(state.WhatIf, state.Right, state.Right, state.Right)
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

// Every key of the results with its frame, 10,000 rows, at three sizes: 16 ms each. The slowest key is told by its
// name.
func BenchmarkEveryKey(b *testing.B) {
	keys := []state.Action{state.Down, state.PageDown, state.End, state.Home, state.Reverse, state.SortNext,
		state.AllPoints, state.AllPoints, state.NextDevice, state.NextDevice, state.Cross, state.Cross, state.DetailPlot,
		state.DetailWhy, state.DetailBreakdown, state.Mark, state.Best, state.Help, state.Back, state.Palette, state.Back,
		state.SortMenu, state.Back, state.Present, state.Next, state.Next, state.Back, state.WhatIf, state.Back,
		state.Filter, state.Back} // each turn ends where it began
	for _, z := range [][2]int{{80, 24}, {120, 40}, {200, 60}} {
		b.Run(fmt.Sprintf("%dx%d", z[0], z[1]), func(b *testing.B) {
			s := sample.Open(state.Options{Answers: sample.Flagship()})
			s.Answer = func(q *plan.Request) *report.Report { return sample.Many(q, 10000) }
			s.Do(state.Accept, state.AllPoints)
			th, c, cache, n := theme(false, termenv.ANSI), texts(b, "en", false), &Cache{}, 0
			worst, slow := time.Duration(0), state.NoAction
			least := map[int]time.Duration{} // the machine may be busy: the best of several turns
			paces(b, func() {
				begun := spent()
				s.Do(keys[n%len(keys)])
				p := Painter{T: th, C: c, M: &s.M, W: z[0], H: z[1], Cache: cache}
				p.Frame()
				took := spent() - begun
				if was, ok := least[n%len(keys)]; !ok || took < was {
					least[n%len(keys)] = took
				}
				n++
			})
			for i, took := range least {
				if took > worst {
					worst, slow = took, keys[i]
				}
			}
			b.ReportMetric(worst.Seconds()*1000, "cpu-ms-slowest-key")
			b.Logf("slowest: %s", slow)
		})
	}
}

// The first frame of 10,000 rows, of which nothing is kept yet, the table made and sorted: 16 ms.
func BenchmarkFirstFrame(b *testing.B) {
	for _, z := range [][2]int{{80, 24}, {120, 40}, {200, 60}} {
		b.Run(fmt.Sprintf("%dx%d", z[0], z[1]), func(b *testing.B) {
			s := sample.Open(state.Options{Answers: sample.Flagship()})
			s.Answer = func(q *plan.Request) *report.Report { return sample.Many(q, 10000) }
			s.Do(state.Accept, state.AllPoints)
			th, c := theme(false, termenv.ANSI), texts(b, "en", false)
			e := s.M.Entry(s.M.Results.Run)
			paces(b, func() {
				again := *e.Reports[state.Asked]
				e.Reports[state.Asked] = &again // a report that nobody has seen yet
				s.Do(state.NextDevice, state.PrevDevice)
				p := Painter{T: th, C: c, M: &s.M, W: z[0], H: z[1], Cache: &Cache{}}
				p.Frame()
			})
		})
	}
}

// A keystroke in the pickers with its frame.
func BenchmarkPicker(b *testing.B) {
	for name, words := range map[string][]string{"model": {"d", "ds", "dsv", "dsv3", "q", "qw", "qwen 3", "qwen 32"},
		"hardware": {"9", "91", "910", "910b", "910b 3", "h", "h1", "h100 pcie"}} {
		b.Run(name, func(b *testing.B) {
			s := sample.Open(state.Options{}).Do(state.Accept)
			if name == "hardware" {
				s.Type(sample.Model).Do(state.Accept)
			}
			th, c, cache, n := theme(false, termenv.ANSI), texts(b, "en", false), &Cache{}, 0
			paces(b, func() {
				s.Type(words[n%len(words)])
				n++
				p := Painter{T: th, C: c, M: &s.M, W: 200, H: 60, Cache: cache}
				p.Frame()
			})
		})
	}
}
