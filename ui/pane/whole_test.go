package pane

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"fathom/hw/unraced"
	"fathom/state"

	"github.com/muesli/termenv"
)

// theSizes are those that people have, the least one, one below it, and none.
var theSizes = [][2]int{{0, 0}, {1, 1}, {60, 15}, {60, 16}, {80, 24}, {100, 30}, {120, 40}, {200, 60}}

// latin are words as they are cut: letters that belong together.
var latin = regexp.MustCompile(`[A-Za-z]{3,}`)

// broken are scenes with paths and commands that go on in the next line where the screen ends.
var broken = []string{"text", "present-command", "menu-copy", "copied", "measured-fit"}

// questions are scenes of results that differ in what was asked, so that their tabs differ.
var questions = []string{"results", "results-none", "results-speculation", "results-mix", "results-day", "measured",
	"ratio", "ratio-pools"}

// Every scene, every tab of results, in both languages at the sizes that people have: the frame fits, no two figures
// touch, the headline's row is in sight or said not to be, and no word is cut without a sign. A word is known if a text
// or a frame with room for everything has it.
func TestFramesOfAllTabsHoldWholeWords(t *testing.T) {
	unraced.Skip(t)
	for _, lang := range []string{"en", "zh"} {
		c := texts(t, lang, false)
		said := map[string]bool{}
		for _, key := range c.Keys() {
			text, _ := c.Own(key)
			learn(said, text)
		}
		for _, sc := range scenes {
			tabs := []state.Action{state.NoAction}
			if slices.Contains(questions, sc.name) {
				tabs = append(tabs, state.DetailBreakdown, state.DetailMemory, state.DetailPlot, state.DetailOps,
					state.DetailWhy, state.DetailSensitivity, state.DetailTraffic, state.DetailCalibration, state.DetailService,
					state.AllPoints, state.Cross, state.NextPart, state.Present, state.Help, state.SortMenu)
			}
			for _, tab := range tabs {
				s := sc.open()
				if tab != state.NoAction {
					s.Do(tab)
				}
				known := map[string]bool{}
				for _, z := range [][2]int{{500, 300}, {120, 300}} {
					for _, l := range shoot(s, theme(false, termenv.Ascii), c, z[0], z[1]) {
						learn(known, l)
					}
				}
				for _, z := range theSizes {
					name := sc.name + " " + tab.String() + " " + lang
					lines, p := shot(s, theme(false, termenv.Ascii), c, z[0], z[1])
					judge(t, lines, z[0], z[1], false, false)
					hidesNothing(t, p, lines)
					for _, l := range lines {
						if found := glued.FindString(l); found != "" {
							t.Errorf("%s at %v: two figures touch, %q in %q", name, z, found, l)
						}
						if word := half(l, said, known); word != "" && !slices.Contains(broken, sc.name) && z[0] >= 60 {
							t.Errorf("%s at %v: %q is cut without a sign:\n%s", name, z, word, l)
						}
					}
				}
			}
		}
	}
}

func learn(words map[string]bool, text string) {
	for _, w := range latin.FindAllString(text, -1) {
		words[w] = true
	}
}

// half is a word of a line that nobody says and that no sign of a cut follows.
func half(line string, known ...map[string]bool) string {
	for _, at := range latin.FindAllStringIndex(line, -1) {
		word, rest := line[at[0]:at[1]], line[at[1]:]
		whole := func(m map[string]bool) bool { return m[word] }
		if !slices.ContainsFunc(known, whole) && !strings.HasPrefix(rest, "…") {
			return word
		}
	}
	return ""
}
