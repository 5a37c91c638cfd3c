package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestTopics(t *testing.T) {
	l := newLab(t)
	for _, topic := range topics {
		o := l.run(t, "help", topic.name)
		if o.code != Done || !strings.HasPrefix(o.stdout, "# ") || len(o.stdout) < 1000 {
			t.Errorf("%s: exit %d, %d bytes, %s", topic.name, o.code, len(o.stdout), o.stderr)
		}
		if strings.Contains(o.stdout, "<!--") || strings.Contains(o.stdout, "\n\n\n") {
			t.Errorf("%s shows marks of its file, or the gaps they leave", topic.name)
		}
	}
	if o := l.run(t, "help"); !strings.Contains(o.stdout, "Topics (fathom help TOPIC):\n  model ") {
		t.Errorf("help lists no topics: %s", o.stdout)
	}
	if o := l.run(t, "help", "mode"); o.code != BadInput || !strings.Contains(o.stderr, "no such command or topic") {
		t.Errorf("%+v", o)
	}
}

var (
	citation = regexp.MustCompile(`\b(simulation-model|search-and-serving|serving-dynamics|corrected|calibration)` +
		`(?:\.md)?,? (?:chapters?|sections?)? ?(\d+(?:\.\d+)*[a-z]?|A(?:\.\d)?)\b`)
	headline = regexp.MustCompile(`(?m)^#+ (?:Appendix )?(\d+(?:\.\d+)*[a-z]?|A(?:\.\d)?)\b`)
)

// Every section that a comment cites stands in the texts.
func TestCitedSectionsExist(t *testing.T) {
	sections := map[string]map[string]bool{}
	files, _ := filepath.Glob("../../assets/docs/*.md")
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		own := map[string]bool{}
		for _, m := range headline.FindAllStringSubmatch(string(text), -1) {
			own[m[1]] = true
		}
		sections[strings.TrimSuffix(filepath.Base(f), ".md")] = own
	}
	cited := 0
	err := filepath.WalkDir("../..", func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() || filepath.Ext(path) != ".go" && filepath.Ext(path) != ".toml" {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		// a citation may be broken over two lines of a comment
		flat := regexp.MustCompile(`\n\s*(?://|#) ?`).ReplaceAllString(string(text), " ")
		for _, m := range citation.FindAllStringSubmatch(flat, -1) {
			cited++
			if !sections[m[1]][m[2]] {
				t.Errorf("%s cites %s %s, which fathom help does not have", path, m[1], m[2])
			}
		}
		return nil
	})
	if err != nil || cited < 100 {
		t.Errorf("%d citations, %v", cited, err)
	}
}
