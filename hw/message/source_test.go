package message

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var placeOf = regexp.MustCompile(`\{([0-9]+)(?::[^}]*)?\}`)

// filled lists the arguments that a text uses, each once.
func filled(text string) (list []int) {
	for _, m := range placeOf.FindAllStringSubmatch(text, -1) {
		n, _ := strconv.Atoi(m[1])
		list = append(list, n)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// key is a text of a source that names a message.
var key = regexp.MustCompile(`^[a-z]+(\.[a-z_-]+)+$`)

// calls gives every call of New, Fault and badInput with a key that stands in the source: key and number of arguments,
// -1 where a list is passed; and every other text that looks like a key.
func calls(t *testing.T, visit func(file, key string, args int)) {
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		tree, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
				if s, _ := strconv.Unquote(l.Value); key.MatchString(s) {
					visit(path, s, -1)
				}
			}
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			at, table := 0, "" // where the key stands among the arguments, and what comes before it
			switch f := call.Fun.(type) {
			case *ast.Ident:
				if f.Name != "badInput" {
					return true
				}
				at = 1
			case *ast.SelectorExpr:
				of, ok := f.X.(*ast.Ident)
				if ok && of.Name == "r" && f.Sel.Name == "fault" { // what is wrong in a profile
					at, table = 2, "profile."
					break
				}
				if !ok || of.Name != "message" || f.Sel.Name != "New" && f.Sel.Name != "Fault" {
					return true
				}
			default:
				return true
			}
			if l, ok := call.Args[at].(*ast.BasicLit); ok {
				key, _ := strconv.Unquote(l.Value)
				args := len(call.Args) - 1 - at
				if call.Ellipsis.IsValid() {
					args = -1
				}
				visit(path, table+key, args)
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	engines, _ := filepath.Glob("../../assets/engines/*.toml")
	for _, path := range engines { // what launch templates warn of, and what rules say
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range warned.FindAllStringSubmatch(string(raw), -1) {
			visit(path, m[1], -1)
		}
		for _, m := range ruled.FindAllStringSubmatch(string(raw), -1) {
			visit(path, m[1], strings.Count(m[2], `"`)/2)
		}
	}
}

var (
	warned = regexp.MustCompile(`\bwarn "([^"]*)"`)
	ruled  = regexp.MustCompile(`\bsays = "([^"]*)"\nnumbers = \[([^\]]*)\]`)
)

// spoken are the tables of which every key that the source names must be there.
var spoken = []string{"explain", "launch", "rule", "suggest", "failure"}

// Every message of the source has its text, with a place for each argument and none besides.
func TestMessagesOfTheSourceHaveTexts(t *testing.T) {
	en, said := Load("en"), 0
	calls(t, func(file, key string, args int) {
		said++
		text, ok := en.Own(key)
		if word, _, _ := strings.Cut(key, "."); !ok && args < 0 && !slices.Contains(spoken, word) {
			return // not a key
		}
		if !ok {
			t.Errorf("%s: text %s is missing", file, key)
			return
		}
		places := filled(text)
		for i, n := range places {
			if i != n {
				t.Errorf("%s: %q leaves argument %d out", key, text, i)
				break
			}
		}
		if args >= 0 && len(places) != args {
			t.Errorf("%s: %s has %d arguments for %q", file, key, args, text)
		}
	})
	if said < 40 {
		t.Errorf("only %d messages found", said)
	}
}

var counted = regexp.MustCompile(`^\{0\} (usable )?(requests|sessions|replicas|devices|rows|pairs|lines|points|runs|passes|` +
	`deployments|configurations)\b`)

// A text that begins with a count has one for a count of one, which fills no other places.
func TestCountsOfOneAreWorded(t *testing.T) {
	en := Load("en")
	found := 0
	for _, key := range en.Keys() {
		text, _ := en.Own(key)
		one, ok := en.Own(key + "_one")
		if counted.MatchString(text) && !strings.Contains(text, "more than") && !strings.Contains(text, " a second") {
			if found++; !ok {
				t.Errorf("%s: %q of one is not worded", key, text)
			}
		}
		for _, place := range filled(one) {
			if !slices.Contains(filled(text), place) {
				t.Errorf("%s_one: %q fills {%d}, which %q does not", key, one, place, text)
			}
		}
	}
	if found < 25 {
		t.Errorf("only %d texts of counts found", found)
	}
}

// A translation fills the same places as the English, and has no text that English lacks.
func TestLanguagesFillTheSamePlaces(t *testing.T) {
	en := Load("en")
	for _, lang := range Languages[1:] {
		other := Load(lang)
		for _, key := range en.Keys() {
			a, _ := en.Own(key)
			b, ok := other.Own(key)
			if !ok && !strings.HasSuffix(key, "_one") {
				t.Errorf("%s: text %s is missing", lang, key)
			}
			if ok && !slices.Equal(filled(a), filled(b)) {
				t.Errorf("%s: %s: %q fills other places than %q", lang, key, b, a)
			}
		}
	}
}
