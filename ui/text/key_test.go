package text

import (
	"regexp"
	"strings"
	"testing"

	"fathom/state"
)

// Keys can be given to other actions, so that no text may name one by itself: it asks for the key of the action. What
// keeps its keys whatever is wished (enter, esc, q, the answers of questions) may stand in a text.
func TestTextsAskForKeys(t *testing.T) {
	asked := regexp.MustCompile(`\{@([a-z-]*)\}`)
	named := regexp.MustCompile(`\bF[1-9]\b|\bctrl\+|[^A-Za-z0-9{@-][XFfamrBWDKHw] (?:switches|flips|asks|reads|shows|keeps|` +
		`puts|prices|releases)|\([a-zA-Z]\)|按 [A-Za-z](?:[^A-Za-z0-9]|$)|（[a-zA-Z] (?:切换|显示|计算)|(?:, |，)[A-Za-z]$`)
	free := map[string]bool{"notice.no-clipboard": true, // the terminal's own keys
		"settings.key": true, "bad.keys": true} // examples of keys
	for _, lang := range Languages {
		c, err := Load(lang)
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range c.Keys() {
			s, _ := c.Own(key)
			for _, m := range asked.FindAllStringSubmatch(s, -1) {
				if state.ActionNamed(m[1]) == state.NoAction {
					t.Errorf("%s: %s asks for the key of %q, which is no action", lang, key, m[1])
				}
			}
			section, _, _ := strings.Cut(key, ".")
			if section == "command" || section == "flag" || section == "lines" || free[key] {
				continue
			}
			if said := named.FindString(s); said != "" {
				t.Errorf("%s: %s names a key by itself (%q): %s", lang, key, said, s)
			}
		}
	}
}

func TestKeyOfAnAction(t *testing.T) {
	was := state.Bindings
	defer func() { state.Bindings = was }()
	c := english(t)
	if got := c.T("fold", "n", "3"); got != "<fold>" && strings.Contains(got, "{@") {
		t.Error(got)
	}
	before := c.T("off.no-runs")
	var problems []string
	list, said := state.Rebound(was, map[string][]string{"measured-file": {"f8"}, "exhaustive": {}})
	for _, p := range said {
		problems = append(problems, p.String())
	}
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	state.Bindings = list
	if after := c.T("off.no-runs"); before == after || !strings.Contains(after, "F8") {
		t.Errorf("%q became %q", before, after)
	}
	if got := c.T("notice.exhaustive-already"); !strings.Contains(got, ": exhaustive") {
		t.Errorf("an action without a key is reached through the palette: %q", got)
	}
	if got := c.T("notice.opened", "n", "3", "path", "{@quit}"); !strings.Contains(got, "{@quit}") {
		t.Errorf("a value was read as a text: %q", got)
	}
}

// A clause about a key goes where the key does nothing: for those who watch, and in front of a room.
func TestKeyless(t *testing.T) {
	c := english(t)
	said := func(c *Catalog) string {
		return c.T("notes.exhaustive", "v", "1,823", "change", "+10.9%", "label", "[[TP=4]]")
	}
	if got, want := said(c), "Exhaustive search: 1,823 tok/s (+10.9%) with [[TP=4]]. X switches."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := said(c.Keyless()), "Exhaustive search: 1,823 tok/s (+10.9%) with [[TP=4]]."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	for _, lang := range Languages {
		c, _ := Load(lang)
		for _, key := range c.Keys() {
			if s, _ := c.Own(key); strings.Count(s, "[[") != strings.Count(s, "]]") {
				t.Errorf("%s: %s: %s", lang, key, s)
			}
		}
	}
}
