package style

import (
	"io"
	"strconv"
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"
)

// Wish is what the user asked for by flag or config.
type Wish struct {
	NoColor bool
	ASCII   bool
	Palette Palette
}

// Terminal makes the theme of a local terminal from the user's wish and the environment, without a word to the terminal
// itself.
func Terminal(w io.Writer, wish Wish, getenv func(string) string) Theme {
	profile := termenv.NewOutput(w).EnvColorProfile()
	if profile == termenv.Ascii && forced(getenv) && getenv("NO_COLOR") == "" {
		profile = termenv.ANSI
	}
	if wish.NoColor {
		profile = termenv.Ascii
	}
	return Make(w, profile, wish, getenv)
}

// Make is Terminal with a known colour profile, as an SSH session has one.
func Make(w io.Writer, profile termenv.Profile, wish Wish, getenv func(string) string) Theme {
	r := lipgloss.NewRenderer(w, termenv.WithProfile(profile))
	r.SetColorProfile(profile)
	r.SetHasDarkBackground(true) // never asked: an answer would arrive as keys
	palette := wish.Palette
	if palette == "" || palette == Auto {
		palette = background(getenv("COLORFGBG"))
	}
	return New(r, palette, wish.ASCII || needsASCII(getenv))
}

func forced(getenv func(string) string) bool {
	v := getenv("CLICOLOR_FORCE")
	return v != "" && v != "0"
}

// background reads COLORFGBG ("15;0", "0;default;15"), which some terminals set; its last part is the background.
func background(v string) Palette {
	parts := strings.Split(v, ";")
	n, err := strconv.Atoi(parts[len(parts)-1])
	switch {
	case err != nil || len(parts) < 2 || n < 0 || n > 15:
		return Auto
	case n == 7 || n >= 9 && n != 12:
		return Light
	}
	return Dark
}

// needsASCII is true where line and block marks would not arrive as one cell: a locale that is not UTF-8, East Asian
// widths, or the Linux console, whose font has few of them.
func needsASCII(getenv func(string) string) bool {
	if getenv("RUNEWIDTH_EASTASIAN") == "1" || getenv("TERM") == "linux" {
		return true
	}
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := strings.ToLower(getenv(name)); v != "" {
			return !strings.Contains(v, "utf-8") && !strings.Contains(v, "utf8")
		}
	}
	return false // nothing said: every terminal of today speaks UTF-8
}
