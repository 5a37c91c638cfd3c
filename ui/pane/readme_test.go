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
	"confirm 80x24":  func() *sample.Session { return real(oneProfile()) },
	"results 120x40": func() *sample.Session { return real(oneProfile()).Do(state.Accept) },
	"form 80x24": func() *sample.Session {
		a := oneProfile()
		a[field.OutputLength] = field.Answer{}
		return real(a).Do(state.Suggest)
	},
}

// oneProfile is the plan of the README's first command.
func oneProfile() field.Answers {
	a := sample.Flagship()
	a[field.Device].Text = sample.A3
	for i := range a {
		if a[i].Given() {
			a[i].Source = field.FromFlag
		}
	}
	return a
}

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

// keyTable is the one binding list in Markdown, by the groups of the help overlay.
func keyTable(c *text.Catalog) string {
	var groups []string
	rows := map[string][]string{}
	for i := range state.Bindings {
		b := &state.Bindings[i]
		if !slices.Contains(groups, b.Group) {
			groups = append(groups, b.Group)
		}
		row := fmt.Sprintf("| %s | %s |", keyCodes(b.Keys), c.T(b.Text()))
		if !slices.Contains(rows[b.Group], row) {
			rows[b.Group] = append(rows[b.Group], row)
		}
	}
	var out strings.Builder
	for _, g := range groups {
		fmt.Fprintf(&out, "\n| %s | |\n|---|---|\n%s\n", c.T("help."+g), strings.Join(rows[g], "\n"))
	}
	return out.String() + "\n"
}

// keyCodes writes keys as code. A bar would end a table's cell.
func keyCodes(keys []string) string {
	out := make([]string, len(keys))
	for i, k := range keys {
		out[i] = "`" + strings.ReplaceAll(KeyName(k), "|", "\\|") + "`"
	}
	return strings.Join(out, " ")
}
