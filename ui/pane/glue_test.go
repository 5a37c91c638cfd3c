package pane

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"fathom/hw/unraced"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/state"
	"fathom/ui/cell"
	"fathom/ui/sample"

	"github.com/muesli/termenv"
)

// No two cells of a table touch, whatever its figures are and however wide the screen is, in both languages: a column
// begins where the head says, and the cell before it is a blank. Nothing is cut without a sign.
func TestNoTwoCellsTouch(t *testing.T) {
	unraced.Skip(t)
	questions := map[string]func() *sample.Session{
		"points": func() *sample.Session { return sample.Open(state.Options{Answers: sample.Flagship()}) },
		"pairs":  func() *sample.Session { return sample.Open(state.Options{Answers: sample.PDRatio()}) },
	}
	for name, open := range questions {
		for seed := range uint64(6) {
			r := rand.New(rand.NewPCG(17, seed))
			s := open()
			s.Answer = func(q *plan.Request) *report.Report { return wild(sample.Report(q), r) }
			if name == "pairs" {
				s.Answer = func(q *plan.Request) *report.Report { return wild(sample.Ratio(q), r) }
			}
			s.Do(state.Accept)
			for _, all := range []bool{false, true} {
				if all {
					s.Do(state.AllPoints)
				}
				for _, lang := range []string{"en", "zh"} {
					for _, w := range []int{40, 60, 79, 80, 100, 120, 160, 200} {
						touching(t, s, fmt.Sprintf("%s, seed %d, all %v, %s, %d cells", name, seed, all, lang, w), lang, w)
					}
				}
			}
		}
	}
}

// wild gives the rows of a report figures of any size, and strategies with every part.
func wild(rep *report.Report, r *rand.Rand) *report.Report {
	figure := func() *float64 {
		v := r.Float64() * []float64{1, 1e3, 1e6, 1e9}[r.IntN(4)]
		return &v
	}
	row := func(x *report.Row) {
		x.Throughput, x.PerDevice, x.TTFT, x.TPOT, x.QPS = *figure(), *figure(), figure(), figure(), figure()
		x.Batch, x.Concurrency, x.MaxBatched = r.IntN(1<<20), r.IntN(1<<24), r.IntN(1<<17)
		x.CostPerMTok, x.CostPerMonth = figure(), figure()
		x.Power = &report.Power{Device: *figure(), Total: *figure(), PerW: *figure(), Energy: *figure()}
		x.Traffic = &report.Traffic{TTFT: report.Stat{P99: *figure()}, TPOT: report.Stat{P99: *figure()}}
		x.Strategy.EP, x.Strategy.MoETP, x.Strategy.MoEDP, x.Strategy.DCP, x.MTP = 256, 16, 32, 4, 3
		x.ThroughputRange = &report.Interval{Low: x.Throughput / 7, High: x.Throughput * 9}
		x.TTFTRange = &report.Interval{Low: *x.TTFT / 7, High: *x.TTFT * 9}
		x.TPOTRange = &report.Interval{Low: *x.TPOT / 7, High: *x.TPOT * 9}
	}
	for i := range rep.Devices {
		d := &rep.Devices[i]
		for _, section := range []*report.Section{d.Aggregation, d.Prefill, d.Decode} {
			if section != nil {
				for k := range section.Candidates {
					row(&section.Candidates[k])
				}
			}
		}
		for k := range d.Points {
			row(&d.Points[k])
		}
		if d.PDRatio != nil {
			for k := range d.PDRatio.Candidates {
				x := &d.PDRatio.Candidates[k]
				x.Balanced, x.PDRatio, x.PrefillQPS, x.DecodeQPS = *figure(), *figure(), *figure(), *figure()
				row(&x.Prefill)
				row(&x.Decode)
			}
		}
	}
	return rep
}

// touching draws the table of a session and looks at the cell before each column.
func touching(t *testing.T, s *sample.Session, what, lang string, w int) {
	t.Helper()
	p := Painter{T: theme(false, termenv.Ascii), C: texts(t, lang, false), M: &s.M, W: w, H: 40, Cache: &Cache{}}
	lines := p.Frame()
	rows := map[int]bool{} // the lines that are rows of the table
	for _, z := range p.Zones() {
		if z.Target.Kind == state.TargetRow {
			rows[z.Y] = true
		}
	}
	for _, z := range p.Zones() {
		if z.Target.Kind != state.TargetColumn || z.X <= rowMarks {
			continue // marks stand in front of the first column
		}
		rows[z.Y] = true
		for y := range rows {
			if got := cut(lines[y], z.X-1); got != " " {
				t.Fatalf("%s: %q stands before the column at %d:\n%s", what, got, z.X, strings.Join(lines, "\n"))
			}
		}
	}
	for i, l := range lines {
		if cell.Width(l) > w {
			t.Fatalf("%s: line %d is %d cells wide: %q", what, i, cell.Width(l), l)
		}
	}
}

// cut is what stands in one cell of a line.
func cut(line string, at int) string {
	x := 0
	for _, r := range line {
		n := cell.Width(string(r))
		if x <= at && at < x+n {
			return string(r)
		}
		x += n
	}
	return " "
}
