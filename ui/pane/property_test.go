package pane

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/state"
	"fathom/ui/cell"
	"fathom/ui/sample"

	"github.com/muesli/termenv"
	"pgregory.net/rapid"
)

// tint are the only sequences that a frame may hold: colours and weights.
var tint = regexp.MustCompile(`\x1b\[[0-9;]*m`)

// glued are two figures without a blank between them.
var glued = regexp.MustCompile(`\d\.\d+\.\d|\d%\d|[a-z]ms\d`)

// Every cut in a screen names its sign: nothing here calls for a cut without one. A text for selection by hand is
// broken, not cut.
func TestCutsHaveASign(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	silent := regexp.MustCompile(`cell\.Cut\([^\n]*, ""\)`)
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if found := silent.Find(data); found != nil && !strings.HasSuffix(f, "_test.go") {
			t.Errorf("%s: %s", f, found)
		}
	}
}

// failing is what tests and rapid have in common.
type failing interface {
	Helper()
	Fatalf(format string, args ...any)
}

// judge fails where a frame breaks what every frame has to keep.
func judge(t failing, lines []string, w, h int, ascii, colour bool) {
	if len(lines) != h {
		t.Fatalf("%d lines at %dx%d", len(lines), w, h)
	}
	for _, l := range lines {
		if got := cell.Width(l); got > w {
			t.Fatalf("a line of %d cells at %dx%d: %q", got, w, h, l)
		}
		if !utf8.ValidString(l) {
			t.Fatalf("not UTF-8: %q", l)
		}
		plain := l
		if colour {
			plain = tint.ReplaceAllString(l, "")
		}
		if strings.ContainsFunc(plain, func(r rune) bool { return r < 0x20 || r >= 0x7f && r < 0xa0 }) {
			t.Fatalf("a control character at %dx%d: %q", w, h, l)
		}
		if strings.Contains(plain, "<") && regexp.MustCompile(`<[a-z_]+\.[a-z_.-]+>`).MatchString(plain) {
			t.Fatalf("a text is missing: %q", l)
		}
		if ascii && strings.ContainsAny(plain, "─│█▌●○·…▼→▕◆⠁") {
			t.Fatalf("a mark of uncertain width in ASCII: %q", l)
		}
	}
}

func size(t *rapid.T) (int, int) {
	return rapid.IntRange(1, 300).Draw(t, "w"), rapid.IntRange(1, 100).Draw(t, "h")
}

// Every scene at every size, in every dress.
func TestScenesFitAnyTerminal(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		sc := rapid.SampledFrom(scenes).Draw(rt, "scene")
		lang := rapid.SampledFrom([]string{"en", "zh"}).Draw(rt, "lang")
		ascii, colour := rapid.Bool().Draw(rt, "ascii"), rapid.Bool().Draw(rt, "colour")
		profile := termenv.Ascii
		if colour {
			profile = termenv.ANSI
		}
		w, h := size(rt)
		lines := shoot(sc.open(), theme(ascii, profile), texts(t, lang, ascii), w, h)
		judge(rt, lines, w, h, ascii, colour)
		for _, l := range lines {
			if found := glued.FindString(tint.ReplaceAllString(l, "")); found != "" {
				rt.Fatalf("%s at %dx%d: two figures touch, %q in %q", sc.name, w, h, found, l)
			}
		}
	})
}

// Any actions and any typing, in any order, at sizes that change: frames fit and nothing panics.
func TestAnyKeysFitAnyTerminal(t *testing.T) {
	nasty := rapid.StringOf(rapid.SampledFrom([]rune("8 32.-,=<>/abAB混部é\x1b[31m\x07\t\n─█🙂")))
	rapid.Check(t, func(rt *rapid.T) {
		s := rapid.SampledFrom(scenes).Draw(rt, "scene").open()
		s.Answer = func(q *plan.Request) *report.Report {
			if q.Mode == plan.PDRatio {
				return sample.Ratio(q)
			}
			return sample.Report(q)
		}
		ascii, lang := rapid.Bool().Draw(rt, "ascii"), rapid.SampledFrom([]string{"en", "zh"}).Draw(rt, "lang")
		for range rapid.IntRange(1, 12).Draw(rt, "steps") {
			switch rapid.IntRange(0, 9).Draw(rt, "kind") {
			case 0:
				s.Type(nasty.Draw(rt, "text"))
			case 1:
				s.Send(state.Pasted{Text: nasty.Draw(rt, "paste")})
			case 2:
				s.Send(state.Scroll{Lines: rapid.IntRange(-5, 5).Draw(rt, "wheel")})
			default:
				s.Do(state.Action(rapid.IntRange(1, int(state.NumActions)-1).Draw(rt, "action")))
			}
			w, h := size(rt)
			lines, p := shot(s, theme(ascii, termenv.Ascii), texts(t, lang, ascii), w, h)
			judge(rt, lines, w, h, ascii, false)
			hidesNothing(rt, p, lines)
		}
	})
}

// hidesNothing fails where the frame has a table without the headline's row and does not say so.
func hidesNothing(t failing, p *Painter, lines []string) {
	at, top := p.M.BestPosition(), p.M.Results.Table.Top
	if p.sight == 0 || p.M.Pane != state.Showing || at < 0 || at >= top && at < top+p.sight {
		return
	}
	key, mark := "views.best_above", p.T.Marks.Up
	if at >= top {
		key, mark = "views.best_below", p.T.Marks.Down
	}
	if all := strings.Join(lines, "\n"); !strings.Contains(all, p.t(key, "mark", mark)) {
		t.Fatalf("row %d is the best, the window begins at %d and nothing says so:\n%s", at, top, all)
	}
}

// What the mouse can hit lies inside the frame.
func TestZonesLieInTheFrame(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := rapid.SampledFrom(scenes).Draw(rt, "scene").open()
		w, h := size(rt)
		p := Painter{T: theme(false, termenv.Ascii), C: texts(t, "en", false), M: &s.M, W: w, H: h}
		p.Frame()
		for _, z := range p.Zones() {
			if z.X < 0 || z.Y < 0 || z.Y >= h || z.W < 1 || z.X >= w {
				rt.Fatalf("%+v at %dx%d", z, w, h)
			}
		}
	})
}
