package text

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"fathom/sim/report"
	"fathom/state"
	"fathom/state/field"
	"fathom/state/table"
)

func must(s string, _ bool) string { return s }

func english(t *testing.T) *Catalog {
	t.Helper()
	c, err := Load("en")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestFillsNamesOnce(t *testing.T) {
	c, err := Parse("en", "[a]\nb = 'x {n} of {all} {unknown}'\nn = '{n} things'\nn_one = 'one thing'")
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct{ got, want string }{
		{c.T("a.b", "n", "{all}", "all", "9"), "x {all} of 9 {unknown}"},
		{c.T("a.missing"), "<a.missing>"},
		{c.N("a.n", 1, "1"), "one thing"},
		{c.N("a.n", 3, "3"), "3 things"},
	} {
		if x.got != x.want {
			t.Errorf("got %q, want %q", x.got, x.want)
		}
	}
	if _, err := Parse("en", "a = 3"); err == nil || !strings.Contains(err.Error(), "a") {
		t.Errorf("a number is no text: %v", err)
	}
}

func TestLanguageFollowsFlagThenLocale(t *testing.T) {
	env := func(pairs ...string) func(string) string {
		return func(k string) string {
			if i := slices.Index(pairs, k); i >= 0 {
				return pairs[i+1]
			}
			return ""
		}
	}
	for _, x := range []struct {
		flag string
		env  func(string) string
		want string
	}{
		{"en", env("LANG", "zh_CN.UTF-8"), "en"}, {"", env("LANG", "zh_CN.UTF-8"), "zh"}, {"", env(), "en"},
		{"", env("LC_ALL", "C", "LANG", "zh_CN.UTF-8"), "en"},
	} {
		if got := Detect(x.flag, x.env); got != x.want {
			t.Errorf("%q: got %s, want %s", x.flag, got, x.want)
		}
	}
	if _, err := Load("xx"); err == nil || !strings.Contains(err.Error(), "en and zh") {
		t.Errorf("unknown language: %v", err)
	}
}

// Every key that stands in the source of ui is in the catalog.
func TestKeysOfTheSource(t *testing.T) {
	c := english(t)
	call := regexp.MustCompile(`(?:\bt|\bT|\bN)\("([a-z][a-z_.0-9-]*[a-z0-9])"`)
	err := filepath.WalkDir("..", func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		raw, err := os.ReadFile(path)
		for _, m := range call.FindAllStringSubmatch(string(raw), -1) {
			if strings.Contains(m[1], ".") && !c.Has(m[1]) {
				t.Errorf("%s: text %s is missing", path, m[1])
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Every key that follows from a list of the program is in the catalog.
func TestKeysOfTheLists(t *testing.T) {
	c := english(t)
	need := func(key string) {
		if !c.Has(key) {
			t.Errorf("text %s is missing", key)
		}
	}
	for a := state.NoAction + 1; a < state.NumActions; a++ {
		need("action." + a.String())
	}
	for _, b := range state.Bindings {
		need("help." + b.Group)
	}
	for i := range table.Columns {
		need("column." + table.Columns[i].Key)
	}
	for i := range field.Table {
		f := &field.Table[i]
		need("group." + string(f.Group))
		need(f.Text() + ".label")
		need(f.Text() + ".help")
	}
	for s := field.You; s < field.NumSources; s++ {
		need("source." + s.Key())
	}
	for d := range state.NumDetails {
		need("detail." + d.String())
	}
	for _, s := range []report.Severity{report.Error, report.Warning, report.Assumption, report.Note} {
		need("severity." + string(s))
	}
	for _, s := range []report.Status{report.OK, report.OOM, report.OverTPOT, report.OverTTFT, report.Invalid} {
		need("status." + string(s))
	}
	for k := state.TheCommand; k <= state.TheReport; k++ {
		need("copy." + k.String())
	}
}

// What state says by key is in the catalog: notices, reasons, menu items, prompts.
func TestKeysOfTheMachine(t *testing.T) {
	c := english(t)
	said := regexp.MustCompile(`(?:say|warn)\("([a-z-]+)"`)
	off := regexp.MustCompile(`reason\([^"]*"([a-z-]+)"\)`)
	files, _ := filepath.Glob("../../state/*.go")
	if len(files) == 0 {
		t.Fatal("no source of state")
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for prefix, re := range map[string]*regexp.Regexp{"notice.": said, "off.": off} {
			for _, m := range re.FindAllStringSubmatch(string(raw), -1) {
				if !c.Has(prefix + m[1]) {
					t.Errorf("%s: text %s%s is missing", file, prefix, m[1])
				}
			}
		}
	}
}

var places = regexp.MustCompile(`\{@?[a-z_0-9-]+\}`)

// A translation has every key of the English catalog, with the same places in it.
func TestLanguagesAgree(t *testing.T) {
	en := english(t)
	for _, lang := range Languages[1:] {
		other, err := Load(lang)
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range en.Keys() {
			if strings.HasSuffix(key, "_one") {
				continue
			}
			s, ok := other.Own(key)
			if !ok {
				t.Errorf("%s: text %s is missing", lang, key)
				continue
			}
			a, b := places.FindAllString(must(en.Own(key)), -1), places.FindAllString(s, -1)
			slices.Sort(a)
			slices.Sort(b)
			if !slices.Equal(a, b) {
				t.Errorf("%s: %s has places %v, want %v", lang, key, b, a)
			}
		}
		for _, key := range other.Keys() {
			prefix, _, _ := strings.Cut(key, ".")
			// What the engine and the field table say in English by themselves is in no English catalog.
			if _, ok := en.Own(key); !ok && !slices.Contains([]string{"issue", "explain", "launch", "said"}, prefix) {
				t.Errorf("%s: text %s is in no English catalog", lang, key)
			}
		}
	}
}

// A key stands in one file of its language, or two hands would mend different ones.
func TestNoKeyTwice(t *testing.T) {
	for _, lang := range Languages {
		where := map[string]string{}
		files, _ := filepath.Glob("../../assets/text/" + lang + "*.toml")
		for _, f := range files {
			raw, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			c, err := Parse(lang, string(raw))
			if err != nil {
				t.Fatal(err)
			}
			for _, key := range c.Keys() {
				if where[key] != "" {
					t.Errorf("%s stands in %s and in %s", key, where[key], f)
				}
				where[key] = f
			}
		}
	}
}
