package pane

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"fathom/sim/engine"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/state"
	"fathom/state/field"
	"fathom/ui/sample"
	"fathom/ui/text"

	"github.com/muesli/termenv"
)

const readme = "../../README.md"

// captures are the screens that the README shows, answered by the real engine.
var captures = map[string]func() *sample.Session{
	"results 120x40": planned,
}

// oneProfile is what the README's first command answers: read from the README, so that its screens are those of its
// command.
func oneProfile() field.Answers {
	data, err := os.ReadFile(readme)
	if err != nil {
		panic(err)
	}
	_, line, ok := strings.Cut(string(data), "\n    go run . ")
	line, _, _ = strings.Cut(line, "\n")
	p := field.FromArgs(strings.Fields(line), field.FromFlag, "")
	if !ok || len(p.Issues) > 0 {
		panic(fmt.Sprint("README.md: the first command is no plan: ", line, p.Issues))
	}
	return p.Answers
}

// planned is the answer of the real engine to it.
var planned = shared(func() *sample.Session { return real(oneProfile()).Do(state.Accept) })

func real(a field.Answers) *sample.Session {
	s := sample.Open(state.Options{Answers: a})
	s.Quiet = true
	s.Answer = func(q *plan.Request) *report.Report {
		r, err := engine.Embedded{}.Run(context.Background(), q, nil)
		if err != nil {
			panic(err)
		}
		r.ElapsedMS = 0.9 // the one figure that differs from run to run
		return r
	}
	return s
}

// The README shows what the program draws and lists the keys that it has; -update writes both anew.
func TestReadmeIsTrue(t *testing.T) {
	data, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile(`(?s)<!-- (screen: ([a-z ]+[0-9]+x[0-9]+)|keys) -->\n.*?<!-- end -->`)
	got := block.ReplaceAllStringFunc(string(data), func(old string) string {
		m := block.FindStringSubmatch(old)
		body := keyTable(texts(t, "en", false))
		if m[2] != "" {
			body = capture(t, m[2])
		}
		return fmt.Sprintf("<!-- %s -->\n%s<!-- end -->", m[1], body)
	})
	if *update {
		if err := os.WriteFile(readme, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, have := strings.Split(got, "\n"), strings.Split(string(data), "\n")
	for i := range min(len(want), len(have)) {
		if want[i] != have[i] {
			t.Fatalf("README.md, line %d (go test ./ui/pane -update writes it anew)\nwant %s\nhave %s", i+1, want[i], have[i])
		}
	}
	if len(want) != len(have) {
		t.Fatalf("README.md has %d lines, want %d", len(have), len(want))
	}
}

func capture(t *testing.T, name string) string {
	t.Helper()
	open, ok := captures[name]
	if !ok {
		t.Fatalf("README.md asks for the screen %q, which is not in this test", name)
	}
	var w, h int
	if _, err := fmt.Sscanf(name[strings.LastIndex(name, " ")+1:], "%dx%d", &w, &h); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString("\n")
	for _, l := range shoot(open(), theme(false, termenv.Ascii), texts(t, "en", false), w, h) {
		b.WriteString(strings.TrimRight("    "+l, " ") + "\n")
	}
	return b.String() + "\n"
}

// keyLine is one action of the table with every key that means it, in whichever situation, and what it is called in
// particular panes.
type keyLine struct {
	action state.Action
	keys   []string
	text   string
	own    []string
}

// listed are the groups of menus and lists, which show their keys themselves.
var listed = []string{"copy", "export", "leave", "library"}

// keyTable is the one binding list in Markdown, by the groups of the help overlay, one line an action.
func keyTable(c *text.Catalog) string {
	var groups []string
	lines := map[string][]*keyLine{}
	for i := range state.Bindings {
		b := &state.Bindings[i]
		if b.Scopes == state.InHelp || slices.Contains(listed, b.Group) {
			continue // a key that opens the help closes it too
		}
		if !slices.Contains(groups, b.Group) {
			groups = append(groups, b.Group)
		}
		at := slices.IndexFunc(lines[b.Group], func(l *keyLine) bool { return l.action == b.Action })
		if at < 0 {
			at = len(lines[b.Group])
			lines[b.Group] = append(lines[b.Group], &keyLine{action: b.Action, text: c.T(b.Text())})
		}
		l := lines[b.Group][at]
		l.name(c, b)
		for _, k := range b.Keys {
			if !slices.Contains(l.keys, k) {
				l.keys = append(l.keys, k)
			}
		}
	}
	var out strings.Builder
	for _, g := range groups {
		fmt.Fprintf(&out, "\n| %s | |\n|---|---|\n", c.T("help."+g))
		for _, l := range lines[g] {
			fmt.Fprintf(&out, "| %s | %s |\n", keyCodes(l.keys), strings.Join(append([]string{l.text}, l.own...), "; "))
		}
	}
	return out.String() + "\n"
}

// paneNames are the situations in which an action may have a name of its own, in the order of the journey.
var paneNames = []struct {
	scope state.Scope
	name  string
}{{state.InText, "form"}, {state.InConfirm, "confirm"}, {state.InRunning, "run"}, {state.InFailed, "failed run"},
	{state.InTable, "table"},
	{state.InDetail, "details"}, {state.InHeader, "what-if"}, {state.InKnob, "what-if value"}, {state.InFilter, "filter"},
	{state.InQuit, ""}}

// name adds what the action is called where it has a name of its own: "confirm: run". A binding of one situation has
// only that name.
func (l *keyLine) name(c *text.Catalog, b *state.Binding) {
	for _, p := range paneNames {
		key := "action_in." + scopeName(p.scope) + "." + strings.TrimPrefix(b.Text(), "action.")
		if b.Scopes&p.scope == 0 || !c.Has(key) {
			continue
		}
		switch own := p.name + ": " + c.T(key); {
		case b.Scopes == p.scope:
			l.text = strings.TrimPrefix(own, ": ")
		case p.name != "" && c.T(key) != c.T(b.Text()) && !slices.Contains(l.own, own):
			l.own = append(l.own, own)
		}
	}
}

// keyCodes writes keys as code. A bar would end a table's cell.
func keyCodes(keys []string) string {
	out := make([]string, len(keys))
	for i, k := range keys {
		out[i] = "`" + strings.ReplaceAll(text.KeyName(k), "|", "\\|") + "`"
	}
	return strings.Join(out, " ")
}
