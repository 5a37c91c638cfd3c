package cell

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"
)

func TestShapesInCellsNotBytes(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{Left("PD混部", 8, "…"), "PD混部  "},
		{Right("混部", 6, "…"), "  混部"},
		{Cut("PD混部聚合", 7, "…"), "PD混部…"},
		{Cut("PD混部聚合", 6, "…"), "PD混…"}, // a wide character is dropped whole
		{Cut("abcdef", 1, "..."), "a"},
		{Ends("left", "right", 12, ""), "left   right"},
		{Ends("left", "right", 9, ""), "left     "},
		{Left("\x1b[1mab\x1b[0m", 4, ""), "\x1b[1mab\x1b[0m  "},
		{Clean("a\x1b[31mred\x1b[0m\x1b]0;title\x07b\tc\n\x00\u202ed"), "aredb c d"},
		{ASCII("a → b · 混部 ≤ 3…"), "a > b - 混部 < 3~"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestFitNeverExceedsTheTerminal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, h := rapid.IntRange(0, 40).Draw(t, "w"), rapid.IntRange(0, 10).Draw(t, "h")
		lines := rapid.SliceOf(rapid.StringOf(rapid.SampledFrom([]rune("ab 混部é\n─█⠿🙂")))).Draw(t, "lines")
		out := Fit(lines, w, h, "…")
		if len(out) != h {
			t.Fatalf("%d lines, want %d", len(out), h)
		}
		for _, l := range out {
			if ansi.StringWidth(l) > w || !utf8.ValidString(l) || strings.Contains(l, "\n") {
				t.Fatalf("%q does not fit %d", l, w)
			}
		}
	})
}

// What is cut ends with the sign, what has no sign is not cut, and columns never touch.
func TestNothingIsCutSilently(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.SampledFrom([]rune("ab 混部9.")))
		s, w := text.Draw(t, "s"), rapid.IntRange(2, 30).Draw(t, "w")
		for _, padded := range []string{Left(s, w, ""), Right(s, w, ""), Apart(s, w)} {
			if !strings.Contains(padded, s) {
				t.Fatalf("%q became %q", s, padded)
			}
		}
		if Apart(s, w)[0] != ' ' {
			t.Fatalf("%q would touch what stands before it", Apart(s, w))
		}
		for _, cut := range []string{Cut(s, w, "…"), Left(s, w, "…"), Right(s, w, "…"), Fit([]string{s}, w, 1, "…")[0]} {
			if !strings.Contains(cut, s) && !strings.Contains(cut, "…") {
				t.Fatalf("%q was cut to %q without a sign", s, cut)
			}
		}
		var rows [][]string
		cells := rapid.IntRange(1, 6).Draw(t, "columns")
		for range rapid.IntRange(1, 4).Draw(t, "rows") {
			row := make([]string, cells)
			for c := range row {
				row[c] = strings.ReplaceAll(text.Draw(t, "cell"), " ", "")
			}
			rows = append(rows, row)
		}
		wide := rapid.IntRange(2, 60).Draw(t, "wide")
		for i, line := range Grid(rows, wide, "…") {
			if Width(line) > wide {
				t.Fatalf("%d cells in %d: %q", Width(line), wide, line)
			}
			if strings.Contains(line, "…") {
				continue
			}
			if got, want := strings.Fields(line), strings.Fields(strings.Join(rows[i], " ")); strings.Join(got, "|") !=
				strings.Join(want, "|") {
				t.Fatalf("%q is not %q", got, want)
			}
		}
	})
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		s    string
		w    int
		want string
	}{
		{"one two three", 8, "one two|three"},
		{"abcdefghij kl", 4, "abcd|efgh|ij|kl"},
		{"解码受限于访存，提高带宽", 14, "解码受限于访|存，提高带宽"},
		{"经过 HBM。提高", 10, "经过 HBM。|提高"},
		{"校准 3,227 （+69.5%）", 14, "校准 3,227|（+69.5%）"},
		{"见《手册》（附录）", 12, "见《手册》|（附录）"},
		{"", 5, ""},
		{"a\n\nb", 5, "a||b"},
		{"  indented text", 10, "  indented|text"},
	} {
		if got := strings.Join(Wrap(c.s, c.w), "|"); got != c.want {
			t.Errorf("%q in %d: %q, want %q", c.s, c.w, got, c.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOf(rapid.SampledFrom([]rune("ab c，。混部,.é  "))).Draw(t, "s")
		w := rapid.IntRange(2, 20).Draw(t, "w")
		lines := Wrap(s, w)
		for _, l := range lines {
			if Width(l) > w {
				t.Fatalf("%q in %d: %q", s, w, lines)
			}
		}
		squeeze := func(s string) string { return strings.ReplaceAll(s, " ", "") }
		if squeeze(strings.Join(lines, "")) != squeeze(s) {
			t.Fatalf("%q in %d loses text: %q", s, w, lines)
		}
	})
}

// The quick count and the full grapheme scan agree.
func TestWidthIsThatOfTheLibrary(t *testing.T) {
	runes := []rune("ab 1混部（）、，。·…─│█▌▏▕⠿●○◆▲▼→é\u0301\ufe0f🙂👩\u200d\x1b[m;0ञि")
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOf(rapid.SampledFrom(runes)).Draw(t, "s")
		if got, want := Width(s), ansi.StringWidth(s); got != want {
			t.Fatalf("%q: %d, want %d", s, got, want)
		}
	})
	for r := rune(0x80); r < 0x20000; r++ {
		if n := alone(r); n > 0 && ansi.StringWidth(string(r)) != n {
			t.Fatalf("%U is %d cells, counted %d", r, ansi.StringWidth(string(r)), n)
		}
	}
}

func TestPaddingIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := Clean(rapid.StringOf(rapid.SampledFrom([]rune("abz 019-_/混部聚合é█─→\x1b[\t"))).Draw(t, "s"))
		w := rapid.IntRange(0, 30).Draw(t, "w")
		for _, p := range []string{Left(s, w, "…"), Right(s, w, "…"), Ends(s, "x", w, "…")} {
			if Width(p) != w {
				t.Fatalf("%q is %d cells, want %d", p, Width(p), w)
			}
		}
	})
}

func FuzzClean(f *testing.F) {
	f.Add("\x1b[2J\x9b1mx")
	f.Add("\x1b]52;c;AAAA\x07")
	f.Fuzz(func(t *testing.T, s string) {
		c := Clean(s)
		if !utf8.ValidString(c) || strings.ContainsFunc(c, func(r rune) bool { return r < 0x20 || r >= 0x7f && r < 0xa0 }) {
			t.Fatalf("%q leaves %q", s, c)
		}
	})
}
