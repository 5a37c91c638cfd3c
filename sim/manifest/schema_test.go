package manifest

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// rule is one line of a table of fields: a path, what may stand there, and whether it must.
type rule struct {
	path     string
	kind     string
	required bool
}

// schemas reads the tables of testdata; parts that others include are filled in.
func schemas(t *testing.T) map[string][]rule {
	t.Helper()
	raw, out := map[string][]rule{}, map[string][]rule{}
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		section := ""
		for s := bufio.NewScanner(f); s.Scan(); {
			words := strings.Fields(s.Text())
			switch {
			case len(words) == 0 || words[0] == "#":
			case strings.HasPrefix(s.Text(), "["):
				section = strings.Trim(s.Text(), "[]")
			case len(words) == 1:
				raw[section] = append(raw[section], rule{"", words[0], false})
			default:
				raw[section] = append(raw[section], rule{words[0], words[1], len(words) > 2})
			}
		}
		f.Close()
	}
	var fill func(prefix, section string) []rule
	fill = func(prefix, section string) (rules []rule) {
		if raw[section] == nil {
			t.Fatalf("no table %q", section)
		}
		for _, r := range raw[section] {
			path := strings.TrimPrefix(prefix+"."+r.path, ".")
			if r.path == "" {
				path = prefix
			}
			if part, ok := strings.CutPrefix(r.kind, "@"); ok {
				rules = append(rules, fill(path, part)...)
				continue
			}
			rules = append(rules, rule{path, r.kind, r.required})
		}
		return rules
	}
	for section := range raw {
		out[section] = fill("", section)
	}
	return out
}

var quantity = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?$`)

// is tells whether a value is what a table says.
func is(kind string, v any) bool {
	s, text := v.(string)
	switch kind {
	case "string":
		return text
	case "quantity":
		return text && quantity.MatchString(s)
	case "int":
		switch n := v.(type) {
		case int:
			return true
		case float64:
			return n == float64(int(n))
		}
		return false
	case "bool":
		_, ok := v.(bool)
		return ok
	case "list":
		_, ok := v.([]any)
		return ok
	case "object":
		_, ok := v.(map[string]any)
		return ok
	}
	return slices.Contains(strings.Split(kind, "|"), fmt.Sprint(v))
}

// hold checks a document against a table: every field is known and of its type, what is required is there.
func hold(t *testing.T, what string, doc any, rules []rule) {
	t.Helper()
	var walk func(concrete string, patterns []string, v any)
	match := func(patterns []string, key string) (out []string) {
		for _, p := range patterns {
			for _, r := range rules {
				rest, ok := strings.CutPrefix(r.path, p)
				if p != "" && ok {
					rest, ok = strings.CutPrefix(rest, ".")
				}
				if !ok {
					continue
				}
				for _, want := range []string{key, "*"} {
					if own := strings.TrimPrefix(p+"."+want, "."); (rest == want || strings.HasPrefix(rest, want+".") ||
						strings.HasPrefix(rest, want+"[")) && !slices.Contains(out, own) {
						out = append(out, own)
					}
				}
			}
		}
		return out
	}
	walk = func(concrete string, patterns []string, v any) {
		if concrete != "" {
			known, right := false, false
			for _, r := range rules {
				if slices.Contains(patterns, r.path) {
					known = true
					right = right || is(r.kind, v)
				}
			}
			_, object := v.(map[string]any)
			if !known && !(object && strings.HasSuffix(concrete, "]")) { // elements of lists are objects without a line
				t.Errorf("%s: %s is no field of the schema", what, concrete)
			} else if known && !right {
				t.Errorf("%s: %s is %v", what, concrete, v)
			}
		}
		switch v := v.(type) {
		case map[string]any:
			for key, x := range v {
				walk(strings.TrimPrefix(concrete+"."+key, "."), match(patterns, key), x)
			}
			for _, r := range rules {
				parent, key := "", r.path
				if i := strings.LastIndex(r.path, "."); i >= 0 {
					parent, key = r.path[:i], r.path[i+1:]
				}
				if r.required && slices.Contains(patterns, parent) {
					if _, ok := v[key]; !ok {
						t.Errorf("%s: %s misses %s", what, concrete, key)
					}
				}
			}
		case []any:
			var inner []string
			for _, p := range patterns {
				inner = append(inner, p+"[]")
			}
			for i, x := range v {
				walk(fmt.Sprintf("%s[%d]", concrete, i), inner, x)
			}
		}
	}
	walk("", []string{""}, doc)
}

// The checker finds what it is for.
func TestTheCheckerChecks(t *testing.T) {
	rules := schemas(t)["Service v1"]
	good := map[string]any{"apiVersion": "v1", "kind": "Service", "metadata": map[string]any{"name": "a"},
		"spec": map[string]any{"ports": []any{map[string]any{"port": 1}}}}
	hold(t, "good", good, rules)
	for name, bad := range map[string]any{
		"unknown field": map[string]any{"apiVersion": "v1", "kind": "Service", "metadata": map[string]any{"name": "a"},
			"spec": map[string]any{"port": 1}},
		"wrong type": map[string]any{"apiVersion": "v1", "kind": "Service", "metadata": map[string]any{"name": 1},
			"spec": map[string]any{}},
		"missing": map[string]any{"apiVersion": "v1", "kind": "Service", "metadata": map[string]any{"name": "a"},
			"spec": map[string]any{"ports": []any{map[string]any{"name": "x"}}}},
		"not a choice": map[string]any{"apiVersion": "v1", "kind": "Service", "metadata": map[string]any{"name": "a"},
			"spec": map[string]any{"ports": []any{map[string]any{"port": 1, "protocol": "HTTP"}}}},
	} {
		inner := &testing.T{}
		hold(inner, name, bad, rules)
		if !inner.Failed() {
			t.Errorf("%s passes", name)
		}
	}
}
