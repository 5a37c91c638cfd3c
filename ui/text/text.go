// Package text looks up what the screens say. Every sentence lives in a catalog in assets, one a language, so that a
// translation is one file and no code.
package text

import (
	"fmt"
	"io/fs"
	"path"
	"sort"
	"strings"
	"sync"

	"fathom/assets"
	"fathom/ui/cell"

	"github.com/BurntSushi/toml"
)

// Catalog is the texts of one language by dotted key ("form.title"). It is read-only and may be shared between
// sessions.
type Catalog struct {
	Lang     string
	entries  map[string]string
	fallback *Catalog // English, for a key that a translation lacks
	ascii    bool
	whole    map[string]string // sentences of the program, see Say
	phrases  []phrase
}

// Languages with a catalog, the first one complete by definition.
var Languages = []string{"en", "zh"}

var load = sync.OnceValues(func() (map[string]*Catalog, error) {
	all := make(map[string]*Catalog)
	for _, lang := range Languages {
		c, err := read(lang)
		if err != nil {
			return nil, err
		}
		c.fallback = all[Languages[0]]
		all[lang] = c
	}
	return all, nil
})

// Load gives the catalog of a language. The catalogs are part of the program, so an unreadable one is a defect that the
// tests find; a language without a catalog is the user's error.
func Load(lang string) (*Catalog, error) {
	all, err := load()
	if err != nil {
		return nil, err
	}
	if c, ok := all[lang]; ok {
		return c, nil
	}
	return nil, fmt.Errorf("language %q: there are %s", cell.Clean(lang), strings.Join(Languages, " and "))
}

// read puts the files of one language together: en.toml and en-*.toml.
func read(lang string) (*Catalog, error) {
	files, err := fs.Glob(assets.Text, path.Join("text", lang+"*.toml"))
	if err != nil {
		return nil, err
	}
	all := &Catalog{Lang: lang, entries: make(map[string]string)}
	for _, file := range files {
		raw, err := assets.Text.ReadFile(file)
		if err != nil {
			return nil, err
		}
		c, err := Parse(lang, string(raw))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		for key, s := range c.entries {
			all.entries[key] = s
		}
	}
	all.whole, all.phrases = phrases(all.entries)
	return all, nil
}

// Parse reads a catalog: nested tables of strings, flattened to dotted keys.
func Parse(lang, source string) (*Catalog, error) {
	var tree map[string]any
	if _, err := toml.Decode(source, &tree); err != nil {
		return nil, fmt.Errorf("text catalog %s: %w", lang, err)
	}
	c := &Catalog{Lang: lang, entries: make(map[string]string)}
	if err := flatten(c.entries, "", tree); err != nil {
		return nil, fmt.Errorf("text catalog %s: %w", lang, err)
	}
	c.whole, c.phrases = phrases(c.entries)
	return c, nil
}

func flatten(into map[string]string, prefix string, tree map[string]any) error {
	for name, v := range tree {
		switch v := v.(type) {
		case string:
			into[prefix+name] = strings.Trim(v, "\n")
		case map[string]any:
			if err := flatten(into, prefix+name+".", v); err != nil {
				return err
			}
		default:
			return fmt.Errorf("%s%s: %v is not a string", prefix, name, v)
		}
	}
	return nil
}

// Plain gives a copy of the catalog whose marks are ASCII, for --ascii.
func (c *Catalog) Plain() *Catalog {
	p := *c
	p.ascii = true
	return &p
}

// Has reports whether the catalog, or English, knows a key.
func (c *Catalog) Has(key string) bool {
	_, ok := c.find(key)
	return ok
}

func (c *Catalog) find(key string) (string, bool) {
	for ; c != nil; c = c.fallback {
		if s, ok := c.entries[key]; ok {
			return s, true
		}
	}
	return "", false
}

// T gives the text of a key with its {names} filled in from name, value pairs. A missing key shows itself, in angle
// brackets.
func (c *Catalog) T(key string, pairs ...string) string {
	s, ok := c.find(key)
	if !ok {
		return "<" + key + ">"
	}
	if len(pairs) > 0 && strings.IndexByte(s, '{') >= 0 {
		s = fill(s, pairs)
	}
	if c.ascii {
		s = cell.ASCII(s)
	}
	return s
}

// N is T for a count: key_one is used for 1 where the language has it. {n} is the count as printed.
func (c *Catalog) N(key string, n int, printed string, pairs ...string) string {
	if _, own := c.entries[key+"_one"]; n == 1 && own {
		key += "_one"
	}
	return c.T(key, append([]string{"n", printed}, pairs...)...)
}

// fill replaces {name} by its value in one pass, so that braces inside a value stay as they are.
func fill(s string, pairs []string) string {
	var b strings.Builder
	for {
		i := strings.IndexByte(s, '{')
		if i < 0 {
			break
		}
		j := strings.IndexByte(s[i:], '}')
		if j < 0 {
			break
		}
		b.WriteString(s[:i])
		name, found := s[i+1:i+j], false
		for k := 0; k+1 < len(pairs); k += 2 {
			if pairs[k] == name {
				b.WriteString(pairs[k+1])
				found = true
				break
			}
		}
		if !found {
			b.WriteString(s[i : i+j+1])
		}
		s = s[i+j+1:]
	}
	b.WriteString(s)
	return b.String()
}

// Keys lists every key of the catalog itself, sorted; tests compare languages with it.
func (c *Catalog) Keys() []string {
	keys := make([]string, 0, len(c.entries))
	for k := range c.entries {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// Detect picks the language: the flag, else the locale of the environment, else English. A locale whose characters are
// not UTF-8, and the Linux console, cannot show Chinese.
func Detect(flag string, getenv func(string) string) string {
	if flag != "" {
		return flag
	}
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		v := strings.ToLower(getenv(name))
		if v == "" {
			continue
		}
		_, charset, named := strings.Cut(v, ".")
		charset, _, _ = strings.Cut(charset, "@")
		if strings.HasPrefix(v, "zh") && (!named || charset == "utf-8" || charset == "utf8") && getenv("TERM") != "linux" {
			return "zh"
		}
		break // POSIX: the first one that is set decides
	}
	return Languages[0]
}
