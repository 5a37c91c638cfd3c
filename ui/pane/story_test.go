package pane

import (
	"context"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"fathom/hw/unraced"
	"fathom/sim/engine"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/state"
	"fathom/state/field"
	"fathom/ui/number"
	"fathom/ui/sample"

	"github.com/muesli/termenv"
)

// answered is a session on the answer of the real engine to a line, with its ladder.
func answered(t *testing.T, line string) (*sample.Session, *report.Report) {
	t.Helper()
	x := field.FromArgs(strings.Fields(line), field.FromFlag, "")
	if len(x.Issues) > 0 {
		t.Fatal(x.Issues)
	}
	var first *report.Report // the answer as asked; those behind it come after it
	s := sample.Open(state.Options{Answers: x.Answers})
	s.Quiet = true
	s.Answer = func(q *plan.Request) *report.Report {
		r, err := engine.Embedded{}.Run(context.Background(), q, nil)
		switch {
		case err != nil && first != nil && q.Fidelity != first.Request.Fidelity:
			return first // another fidelity cannot be asked this
		case err != nil:
			t.Fatal(err)
		}
		if first == nil {
			engine.Climb(context.Background(), r, nil)
			first = r
		}
		return r
	}
	s.Do(state.Accept)
	return s, first
}

// TestScreenIsTheReport: the headline, the table and the ladder show the figures of the report, at both usual sizes, in
// both languages.
func TestScreenIsTheReport(t *testing.T) {
	unraced.Skip(t)
	devices := []string{"ATLAS_800_A3_752T_128G_DIE", "H100_SXM", "ATLAS_800_A2_376T_64G", "L40S"}
	for seed := range 12 {
		r := rand.New(rand.NewPCG(80, uint64(seed)))
		line := "Qwen/Qwen3-8B --quantize-linear-action W8A8_DYNAMIC --quantize-attention-action DISABLED --num-devices " +
			strconv.Itoa(2<<r.IntN(2)) + " --input-length " + strconv.Itoa(100+r.IntN(3000)) + " --output-length " +
			strconv.Itoa(1+r.IntN(900)) + " --batch-range " + strconv.Itoa(1+r.IntN(40)) +
			" --ttft-limit 4000 --tpot-limit 80 " +
			"--device " + devices[r.IntN(len(devices))]
		s, rep := answered(t, line)
		d := &rep.Devices[0]
		if d.Aggregation.Best == nil {
			continue
		}
		for _, lang := range []string{"en", "zh"} {
			for _, size := range [][2]int{{80, 24}, {120, 40}} {
				text := strings.Join(shoot(s, theme(true, termenv.Ascii), texts(t, lang, true), size[0], size[1]), "\n")
				want := []string{number.Digits(d.Aggregation.Best.Throughput, 4) + " tok/s"}
				for i := range d.Aggregation.Candidates {
					want = append(want, number.Fixed(d.Aggregation.Candidates[i].Throughput, 1))
				}
				want = want[:min(len(want), 6)]
				for _, x := range d.Ladder {
					if x.Lack != report.Answered {
						continue
					}
					if size[1] >= 40 || d.Device == devices[0] { // elsewhere what intervals say goes first
						want = append(want, number.Digits(x.Throughput, 4))
					}
				}
				for _, w := range want {
					if !strings.Contains(text, w) {
						t.Errorf("%s\n%s %v lacks %s:\n%s", line, lang, size, w, text)
					}
				}
				if strings.Contains(text, "NaN") || strings.Contains(text, "Inf") {
					t.Errorf("%s\n%s %v has a figure that is no number", line, lang, size)
				}
			}
		}
	}
}

// TestLadderIsWhole: every step of it stands at 80x24 whatever takes the lines before it, and a pair says that its
// rates are those of one pair while the headline has what all instances serve.
func TestLadderIsWhole(t *testing.T) {
	s, rep := answered(t, "Qwen/Qwen3-8B --device ATLAS_800_A3_752T_128G_DIE --num-devices 96 "+
		"--quantize-linear-action W8A8_DYNAMIC --quantize-attention-action DISABLED --input-length 3500 "+
		"--output-length 1500 --ttft-limit 4000 --tpot-limit 80 --batch-range 40 --enable-optimize-prefill-decode-ratio "+
		"--prefill-devices-per-instance 2 --decode-devices-per-instance 4")
	best := rep.Devices[0].PDRatio.Best
	if best.Serves() == best.Balanced {
		t.Fatal("the plan has one pair only")
	}
	for lang, say := range map[string][]string{"en": {"one pair in req/s:", "one pair "}, "zh": {"单对 req/s：", "单对 "}} {
		text := shoot(s, theme(true, termenv.Ascii), texts(t, lang, true), 80, 24)
		if want := "  " + number.Digits(best.Serves(), 3) + " req/s"; !strings.HasPrefix(text[2], want) {
			t.Errorf("%s: the headline %q does not begin with %q", lang, text[2], want)
		}
		if want := say[1] + number.Digits(best.Balanced, 3) + " req/s"; !strings.Contains(text[2], want) {
			t.Errorf("%s: the headline %q lacks %q", lang, text[2], want)
		}
		if all := strings.Join(text, "\n"); !strings.Contains(all, say[0]) {
			t.Errorf("%s lacks %q:\n%s", lang, say[0], all)
		}
	}
	p := &Painter{T: theme(true, termenv.Ascii), C: texts(t, "en", true), M: &s.M, W: 80, H: 24}
	long, short := p.ladder(), p.shortLadder()
	for n := 1; n <= 4; n++ {
		got := strings.Join(p.fill(p.whole([]string{"counts", long}, n+1), n+1), "\n")
		for _, r := range rep.Devices[0].Ladder {
			if r.QPS > 0 && !strings.Contains(got, number.Digits(r.QPS, 3)[:3]) {
				t.Errorf("%d lines lack %v of %s:\n%s\n(%s)", n, r.QPS, r.Step, got, short)
			}
		}
	}
}

// TestRepricingStandsWhereTheFigureStands: whole, at 80x24, in the headline and in the comparison, with the key that
// prices each profile directly; under that search it is gone.
func TestRepricingStandsWhereTheFigureStands(t *testing.T) {
	unraced.Skip(t)
	line := "deepseek-ai/DeepSeek-V3.1 --num-devices 64 --input-length 3500 --output-length 1500 --ttft-limit 4000 " +
		"--tpot-limit 100 --enable-optimize-prefill-decode-ratio --prefill-devices-per-instance 16 " +
		"--decode-devices-per-instance 32 --quantize-linear-action W8A8_DYNAMIC --quantize-attention-action DISABLED " +
		"--device ATLAS_800_A3_752T_128G_DIE ATLAS_800_A2_376T_64G"
	s, rep := answered(t, line)
	owed := rep.Devices[0].RepricedOf(0, true)
	if owed == nil {
		t.Fatal("the pair is not re-priced")
	}
	for _, c := range []struct {
		lang, head, cross string
	}{{"en", "re-priced; alone " + number.Digits(owed.Alone, 4) + ": X", "no ratio of hardware: X puts it right"},
		{"zh", number.Digits(owed.Alone, 4), "按 X 直接定价"}} {
		shot := func() string {
			return strings.Join(shoot(s, theme(true, termenv.Ascii), texts(t, c.lang, true), 80, 24), "\n")
		}
		if text := shot(); !strings.Contains(text, c.head) {
			t.Errorf("%s: the headline lacks %q:\n%s", c.lang, c.head, text)
		}
		s.Do(state.Cross)
		if text := shot(); !strings.Contains(text, c.cross) || strings.Count(text, "0.42*") != 1 ||
			strings.Count(text, "1.00*") != 1 {
			t.Errorf("%s: the comparison lacks %q or its marks:\n%s", c.lang, c.cross, text)
		}
		s.Do(state.Cross)
		for range state.NumSlides {
			s.Do(state.Present, state.Next)
			head := strings.TrimSuffix(c.head, ": X") // which switches nothing there
			if text := shot(); !strings.Contains(text, head) || strings.Contains(text, head+": X") {
				t.Errorf("%s: the presentation lacks %q:\n%s", c.lang, head, text)
			}
			s.Do(state.Present)
		}
	}
	s.Do(state.Exhaustive)
	for range 2 {
		if text := strings.Join(shoot(s, theme(true, termenv.Ascii), texts(t, "en", true), 80, 24), "\n"); strings.Contains(
			text, "re-priced") {
			t.Errorf("priced directly and still marked:\n%s", text)
		}
		s.Do(state.Cross)
	}
}

// TestPresentedPlanOverItsDevices: a split that needs more devices than there are is no answer, on any page; and the
// latency of a pair is the pane's.
func TestPresentedPlanOverItsDevices(t *testing.T) {
	s := sample.Results(sample.PDRatio())
	shot := func(lang string) string {
		return strings.Join(shoot(s, theme(true, termenv.Ascii), texts(t, lang, true), 80, 24), "\n")
	}
	s.Do(state.Present)
	if text := shot("en"); strings.Contains(text, "too many") {
		t.Errorf("the plan fits its devices:\n%s", text)
	}
	s.Do(state.Present, state.More, state.More)
	totals, ok := s.M.Totals()
	if !ok || totals.Left >= 0 {
		t.Fatalf("%+v is not over the devices", totals)
	}
	s.Do(state.Present)
	if text := shot("en"); !strings.Contains(text, "("+itoa(-totals.Left)+" too many)") {
		t.Errorf("the answer hides that its devices do not suffice:\n%s", text)
	}
	for range state.NumSlides {
		for lang, want := range map[string]string{"en": itoa(-totals.Left) + " devices too many",
			"zh": "超出 " + itoa(-totals.Left) + " 张卡"} {
			if text := shot(lang); !strings.Contains(text, want) {
				t.Errorf("a page lacks %q:\n%s", want, text)
			}
		}
		s.Do(state.Next)
	}
}

// TestCountsAgreeWithTheFilter: while a filter is on, the status line counts the rows that it leaves, each once by its
// status, in all points and in the best of each strategy.
func TestCountsAgreeWithTheFilter(t *testing.T) {
	s := planned().Do(state.AllPoints, state.Filter).Type("tp=8").Do(state.Accept)
	left, over, short := 0, 0, 0
	d := s.M.Report().Devices[0]
	for i := range d.Points {
		if r := &d.Points[i]; r.Strategy.TP == 8 {
			left++
			if r.Status == report.OverTTFT {
				over++
			}
			if r.Status == report.OOM {
				short++
			}
		}
	}
	want := []string{"the filter leaves " + strconv.Itoa(left) + " rows of " + strconv.Itoa(len(d.Points)),
		strconv.Itoa(over) + " over TTFT"}
	if short > 0 {
		want = append(want, strconv.Itoa(short)+" no memory")
	}
	for _, text := range want {
		if got := screen(t, s, 120, 40); !strings.Contains(got, text) {
			t.Errorf("%q is not said:\n%s", text, got)
		}
	}
	s.Do(state.AllPoints, state.Filter).Type("tp>2").Do(state.Accept)
	if got := screen(t, s, 80, 24); !strings.Contains(got, "the filter leaves 2 candidates of 4") {
		t.Errorf("candidates:\n%s", got)
	}
}

// TestEveryCountIsOfTheStatus: screen, filter words and JSON count a point once, by its status, and points over both
// limits are said in words.
func TestEveryCountIsOfTheStatus(t *testing.T) {
	s, r := answered(t, "Qwen/Qwen3-32B --device ATLAS_800_A3_752T_128G_DIE --num-devices 8 --input-length 3500 "+
		"--output-length 1500 --ttft-limit 1000 --tpot-limit 25 --quantize-linear-action W8A8_DYNAMIC "+
		"--quantize-attention-action DISABLED --compile --search exhaustive")
	d := &r.Devices[0]
	both := d.OverBoth(r.Request)
	if d.Counts.TTFT == 0 || both == 0 || both == d.Counts.TPOT || d.Counts.OOM == 0 {
		t.Fatalf("the case has not all kinds: %+v, %d over both", d.Counts, both)
	}
	s.Do(state.Accept, state.AllPoints)
	for _, text := range []string{number.Int(d.Counts.TTFT) + " over TTFT", number.Int(d.Counts.TPOT) +
		" over TPOT of which " + number.Int(both) + " over TTFT too", number.Int(d.Counts.OOM) + " no memory"} {
		if got := screen(t, s, 140, 40); !strings.Contains(got, text) {
			t.Errorf("%q is not said:\n%s", text, got)
		}
	}
	for word, want := range map[string]int{"ttft": d.Counts.TTFT, "tpot": d.Counts.TPOT, "memory": d.Counts.OOM,
		"status=memory": d.Counts.OOM, "ok": d.Counts.OK} {
		s.Do(state.Filter).Type(word).Do(state.Accept)
		if got := s.M.Results.Table.Len(); got != want {
			t.Errorf("%s finds %d points, %d are counted", word, got, want)
		}
		s.Do(state.Filter, state.Back)
	}
}
