package command

import (
	"fmt"
	"strings"

	"fathom/hw/message"
	"fathom/sim/bench"
	"fathom/sim/launch"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/ui/text"
)

// Subject is one line of a report's table: a row, or a pair of rows.
type Subject struct {
	Request *plan.Request
	Device  string // profile
	Row     *report.Row
	Ratio   *report.Ratio
}

// rows are one, or both sides of a pair.
func (s *Subject) rows() []*report.Row {
	if s.Ratio != nil {
		return []*report.Row{&s.Ratio.Prefill, &s.Ratio.Decode}
	}
	return []*report.Row{s.Row}
}

// Serve is a serving command of the engine that the request names, else for each engine of the profile's vendor; of a
// pair on two kinds of hardware each side has those of its own.
func Serve(s Subject, t *text.Catalog) string {
	var b strings.Builder
	var titles []string
	launches := map[string][]launch.Command{}
	for _, row := range s.rows() {
		if row == nil {
			continue
		}
		on := s.Request.On(s.Device, row.Phase)
		vendor := ""
		if on != nil {
			vendor = on.Vendor
		}
		engines := launch.Engines(s.Request, vendor)
		if len(engines) == 0 && on != nil {
			fmt.Fprintf(&b, "# %s\n\n", t.Tell(launch.NoEngine(s.Request, on)))
		}
		for _, e := range engines {
			if launches[e.Title] == nil {
				titles = append(titles, e.Title)
			}
			launches[e.Title] = append(launches[e.Title], launch.Write(e, *row, s.Request, on))
		}
	}
	for _, title := range titles {
		for _, c := range launches[title] {
			head := fmt.Sprintf("%s, %s, %s", c.Engine, t.T("part."+c.Phase.String()), c.Label)
			write(&b, t, head, c.Caveats, c.Shell())
		}
	}
	return strings.TrimSpace(b.String())
}

// Benchmarks is the benchmark of a row with every load generator.
func Benchmarks(s Subject, t *text.Catalog) string {
	var b strings.Builder
	for g := range launch.NumGenerators {
		b.WriteString(Benchmark(g, s, t))
		b.WriteString("\n\n")
	}
	return strings.TrimSpace(b.String())
}

// Benchmark is the benchmark of a row with one load generator.
func Benchmark(g launch.Generator, s Subject, t *text.Catalog) string {
	l, label, phase := loadOf(&s)
	bench := launch.Bench(g, l, s.Request.Model.Name, launch.Server)
	command := bench.Shell()
	notes := bench.Caveats
	switch {
	case s.Ratio != nil:
		notes = append([]message.Message{message.New("launch.benchrouter", launch.Server)}, notes...)
	case phase != plan.PhaseAggregation:
		notes = append([]message.Message{message.New("launch.benchphase")}, notes...)
	}
	var b strings.Builder
	write(&b, t, fmt.Sprintf("%s, %s", g, label), notes, command)
	return strings.TrimSpace(b.String())
}

// loadOf is what a benchmark of the subject sends. A played plan draws its lengths as public benchmarks do.
func loadOf(s *Subject) (launch.Load, string, plan.Phase) {
	spread := 0.0
	if s.Request.Traffic != plan.TrafficNone {
		spread = bench.Spread
	}
	if r := s.Ratio; r != nil {
		l := launch.LoadOf(r.Prefill, s.Request, spread)
		return l.Pair(s.Request.OutputLength, r.Serves(), s.Request.TPOTLimit), r.Prefill.Label + " + " + r.Decode.Label,
			plan.PhaseAggregation
	}
	return launch.LoadOf(*s.Row, s.Request, spread), s.Row.Label, s.Row.Phase
}

func write(b *strings.Builder, t *text.Catalog, head string, notes []message.Message, command string) {
	fmt.Fprintf(b, "# %s\n", head)
	for _, n := range notes {
		fmt.Fprintf(b, "# %s\n", t.Tell(n))
	}
	fmt.Fprintf(b, "%s\n\n", command)
}
