package text

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/state/field"
)

func chinese(t testing.TB) *Catalog {
	t.Helper()
	c, err := Load("zh")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestSaysSentencesInTheLanguage(t *testing.T) {
	c, err := Parse("zh", `
[said.a]
"{0} needs {1} GiB more" = "{0}还缺 {1} GiB"
"{0} at batch {1}" = "批大小 {1} 时{0}"
"{n0} devices: {1}" = "{n0} 个设备：{1}"
"prefill" = "预填充"
"want {min, max}" = "应为 {min, max}"
`)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct{ english, want string }{
		{"prefill", "预填充"},
		{"prefill needs 3.20 GiB more", "预填充还缺 3.20 GiB"},
		{"prefill needs 3.20 GiB more at batch 7", "批大小 7 时预填充还缺 3.20 GiB"}, // a sentence in a sentence
		{"8 devices: prefill", "8 个设备：预填充"},
		{"some devices: prefill", "some devices: prefill"}, // {n…} is a number
		{"want {min, max}", "应为 {min, max}"},               // braces of their own
		{" needs 3 GiB more", " needs 3 GiB more"},         // a place is never empty
		{"TTFT 2053 > 2000 ms (+2.7%)", "TTFT 2053 > 2000 ms (+2.7%)"},
		{"", ""},
	} {
		if got := c.Say(x.english); got != x.want {
			t.Errorf("%q: got %q, want %q", x.english, got, x.want)
		}
	}
	if en := english(t); en.Say("prefill needs 1 GiB more") != "prefill needs 1 GiB more" || en.Knows("prefill") {
		t.Error("English says it as it is")
	}
}

func TestIssuesAndFindingsAreSaid(t *testing.T) {
	c := chinese(t)
	var said field.Answers
	said[field.TP] = field.Answer{Text: "16", Source: field.You}
	said[field.DeviceCount] = field.Answer{Text: "8", Source: field.You}
	_, issues := field.Request(said, field.Catalog{})
	want := "TP 取值 16：大于 8 个设备；请使用不超过 8 的取值"
	if !slices.ContainsFunc(issues, func(i report.Issue) bool { return c.Tell(i.Message) == want }) {
		t.Errorf("%q is not among %v", want, issues)
	}
	finding := message.New("explain.limit.memory", 23, message.New("reason.memory", plan.PhaseDecode, 1.5))
	if got, want := c.Tell(finding), "显存（批大小 23 时解码还缺 1.50 GiB）"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// spoken are the files whose sentences reach a screen or a report.
var spoken = []string{"sim/search/*.go", "sim/engine/*.go",
	"sim/engine/parse/failure.go", "sim/engine/parse/rule.go", "sim/engine/parse/report.go",
	"sim/report/document.go", "sim/report/tables.go", "sim/report/detail.go", "sim/report/beside.go",
	"sim/report/explanation.go",
	"state/field/rules_*.go", "state/failed.go", "sim/pass/check*.go", "sim/pass/new*.go",
	"sim/pass/gqa.go", "sim/pass/mla.go",
	"sim/pass/delta.go", "sim/pass/v4.go", "sim/pass/mtp.go", "sim/serve/lengthfile.go", "sim/model/load.go",
	"sim/model/family.go", "sim/model/text.go", "sim/model/reader.go", "sim/model/pattern.go", "sim/model/single.go",
	"sim/model/quantized.go", "sim/model/rule.go", "sim/model/blocks.go", "sim/model/experts.go", "sim/model/linear.go",
	"sim/model/spelling.go",
	"ui/compose.go", "ui/files.go", "ui/render.go", filepath.Join("ui", "work", "*.go")}

// silent are literals of those files that nobody reads as a sentence.
var silent = []string{"yaml: ", "[exit {}]\n", " and ", "inspected local file ", "P req/s", "D req/s", "Cube TFLOPS",
	"--qps N", "--traffic poisson", "--search exhaustive"}

var (
	verb  = regexp.MustCompile(`%[+#]?[0-9]*(?:\.[0-9]+)?[a-zA-Z]`)
	words = regexp.MustCompile(`[a-z]{3,}`)
)

// bare is a sentence or a format with its places emptied.
func bare(s string) string {
	s = place().ReplaceAllString(verb.ReplaceAllString(s, "{}"), "{}")
	return strings.ReplaceAll(s, "%%", "%")
}

// literals are the texts of a Go file that may be sentences: two words at least.
func literals(t *testing.T, file string) (out []string) {
	tree, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(tree, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.CallExpr:
			if f, ok := n.Fun.(*ast.SelectorExpr); ok && f.Sel.Name == "MustCompile" {
				return false
			}
			if f, ok := n.Fun.(*ast.Ident); ok && f.Name == "compile" {
				return false
			}
		case *ast.BinaryExpr: // a long sentence on two lines
			if s, ok := joined(n); ok {
				out = append(out, s)
				return false
			}
		case *ast.BasicLit:
			if s, err := strconv.Unquote(n.Value); err == nil && n.Kind == token.STRING {
				out = append(out, s)
			}
		}
		return true
	})
	return slices.DeleteFunc(out, func(s string) bool { return !words.MatchString(s) || !strings.Contains(s, " ") })
}

// joined is a sum of literals.
func joined(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		s, err := strconv.Unquote(e.Value)
		return s, err == nil && e.Kind == token.STRING
	case *ast.BinaryExpr:
		a, ok := joined(e.X)
		b, also := joined(e.Y)
		return a + b, ok && also && e.Op == token.ADD
	}
	return "", false
}

// Every sentence of those files has its Chinese.
func TestSentencesOfTheSourceAreTranslated(t *testing.T) {
	var known strings.Builder
	for _, key := range chinese(t).Keys() {
		if s, ok := strings.CutPrefix(key, said); ok {
			_, s, _ = strings.Cut(s, ".")
			known.WriteString(bare(s) + "\n")
		}
	}
	for _, pattern := range spoken {
		files, _ := filepath.Glob("../../" + pattern)
		if len(files) == 0 {
			t.Errorf("%s: no such files", pattern)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			for _, s := range literals(t, file) {
				if b := bare(s); !slices.Contains(silent, b) && !strings.Contains(known.String(), strings.TrimSpace(b)) {
					t.Errorf("%s: %q has no Chinese", file, s)
				}
			}
		}
	}
}

// A translated sentence is one that some file still says.
func TestTranslatedSentencesAreStillSaid(t *testing.T) {
	var source strings.Builder
	for _, dir := range []string{"assets/engines", "hw", "sim", "state", "ui"} {
		err := filepath.WalkDir("../../"+dir, func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") && !strings.Contains(path, "engines") ||
				strings.HasSuffix(path, "_test.go") {
				return err
			}
			raw, err := os.ReadFile(path)
			source.WriteString(strings.ReplaceAll(string(raw), "\" +\n\t\t\t\"", ""))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	families, err := os.ReadFile("../../assets/families.toml")
	if err != nil {
		t.Fatal(err)
	}
	source.Write(families)
	all := regexp.MustCompile(`"\s*\+\s*"`).ReplaceAllString(source.String(), "")
	for _, key := range chinese(t).Keys() {
		s, ok := strings.CutPrefix(key, said)
		// Go's library says those of the system
		if !ok || strings.HasPrefix(s, "system.") || strings.HasPrefix(s, "composed.") {
			continue
		}
		_, s, _ = strings.Cut(s, ".")
		for _, piece := range strings.Split(bare(s), "{}") {
			for _, part := range strings.Split(piece, "; ") { // sentences that are put together of two
				if part = strings.Trim(part, ` "',:;()=.`); len(part) > 3 &&
					!strings.Contains(all, strings.ReplaceAll(part, `"`, `\"`)) {
					t.Errorf("no file says %q of %q", part, s)
				}
			}
		}
	}
}

// Each sentence stands in one table only, and its places are all used.
func TestSentencesAreWhole(t *testing.T) {
	for _, lang := range Languages[1:] {
		c, err := Load(lang)
		if err != nil {
			t.Fatal(err)
		}
		once := map[string]bool{}
		for _, key := range c.Keys() {
			s, ok := strings.CutPrefix(key, said)
			if !ok {
				continue
			}
			_, s, _ = strings.Cut(s, ".")
			if once[s] {
				t.Errorf("%s: %q is translated twice", lang, s)
			}
			once[s] = true
			if a, b := sorted(place().FindAllString(s, -1)), sorted(place().FindAllString(must(c.Own(key)),
				-1)); !slices.Equal(a, b) {
				t.Errorf("%s: %q has places %v, want %v", lang, s, b, a)
			}
		}
	}
}

func sorted(list []string) []string {
	slices.Sort(list)
	return list
}
