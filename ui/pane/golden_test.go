package pane

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"fathom/hw/message"
	"fathom/hw/unraced"
	"fathom/sim/plan"
	"fathom/sim/plan/file"
	"fathom/sim/report"
	"fathom/state"
	"fathom/state/field"
	"fathom/ui/sample"
	"fathom/ui/style"
	"fathom/ui/text"

	"github.com/muesli/termenv"
)

var update = flag.Bool("update", false, "write the goldens anew")

// scenes are the panes as a user meets them.
var scenes = []struct {
	name string
	open func() *sample.Session
}{
	{"form-first", func() *sample.Session { return sample.Open(state.Options{}) }},
	{"form-model", func() *sample.Session {
		s := sample.Open(state.Options{})
		return s.Do(state.Accept).Type("Qwen/Qwen3-3")
	}},
	{"form-words", func() *sample.Session {
		return sample.Open(state.Options{}).Do(state.Accept).Type("dsv3")
	}},
	{"form-hardware", func() *sample.Session {
		s := sample.Open(state.Options{}).Do(state.Accept).Type(sample.Model).Do(state.Accept)
		return s.Type("910b").Do(state.Down, state.Down)
	}},
	{"form-path", func() *sample.Session {
		s := sample.Open(state.Options{})
		s.Files = []state.DirEntry{{Name: "mine", Dir: true, Model: true}, {Name: "more", Dir: true}, {Name: "notes.txt"}}
		return s.Do(state.Accept).Type("/models/m").Do(state.Down)
	}},
	{"form-error", func() *sample.Session {
		a := sample.Flagship()
		a[field.OutputLength] = field.Answer{}
		s := sample.Open(state.Options{Answers: a})
		return s.Type("many")
	}},
	{"form-suggested", func() *sample.Session {
		a := sample.Flagship()
		a[field.OutputLength] = field.Answer{}
		return sample.Open(state.Options{Answers: a}).Do(state.Suggest)
	}},
	{"confirm", func() *sample.Session { return sample.Open(state.Options{Answers: sample.Flagship()}) }},
	{"confirm-blocked", func() *sample.Session {
		a := sample.Flagship()
		a[field.BatchRange] = field.Answer{Text: "4 2", Source: field.FromFlag}
		s := sample.Open(state.Options{Answers: a})
		return s.Do(state.Submit)
	}},
	{"running", func() *sample.Session { return running() }},
	{"running-log", func() *sample.Session { return running().Do(state.ShowLog) }},
	{"failed", func() *sample.Session {
		s := sample.Open(state.Options{Answers: sample.Flagship()})
		s.Fail = sample.Failure()
		return s.Do(state.Accept)
	}},
	{"results", func() *sample.Session { return sample.Results(sample.Flagship()) }},
	{"results-exhaustive", func() *sample.Session {
		s := sample.Open(state.Options{Answers: sample.Flagship()})
		s.Quiet = true
		return s.Do(state.Accept, state.Fidelity, state.Exhaustive, state.Fidelity)
	}},
	{"results-all", func() *sample.Session {
		return sample.Results(sample.Flagship()).Do(state.AllPoints, state.Down, state.Mark, state.Down)
	}},
	{"results-none", func() *sample.Session {
		a := sample.Flagship()
		a[field.TTFT] = field.Answer{Text: "10", Source: field.You}
		return sample.Results(a)
	}},
	{"results-filter", func() *sample.Session {
		return sample.Results(sample.Flagship()).Do(state.Filter).Type("tp=8 ttft<2000")
	}},
	{"results-memory", func() *sample.Session {
		return sample.Results(sample.Flagship()).Do(state.DetailMemory,
			state.Accept)
	}},
	{"results-plot", func() *sample.Session {
		return sample.Results(sample.Flagship()).Do(state.DetailPlot,
			state.Accept)
	}},
	{"results-latency", func() *sample.Session {
		return sample.Results(sample.Flagship()).Do(state.NextPlot, state.NextPlot, state.Accept)
	}},
	{"results-speculation", func() *sample.Session {
		return sample.Results(sample.Guessing()).Do(state.NextPlot, state.NextPlot, state.NextPlot, state.Accept)
	}},
	{"results-ops", func() *sample.Session { return sample.Results(sample.Flagship()).Do(state.DetailOps, state.Accept) }},
	{"results-why", func() *sample.Session { return sample.Results(sample.Flagship()).Do(state.DetailWhy, state.Accept) }},
	{"results-levers", func() *sample.Session {
		return sample.Results(sample.Flagship()).Do(state.DetailSensitivity, state.Accept)
	}},
	{"results-traffic", func() *sample.Session {
		return sample.Results(sample.Flagship()).Do(state.DetailTraffic, state.Accept)
	}},
	{"results-mix", func() *sample.Session {
		return sample.Results(sample.Promised()).Do(state.DetailTraffic, state.Accept)
	}},
	{"results-mix-charts", func() *sample.Session {
		return sample.Results(sample.Promised()).Do(state.DetailTraffic, state.Accept, state.PageDown, state.PageDown)
	}},
	{"results-day", func() *sample.Session {
		return sample.Results(sample.Daily()).Do(state.DetailService, state.Accept)
	}},
	{"results-recorded", func() *sample.Session {
		return sample.Results(sample.Recorded()).Do(state.DetailService, state.Accept)
	}},
	{"results-calibration", func() *sample.Session {
		return sample.Results(sample.Flagship()).Do(state.DetailCalibration, state.Accept)
	}},
	{"results-cross", func() *sample.Session { return sample.Results(sample.Flagship()).Do(state.Cross) }},
	{"results-what-if", func() *sample.Session {
		s := sample.Results(sample.Flagship()).Do(state.WhatIf, state.Right, state.Right, state.Right, state.Accept)
		s.Type("2500")
		return s
	}},
	{"results-changed", func() *sample.Session {
		s := sample.Results(sample.Flagship()).Do(state.WhatIf, state.Right, state.Right, state.Right, state.Accept)
		s.Answer = func(q *plan.Request) *report.Report {
			r := sample.Report(q)
			r.Devices[0].Aggregation.Candidates[0].Throughput *= 1.042
			return r
		}
		return s.Type("2500").Do(state.Accept, state.Back)
	}},
	{"measured", func() *sample.Session { return measured() }},
	{"measured-plot", func() *sample.Session {
		return measured().Do(state.NextPlot, state.NextPlot, state.Accept)
	}},
	{"measured-ask", func() *sample.Session {
		s := sample.Results(sample.Flagship())
		s.Files = []state.DirEntry{{Name: "runs", Dir: true}, {Name: "vllm.json"}, {Name: "notes.md"}}
		return s.Do(state.MeasuredFile).Type("./").Do(state.Down)
	}},
	{"measured-verdict", func() *sample.Session { return measured().Do(state.Verdict) }},
	{"measured-fit", func() *sample.Session { return measured().Do(state.FitProfile) }},
	{"measured-fitting", func() *sample.Session {
		s := measured()
		s.Hold = true
		s.Do(state.FitProfile, state.Accept)
		return s.Send(state.Fitting{Run: s.M.Results.Fit.Run, Phase: "cross-validation", Done: 3, Total: 4})
	}},
	{"measured-after", func() *sample.Session { return measured().Do(state.FitProfile, state.Accept) }},
	{"results-cost", func() *sample.Session {
		a := sample.Flagship()
		a[field.DeviceCost] = field.Answer{Text: sample.A3 + "=2 " + sample.A2 + "=1.5", Source: field.You}
		s := real(a).Do(state.Accept)
		return s.Do(state.NextPlot, state.NextPlot, state.NextPlot, state.Accept)
	}},
	{"results-front", func() *sample.Session {
		return real(sample.Flagship()).Do(state.Accept, state.DetailPlot, state.Accept)
	}},
	{"decision", func() *sample.Session { return sample.Results(sample.Flagship()).Do(state.HangsOn) }},
	{"decision-price", func() *sample.Session {
		a := sample.Flagship()
		a[field.DeviceCost] = field.Answer{Text: sample.A3 + "=2 " + sample.A2 + "=1.95", Source: field.You}
		return sample.Results(a).Do(state.HangsOn, state.Down)
	}},
	{"sweep-ask", func() *sample.Session {
		return sample.Results(sample.Flagship()).Do(state.OverRanges).Type("tpot-limit=10..60 inp").Do(state.Down)
	}},
	{"sweep-fault", func() *sample.Session {
		return sample.Results(sample.Flagship()).Do(state.OverRanges).Type("tpot-limit=60..10").Do(state.Accept)
	}},
	{"sweep-curve", func() *sample.Session { return over("input-length=512..32k:log:25").Do(state.Right, state.Right) }},
	{"sweep-map", func() *sample.Session {
		return over("input-length=512..32k:log:50 tpot-limit=8..40:33").Do(state.Right, state.Up, state.Up)
	}},
	{"sweep-rivals", func() *sample.Session {
		return over("input-length=512..32k:log:12 tpot-limit=8..40:9").Do(state.PrevDevice, state.NextPlot)
	}},
	{"sweep-begun", func() *sample.Session {
		s := sample.Results(sample.Flagship())
		s.Hold = true
		return s.Do(state.OverRanges).Type("input-length=512..32k:log:25").Do(state.Accept)
	}},
	{"ratio", func() *sample.Session { return sample.Results(sample.PDRatio()).Do(state.Right, state.More) }},
	{"ratio-pools", func() *sample.Session { return sample.Results(sample.Pools()) }},
	{"ratio-pools-cross", func() *sample.Session { return sample.Results(sample.Pools()).Do(state.Cross) }},
	{"ratio-detail", func() *sample.Session { return sample.Results(sample.PDRatio()).Do(state.Accept) }},
	{"compare", func() *sample.Session {
		return sample.Results(sample.Flagship()).Do(state.Mark, state.Down, state.Mark, state.Compare)
	}},
	{"compare-pairs", func() *sample.Session {
		return sample.Results(sample.PDRatio()).Do(state.Mark, state.Down, state.Mark, state.Compare)
	}},
	{"library-empty", func() *sample.Session {
		return sample.Results(sample.Flagship()).Do(state.Library).Send(state.Shelved{List: []state.Scenario{}})
	}},
	{"library", func() *sample.Session { return shelf().Do(state.Mark, state.Mark) }},
	{"library-ran", func() *sample.Session {
		s := shelf().Do(state.Rerun)
		return s.Send(state.Shelved{Op: state.ShelfRun, Run: s.M.Shelf.Busy, Ran: again(false)})
	}},
	{"library-find", func() *sample.Session { return shelf().Do(state.Filter).Type("qwen") }},
	{"library-compare", func() *sample.Session {
		s := shelf().Do(state.Mark, state.Mark, state.Compare)
		return s.Send(state.Shelved{Op: state.ShelfRun, Run: s.M.Shelf.Busy, Ran: again(true)[:2]})
	}},
	{"help", func() *sample.Session { return sample.Results(sample.Flagship()).Do(state.Help) }},
	{"palette", func() *sample.Session {
		return sample.Results(sample.Flagship()).Do(state.Palette).Type("copy").Do(state.Down)
	}},
	{"stray-key", func() *sample.Session {
		return sample.Results(sample.Flagship()).Send(state.Strayed{Key: "C"})
	}},
	{"present-question", func() *sample.Session {
		return sample.Results(sample.Flagship()).Do(state.Present, state.Prev)
	}},
	{"present-answer", func() *sample.Session { return sample.Results(sample.Flagship()).Do(state.Present) }},
	{"present-pair", func() *sample.Session { return sample.Results(sample.PDRatio()).Do(state.Present) }},
	{"present-why", func() *sample.Session { return sample.Results(sample.Flagship()).Do(state.Present, state.Next) }},
	{"present-alternatives", func() *sample.Session {
		return sample.Results(sample.Flagship()).Do(state.Present, state.Next, state.Next)
	}},
	{"present-command", func() *sample.Session {
		return sample.Results(sample.Flagship()).Do(state.Present, state.End).Send(state.Watched{Viewers: 3})
	}},
	{"menu-sort", func() *sample.Session { return sample.Results(sample.Flagship()).Do(state.SortMenu, state.Down) }},
	{"menu-copy", func() *sample.Session { return sample.Results(sample.Flagship()).Do(state.CopyMenu) }},
	{"menu-history", func() *sample.Session { return sample.Results(sample.Flagship()).Do(state.HistoryMenu) }},
	{"copied", func() *sample.Session { return sample.Results(sample.Flagship()).Do(state.CopyMenu, state.CopyCommand) }},
	{"text", func() *sample.Session {
		return sample.Open(state.Options{Answers: sample.Flagship()}).Do(state.FullText)
	}},
	{"prompt", func() *sample.Session {
		return sample.Open(state.Options{Answers: sample.Flagship()}).Do(state.SavePlan)
	}},
	{"prompt-open", func() *sample.Session {
		s := sample.Open(state.Options{Memory: state.Memory{Version: 1, Plans: []string{"/plans/qwen.toml"}}})
		s.Files = []state.DirEntry{{Name: "plans", Dir: true}, {Name: "mine.toml"}, {Name: "notes.txt"}}
		return s.Do(state.OpenPlan, state.Down)
	}},
	{"quit", func() *sample.Session { return running().Do(state.Quit) }},
}

// Every test of scenes gets a copy of a session that is opened once: no event changes an older model.
func init() {
	for i := range scenes {
		scenes[i].open = shared(scenes[i].open)
	}
}

func shared(open func() *sample.Session) func() *sample.Session {
	once := sync.OnceValue(open)
	return func() *sample.Session { s := *once(); return &s }
}

// measured are results with measured runs over them.
func measured() *sample.Session {
	return sample.Results(sample.Flagship()).Send(state.Pasted{Text: "./runs/"})
}

// shelf is the library with three scenarios: two with an answer, one that was not run.
func shelf() *sample.Session {
	kept := func(on string, tok, low, high float64) *file.Kept {
		return &file.Kept{At: "2026-11-29T15:00:00Z", Program: "fathom v1.0", Fidelity: "reference", Search: "reference",
			Results: []file.Result{{Device: on, Profile: "01", Phase: "aggregation", Strategy: "TP=8 | PP=1 | DP=1",
				Throughput: tok, Low: low, High: high}}}
	}
	s := sample.Results(sample.Flagship()).Do(state.Library)
	return s.Send(state.Shelved{List: []state.Scenario{
		{Name: "A3 BASE", Model: "Qwen/Qwen3-32B", Device: sample.A3, Kept: kept(sample.A3, 1643.49, 0, 0)},
		{Name: "长提示 8K，名称较长的一个方案，占用不少宽度", Model: "Qwen/Qwen3-32B", Device: "H200_SXM",
			Kept: kept("H200_SXM", 13312.6, 7665, 17374)},
		{Name: "TODO", Model: "deepseek-ai/DeepSeek-V3.1", Device: sample.A3 + " H200_SXM"}}})
}

// again are today's answers of the shelf.
func again(reports bool) (out []*state.RanScenario) {
	s := shelf()
	for i := range s.M.Shelf.All {
		a := sample.Flagship()
		if i > 0 {
			a[field.InputLength] = field.Answer{Text: "8000", Source: field.You}
		}
		own := *s.M.History[0].Request
		q := &own
		r := &state.RanScenario{Name: s.M.Shelf.All[i].Name, Answers: a, Request: q, Now: &file.Kept{}}
		if k := s.M.Shelf.All[i].Kept; k != nil {
			*r.Now = *k
			r.Now.Results = slices.Clone(k.Results)
		}
		if reports {
			r.Report = sample.Report(q)
		}
		out = append(out, r)
	}
	out[0].Now.Results[0].Throughput *= 1.042
	out[0].Changed = []message.Message{message.New("scenario.program", "fathom v1.0", "fathom v1.1"),
		message.New("scenario.moved", sample.A3, 1643.49, 1712.5, 4.2)}
	out[2].Fault = message.New("scenario.unread", "TODO.toml", "x")
	out[2].Now = nil
	return out
}

func running() *sample.Session {
	s := sample.Open(state.Options{Answers: sample.Flagship()})
	s.Hold = true
	s.Do(state.Accept)
	return s.Send(state.Advanced{Run: s.M.Live.Run, Progress: sample.Progress(s.M.Live.Request)})
}

var sizes = [][2]int{{60, 16}, {80, 24}, {120, 40}, {200, 60}}

func theme(ascii bool, p termenv.Profile) style.Theme {
	return style.Make(&strings.Builder{}, p, style.Wish{ASCII: ascii}, func(string) string { return "" })
}

func texts(t testing.TB, lang string, ascii bool) *text.Catalog {
	t.Helper()
	c, err := text.Load(lang)
	if err != nil {
		t.Fatal(err)
	}
	if ascii {
		return c.Plain()
	}
	return c
}

// shoot draws a scene at a size; as in the program, state hears of the room that the frame has.
func shoot(s *sample.Session, th style.Theme, c *text.Catalog, w, h int) []string {
	lines, _ := shot(s, th, c, w, h)
	return lines
}

// shot is shoot with the painter that drew.
func shot(s *sample.Session, th style.Theme, c *text.Catalog, w, h int) ([]string, *Painter) {
	var room state.Resized
	for range 3 {
		caret := -1
		if _, typed, ok := s.M.Input(); ok {
			caret = len([]rune(typed))
		}
		p := &Painter{T: th, C: c, M: &s.M, W: w, H: h, Caret: caret, Room: room}
		lines := p.Frame()
		if p.Room == room {
			return lines, p
		}
		room = p.Room
		s.Send(room)
	}
	return nil, nil
}

// album is all sizes of a scene in one text; escape bytes are written so that they can be read.
func album(t *testing.T, open func() *sample.Session, th style.Theme, c *text.Catalog, sizes [][2]int) string {
	var b strings.Builder
	for _, z := range sizes {
		fmt.Fprintf(&b, "== %dx%d\n", z[0], z[1])
		lines := shoot(open(), th, c, z[0], z[1])
		if len(lines) != z[1] {
			t.Fatalf("%dx%d: %d lines", z[0], z[1], len(lines))
		}
		for _, l := range lines {
			b.WriteString(strings.TrimRight(strings.ReplaceAll(l, "\x1b", "^"), " ") + "\n")
		}
	}
	return b.String()
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (go test ./ui/pane -update writes it)", err)
	}
	a, b := strings.Split(string(want), "\n"), strings.Split(got, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			t.Fatalf("%s, line %d\nwant %s\ngot  %s", path, i+1, a[i], b[i])
		}
	}
	if len(a) != len(b) {
		t.Fatalf("%s: %d lines, want %d", path, len(b), len(a))
	}
}

// Each pane at four sizes, in ASCII without colour and in sixteen colours, in both languages.
func TestGoldens(t *testing.T) {
	unraced.Skip(t)
	for _, sc := range scenes {
		t.Run(sc.name, func(t *testing.T) {
			for lang, dir := range map[string]string{"en": "", "zh": "zh-"} {
				golden(t, dir+"ascii/"+sc.name+".txt", album(t, sc.open, theme(true, termenv.Ascii), texts(t, lang, true), sizes))
				golden(t, dir+"colour/"+sc.name+".txt", album(t, sc.open, theme(false, termenv.ANSI), texts(t, lang, false), sizes))
			}
		})
	}
}
