package style

import (
	"os"
	"strings"
	"testing"

	"github.com/muesli/termenv"
)

func env(pairs ...string) func(string) string {
	m := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = pairs[i+1]
	}
	return func(k string) string { return m[k] }
}

func TestInks(t *testing.T) {
	for _, c := range []struct {
		name    string
		profile termenv.Profile
		want    string
	}{
		{"no colour at all", termenv.Ascii, "x"},
		{"sixteen colours", termenv.ANSI, "\x1b[1;36mx\x1b[0m"},
	} {
		th := Make(&strings.Builder{}, c.profile, Wish{Palette: Auto}, env())
		if got := th.Accent.Paint("x"); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		if th.Accent.Paint("") != "" || th.Text.Paint("x") != "x" {
			t.Errorf("%s: empty text and plain text stay as they are", c.name)
		}
	}
}

// Every theme keeps to the sixteen colours of the terminal, whose owner has made them readable.
func TestThemesUseSixteenColours(t *testing.T) {
	for _, p := range order {
		th := Make(&strings.Builder{}, termenv.TrueColor, Wish{Palette: p}, env())
		for _, k := range []Ink{th.Accent, th.Good, th.Warn, th.Bad, th.Source, th.Mem, th.Comm, th.Cube, th.Vec, th.Limit} {
			if strings.Contains(k.open, "38;") || k.open == "" {
				t.Errorf("%s: %q", p, k.open)
			}
		}
	}
}

func TestWishesAndEnvironment(t *testing.T) {
	for _, c := range []struct {
		name   string
		wish   Wish
		env    func(string) string
		ascii  bool
		accent string
	}{
		{"nothing said", Wish{}, env(), false, "6"},
		{"dark terminal says so", Wish{}, env("COLORFGBG", "15;0"), false, "14"},
		{"light terminal says so", Wish{}, env("COLORFGBG", "0;default;15"), false, "4"},
		{"nonsense", Wish{}, env("COLORFGBG", "x;99"), false, "6"},
		{"a chosen theme wins", Wish{Palette: Dark}, env("COLORFGBG", "0;15"), false, "14"},
		{"an unknown theme", Wish{Palette: "pink"}, env(), false, "6"},
		{"ASCII by flag", Wish{ASCII: true}, env("LANG", "en_US.UTF-8"), true, "6"},
		{"ASCII by locale", Wish{}, env("LC_ALL", "C", "LANG", "en_US.UTF-8"), true, "6"},
		{"the console", Wish{}, env("TERM", "linux", "LANG", "en_US.UTF-8"), true, "6"},
		{"East Asian widths", Wish{}, env("RUNEWIDTH_EASTASIAN", "1", "LANG", "zh_CN.UTF-8"), true, "6"},
	} {
		th := Make(&strings.Builder{}, termenv.ANSI, c.wish, c.env)
		if th.ASCII != c.ascii {
			t.Errorf("%s: ASCII %v", c.name, th.ASCII)
		}
		want := map[string]string{"6": "36", "14": "96", "4": "34"}[c.accent]
		if !strings.Contains(th.Accent.open, want) {
			t.Errorf("%s: accent %q, want colour %s", c.name, th.Accent.open, c.accent)
		}
	}
}

// NO_COLOR wins over all; CLICOLOR_FORCE gives colour to a pipe (no-color.org, bixense.com/clicolors).
func TestColourVariables(t *testing.T) {
	pipe, err := os.CreateTemp(t.TempDir(), "out")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name           string
		noColor, force string
		wish           Wish
		want           bool
	}{
		{name: "a pipe", want: false},
		{name: "forced", force: "1", want: true},
		{name: "forced with 0", force: "0", want: false},
		{name: "NO_COLOR", noColor: "1", force: "1", want: false},
		{name: "--no-color", force: "1", wish: Wish{NoColor: true}, want: false},
	} {
		t.Setenv("NO_COLOR", c.noColor)
		t.Setenv("CLICOLOR_FORCE", c.force)
		if got := Terminal(pipe, c.wish, os.Getenv).Color; got != c.want {
			t.Errorf("%s: colour %v", c.name, got)
		}
	}
}

func TestAfterGoesRound(t *testing.T) {
	for _, c := range []struct {
		name string
		n    int
		want string
	}{{"auto", 1, "dark"}, {"light", 1, "auto"}, {"", 1, "dark"}, {"dark", 4, "light"}} {
		if got := After(c.name, c.n); got != c.want {
			t.Errorf("%q + %d: %s, want %s", c.name, c.n, got, c.want)
		}
	}
}

// Every mark is one cell wide, or lines would shift.
func TestMarksAreOneCell(t *testing.T) {
	for _, m := range []Marks{unicodeMarks, asciiMarks} {
		for _, s := range append([]string{m.Rule, m.Bar, m.Corner, m.Focus, m.Cursor, m.Marked, m.On, m.Off, m.Dot, m.Down,
			m.Up, m.More, m.Arrow,
			m.Full, m.BarLeft, m.BarRight, m.Empty, m.Caret}, m.Spinner...) {
			if len([]rune(s)) != 1 {
				t.Errorf("%q", s)
			}
		}
	}
}
