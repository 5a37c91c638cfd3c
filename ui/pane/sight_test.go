package pane

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"fathom/hw/message"
	"fathom/hw/unraced"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/state"
	"fathom/state/field"
	"fathom/state/table"
	"fathom/ui/cell"
	"fathom/ui/sample"

	"github.com/muesli/termenv"
	"pgregory.net/rapid"
)

// screen is a scene as one text, without colour.
func screen(t *testing.T, s *sample.Session, w, h int) string {
	return strings.Join(shoot(s, theme(false, termenv.Ascii), texts(t, "en", false), w, h), "\n")
}

var verdict = regexp.MustCompile(`TTFT \d+\.\d > 2000`)

// A point that lost says why at every width: colour alone tells nobody, and a table without reasons answers no
// question.
func TestPointsCarryTheirVerdict(t *testing.T) {
	unraced.Skip(t)
	for w := 60; w <= 220; w += 5 {
		for _, h := range []int{16, 24, 40, 60} {
			if got := screen(t, sample.Results(sample.Flagship()).Do(state.AllPoints), w, h); !verdict.MatchString(got) {
				t.Fatalf("no reason at %dx%d:\n%s", w, h, got)
			}
		}
	}
}

// A command on screen reads back as the same command, and a flag stands on one line with its values where a line holds
// both.
func TestCommandsBreakAtFlags(t *testing.T) {
	argv := sample.Open(state.Options{Answers: sample.Flagship()}).M.Confirm.Command
	rapid.Check(t, func(rt *rapid.T) {
		w := rapid.IntRange(40, 200).Draw(rt, "w")
		lines := commandLines(argv, w)
		joined := ""
		for i, l := range lines {
			if cell.Width(l) > w {
				rt.Fatalf("%d cells in %d: %q", cell.Width(l), w, l)
			}
			body, more := strings.CutSuffix(strings.TrimSpace(l), " \\")
			if more != (i < len(lines)-1) || strings.HasSuffix(body, "\\") {
				rt.Fatalf("line %d of %d: %q", i, len(lines), l)
			}
			joined += body + " "
			if w >= 70 && i > 0 && !strings.HasPrefix(body, "--") {
				rt.Fatalf("a value alone on its line at %d: %q", w, lines)
			}
		}
		if got := strings.TrimSpace(joined); got != field.Shell(argv) {
			rt.Fatalf("%q is not %q", got, field.Shell(argv))
		}
	})
}

// The comparison names every profile, one without an answer too, and says what would give it one.
func TestComparisonNamesEveryProfile(t *testing.T) {
	s := sample.Open(state.Options{Answers: sample.Flagship()})
	s.Answer = sample.Report
	s.Do(state.Accept)
	r := s.M.Entry(s.M.Results.Run).Reports[state.Asked]
	out := *r
	out.Devices = append([]report.Device(nil), r.Devices...)
	out.Devices[1].Aggregation = &report.Section{}
	out.Devices[1].Nearest = []report.Near{{Row: *r.Devices[0].Aggregation.Best,
		Relax: message.Literal("TPOT limit 50 → 51 ms")}}
	out.Cross = out.Cross[:1]
	s.M.Entry(s.M.Results.Run).Reports[state.Asked] = &out
	got := screen(t, s.Do(state.Cross), 120, 40)
	name := "A2_376T_64G"
	if n := strings.Count(got, name); n < 3 || !strings.Contains(got,
		"no point meets the limits; nearest TP=8 DP=1, batch 22: TPOT limit 50 → 51 ms") {
		t.Errorf("%s is named %d times:\n%s", name, n, got)
	}
}

// Two operators of one name differ in what they work on, so the shape is there at every width.
func TestOperatorsOfOneNameAreToldApart(t *testing.T) {
	x := &state.Pass{Seconds: 1, Operators: []state.Operator{{Name: "int8 linear", Shape: "14000x5120 @ 5120x6400",
		Count: 64, Seconds: 0.6, Bound: "cube"},
		{Name: "int8 linear", Shape: "14000x3200 @ 3200x5120", Count: 64, Seconds: 0.3, Bound: "cube"},
		{Name: "swiglu", Shape: "14000x3200", Count: 64, Seconds: 0.1, Bound: "mem"}}}
	p := Painter{T: theme(false, termenv.Ascii), C: texts(t, "en", false)}
	for w := 38; w <= 120; w++ {
		got := strings.Join(p.pass("Prefill", x, w), "\n")
		for _, o := range x.Operators[:2] {
			if !strings.Contains(got, o.Shape) {
				t.Fatalf("%d columns: no %s\n%s", w, o.Shape, got)
			}
		}
		for _, l := range strings.Split(got, "\n") {
			if cell.Width(l) > w {
				t.Fatalf("%d columns: %q", w, l)
			}
		}
	}
}

// The way to the keys is in every footer that has keys, at every width.
func TestFooterLeadsToTheKeys(t *testing.T) {
	for _, sc := range scenes {
		s := sc.open()
		if k := s.M.Overlay.Kind; k == state.QuitOverlay || k == state.FitOverlay || k == state.PromptOverlay ||
			k == state.HelpOverlay ||
			k == state.TextOverlay || s.M.Notice.Key != "" {
			continue
		}
		for _, w := range []int{60, 80, 120, 200} {
			if got := screen(t, s, w, 24); !strings.Contains(got, "? keys") && !strings.Contains(got, "F1 keys") {
				t.Errorf("%s at %d:\n%s", sc.name, w, got)
			}
		}
	}
}

// Lines of one plot differ without colour.
func TestPlottedLinesHaveSignsOfTheirOwn(t *testing.T) {
	got := screen(t, sample.Results(sample.Flagship()).Do(state.NextPlot, state.NextPlot, state.Accept), 100, 30)
	if !strings.Contains(got, "◆ TTFT") || !strings.Contains(got, "● TPOT") {
		t.Error(got)
	}
}

// The plot of speculation names the batch from which it loses, and stands in the cycle only where tokens are guessed.
func TestPlotOfSpeculation(t *testing.T) {
	for i, a := range []field.Answers{sample.Guessing(), sample.Flagship()} {
		seen := ""
		s := sample.Results(a)
		for range state.NumPlots {
			seen += screen(t, s.Do(state.NextPlot), 200, 60)
		}
		for _, want := range []string{"Speculation stops paying at batch 15", "loses from 15", "no gain"} {
			if strings.Contains(seen, want) != (i == 0) {
				t.Errorf("guessing %t: %q on screen: %t", i == 0, want, i != 0)
			}
		}
	}
}

// What stands beside the table in words has its unit there: no head of a group carries it.
func TestFiguresInWordsHaveUnits(t *testing.T) {
	s := sample.Open(state.Options{})
	for _, lang := range []string{"en", "zh"} {
		p := Painter{T: theme(false, termenv.Ascii), C: texts(t, lang, false), M: &s.M, W: 80, H: 24, Cache: &Cache{}}
		for id, c := range table.Columns {
			switch name := p.longTitle(table.ColumnID(id)); c.Unit {
			case "ms", "GiB", "tok/s", "req/s":
				if !strings.Contains(name, c.Unit) {
					t.Errorf("%s: %q of %s lacks %s", lang, name, c.Key, c.Unit)
				}
			}
		}
	}
}

// A cell that is too narrow shows a whole number or a whole reason, and a strategy is named as in its column.
func TestNarrowCellsHoldWholeThings(t *testing.T) {
	s := sample.Open(state.Options{Answers: sample.Flagship()})
	s.Answer = func(q *plan.Request) *report.Report {
		r := sample.Report(q)
		a := *r.Devices[0].Aggregation
		points := r.Devices[0].Points
		a.Candidates = slices.Clone(a.Candidates)
		for i := range points {
			ttft := 158893.44
			points[i].TTFT = &ttft
			points[i].Status = report.OverTPOT
			points[i].Reason = message.Literal("TPOT 51.08 > 50 ms (+2.2%), TTFT 158893.4 > 2000 ms (+7844%)")
		}
		for i := range a.Candidates {
			a.Candidates[i].ThroughputRange = &report.Interval{Low: 1000 + float64(2*min(i, 2)),
				High: 1003 + float64(2*min(i, 2))}
		}
		a.Best = &a.Candidates[0]
		r.Devices[0].Aggregation = &a
		return r
	}
	got := screen(t, s.Do(state.Accept, state.AllPoints), 80, 24)
	if !strings.Contains(got, "158,893 ") || !strings.Contains(got, "TPOT 51.08 > 50 ms\n") &&
		!strings.Contains(got, "TPOT 51.08 > 50 ms ") || strings.Contains(got, "(+2") {
		t.Errorf("cut:\n%s", got)
	}
	candidates := s.M.Entry(s.M.Results.Run).Reports[state.Asked].Devices[0].Aggregation.Candidates
	if label := table.ShortLabel(&candidates[1]); !strings.Contains(got, label+" may be as good") {
		t.Errorf("%s is not named:\n%s", label, got)
	}
}

// The headline of a comparison holds its best profile against that profile in the run as asked, not against the one in
// front.
func TestComparisonIsHeldAgainstItsOwnProfile(t *testing.T) {
	s := sample.Open(state.Options{Answers: sample.Flagship()})
	s.Quiet = true
	s.Answer = func(q *plan.Request) *report.Report {
		r := sample.Report(q)
		best := *r.Devices[1].Aggregation.Best
		best.Throughput = 50000
		r.Devices[1].Aggregation.Best = &best
		for i := range r.Cross {
			if r.Cross[i].Device == r.Devices[1].Device {
				r.Cross[i].Row, r.Cross[i].Throughput = &best, best.Throughput
			}
		}
		return r
	}
	got := strings.Split(screen(t, s.Do(state.Accept, state.Fidelity, state.Cross), 120, 40), "\n")
	if !strings.Contains(got[2], "50,000 tok/s  =   A2_376T_64G") {
		t.Errorf("%s", strings.Join(got[:4], "\n"))
	}
}

// A run without an answer has none in the list of runs, and one with an answer the figure of its headline.
func TestListOfRunsSaysWhatTheyAnswered(t *testing.T) {
	s := sample.Open(state.Options{Answers: sample.Flagship()})
	s.Answer = func(q *plan.Request) *report.Report {
		r := sample.Report(q)
		best := *r.Devices[0].Aggregation.Best
		best.Throughput = 1643.48
		r.Devices[0].Aggregation.Best = &best
		return r
	}
	if got := screen(t, s.Do(state.Accept, state.HistoryMenu), 120, 40); !strings.Contains(got, "1,643 tok/s") {
		t.Errorf("%s", got)
	}
	s = sample.Open(state.Options{Answers: sample.Flagship()})
	s.Answer = func(q *plan.Request) *report.Report {
		r := sample.Report(q)
		for i := range r.Devices {
			r.Devices[i].Aggregation = &report.Section{}
		}
		r.Cross = nil
		return r
	}
	if got := screen(t, s.Do(state.Accept, state.HistoryMenu), 120, 40); !strings.Contains(got,
		"no point meets the limits") || strings.Contains(got, "tok/s") {
		t.Errorf("%s", got)
	}
}

// The form says what the confirm pane says: TP is searched where no size was named.
func TestFormSaysThatTPIsSearched(t *testing.T) {
	a := sample.PDRatio()
	a[field.TP] = field.Answer{}
	a = field.FillDefaults(a)
	line := func(a field.Answers) string {
		for _, l := range shoot(sample.Open(state.Options{Answers: a}).Do(state.Edit), theme(true, termenv.Ascii),
			texts(t, "en", true), 120, 60) {
			if strings.Contains(l, "TP sizes") {
				return l
			}
		}
		return ""
	}
	if l := line(a); !strings.Contains(l, "tried: 1 2 4 8") {
		t.Errorf("got %q", l)
	}
	a[field.EP] = field.Answer{Text: "4", Source: field.You}
	if l := line(a); !strings.Contains(l, "not searched: all devices") {
		t.Errorf("with an EP size: got %q", l)
	}
}

func TestVerdictsAreShortenedToWholeFigures(t *testing.T) {
	for _, c := range []struct {
		text string
		w    int
		want string
	}{
		{"prefill needs 5.26 GiB more", 27, "prefill needs 5.26 GiB more"},
		{"prefill needs 5.26 GiB more", 24, "prefill lacks 5.26 GiB"},
		{"TTFT 2053 > 2000 ms (+2.7%)", 20, "TTFT 2053 > 2000 ms"},
		{"TTFT 20534 > 20000 ms (+2.7%)", 18, "TTFT 20534 > 20000"},
	} {
		if got := shortVerdict(c.text, c.w); got != c.want {
			t.Errorf("%q in %d: got %q", c.text, c.w, got)
		}
	}
}

// A note that is too long for a line takes what the others leave.
func TestNotesTakeTheLinesThatAreLeft(t *testing.T) {
	p := Painter{T: theme(true, termenv.Ascii), W: 22}
	for _, c := range []struct {
		n    int
		want []string
	}{
		{2, []string{" one", " two three four five~"}},
		{3, []string{" one", " two three four five", "  six seven"}},
		{5, []string{" one", " two three four five", "  six seven"}},
		{1, []string{" one"}},
	} {
		if got := p.fill([]string{"one", "two three four five six seven"}, c.n); !slices.Equal(got, c.want) {
			t.Errorf("%d lines: %q", c.n, got)
		}
	}
}

// A text or a menu that goes on says so at both ends.
func TestWhatIsOutOfSightIsSaid(t *testing.T) {
	confirm := sample.Open(state.Options{Answers: sample.Flagship()})
	screen(t, confirm, 80, 16)
	if got := screen(t, confirm.Do(state.Down, state.Down), 80, 16); !strings.Contains(got, "more lines above") ||
		!strings.Contains(got, "more lines below") {
		t.Errorf("confirm:\n%s", got)
	}
	if got := screen(t, confirm.Do(state.End), 80, 16); !strings.Contains(got, "more lines above") ||
		strings.Contains(got, "more lines below") {
		t.Errorf("confirm, at its end:\n%s", got)
	}
	menu := sample.Results(sample.Flagship()).Do(state.SortMenu)
	screen(t, menu, 80, 16)
	if got := screen(t, menu.Do(state.End), 80, 16); !strings.Contains(got, "more above") {
		t.Errorf("menu:\n%s", got)
	}
}

// Where the headline has no room for everything, the strategy and its batch stay.
func TestHeadlineKeepsTheStrategy(t *testing.T) {
	s := sample.Open(state.Options{Answers: sample.Flagship()})
	s.Answer = func(q *plan.Request) *report.Report {
		r := sample.Report(q)
		best := *r.Devices[0].Aggregation.Best
		best.Strategy.EP, best.Strategy.PP, best.ThroughputRange = 8, 2, &report.Interval{Low: 10105, High: 180997}
		r.Devices[0].Aggregation.Best = &best
		return r
	}
	s.Do(state.Accept)
	for _, lang := range []string{"en", "zh"} {
		for _, w := range []int{80, 90, 100, 120} {
			line := shoot(s, theme(false, termenv.Ascii), texts(t, lang, false), w, 24)[2]
			if !strings.Contains(line, "TP=8 PP=2 DP=1 EP=8") {
				t.Errorf("%s, %d cells: %q", lang, w, line)
			}
		}
	}
}

// A newcomer reads what the signs of the table mean: tabs have names beside the window's place, columns without room
// are counted in words where a line has room, and ? says the rest.
func TestTableSignsAreSaid(t *testing.T) {
	s := sample.Results(sample.Flagship()).Do(state.AllPoints)
	for _, name := range []string{"1 Time", "4 Ops", "8 Fit"} {
		if got := screen(t, s, 80, 24); !strings.Contains(got, name) {
			t.Errorf("%q is missing from\n%s", name, got)
		}
	}
	if got := screen(t, s, 120, 40); !regexp.MustCompile(`all points  \+\d+ columns in the details`).MatchString(got) {
		t.Error(got)
	}
	few := sample.Results(sample.Flagship())
	few.Answer = func(q *plan.Request) *report.Report { return sample.Many(q, 200) }
	few.Do(state.Back, state.Accept, state.AllPoints, state.End)
	if got := screen(t, few, 120, 40); !strings.Contains(got, "the best is") || !strings.Contains(got, "2 Memory") {
		t.Errorf("where the best is costs the names of the tabs:\n%s", got)
	}
	scope := s.M.Scope()
	s.Do(state.Help)
	p := Painter{T: theme(false, termenv.Ascii), C: texts(t, "en", false), M: &s.M, W: 80, H: 24}
	if help := strings.Join(p.HelpText(scope, 80), "\n"); !strings.Contains(help, "8 of 10 are the two ends") {
		t.Error(help)
	}
}
