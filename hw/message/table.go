package message

import (
	"fmt"
	"io/fs"
	"iter"
	"path"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"

	"fathom/assets"

	"github.com/BurntSushi/toml"
)

// Table is the texts of one language by dotted key ("form.title"). A part of a file is read when a key of its tables is
// first asked for. It may be shared between sessions.
type Table struct {
	Lang     string
	parts    map[string][]func() map[string]string // by the first word of a key: what has such keys
	fallback *Table                                // English, for a key that a translation lacks
}

// Languages with a table, the first one complete by definition.
var Languages = []string{"en", "zh"}

var tables = open()

// open prepares the tables of all languages.
func open() map[string]func() *Table {
	all := make(map[string]func() *Table, len(Languages))
	var complete func() *Table
	for _, lang := range Languages {
		fallback := complete
		all[lang] = sync.OnceValue(func() *Table {
			t := &Table{Lang: lang, parts: map[string][]func() map[string]string{}}
			if fallback != nil {
				t.fallback = fallback()
			}
			files, _ := fs.Glob(assets.Text, path.Join("text", lang+"-*.toml")) // the pattern is well formed
			for _, file := range files {
				data, err := assets.Text.ReadFile(file)
				if err != nil {
					panic(err)
				}
				t.add(file, string(data))
			}
			return t
		})
		if complete == nil {
			complete = all[lang]
		}
	}
	return all
}

// Load gives the table of a language, nil for a language without one. Tables are part of the program: a file that does
// not read panics, and a test reads them all.
func Load(lang string) *Table {
	if load, ok := tables[lang]; ok {
		return load()
	}
	return nil
}

// add lists the parts of a file under the first words of their keys.
func (t *Table) add(file, source string) {
	for part := range parts(source) {
		read := sync.OnceValue(func() map[string]string {
			entries, err := quick(part), error(nil)
			if entries == nil {
				entries, err = decode(part)
			}
			if err != nil {
				panic(fmt.Errorf("%s: %w", file, err))
			}
			return entries
		})
		for _, word := range heads(part) {
			t.parts[word] = append(t.parts[word], read)
		}
	}
}

// parts are what stands before the first table of a file, and every table with its name.
func parts(source string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for source != "" {
			end := len(source)
			if next := strings.Index(source, "\n["); next >= 0 {
				end = next + 1
			}
			if !yield(source[:end]) {
				return
			}
			source = source[end:]
		}
	}
}

// heads are the first words of the keys of a part, each once.
func heads(part string) (words []string) {
	for line := range strings.Lines(part) {
		name, table := strings.CutPrefix(line, "[")
		end := strings.IndexAny(name, ".] =")
		if end > 0 && name[0] != '#' && !slices.Contains(words, name[:end]) {
			words = append(words, name[:end])
		}
		if table {
			break
		}
	}
	return words
}

// quick reads a part of nothing but lines of one text each, a tenth of the time that any TOML takes; nil: it has more.
func quick(part string) map[string]string {
	entries, prefix := map[string]string{}, ""
	for line := range strings.Lines(part) {
		line = strings.TrimSuffix(line, "\n")
		if name, table := strings.CutPrefix(line, "["); table && strings.HasSuffix(name, "]") {
			prefix = strings.TrimSuffix(name, "]") + "."
			continue
		}
		if line == "" || line[0] == '#' {
			continue
		}
		key, quoted, ok := strings.Cut(line, " = ")
		text, err := strconv.Unquote(quoted)
		if bare := strings.Trim(key, `"`); !ok || err != nil || quoted[0] != '"' || strings.ContainsAny(bare, `'"\`) {
			return nil
		}
		entries[prefix+strings.Trim(key, `"`)] = strings.Trim(text, "\n")
	}
	return entries
}

// decode reads nested tables of strings, flattened to dotted keys.
func decode(source string) (map[string]string, error) {
	var tree map[string]any
	if _, err := toml.Decode(source, &tree); err != nil {
		return nil, err
	}
	entries := map[string]string{}
	return entries, flatten(entries, "", tree)
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

// Parse reads a table of one file, without a fallback.
func Parse(lang, source string) (*Table, error) {
	if _, err := decode(source); err != nil {
		return nil, fmt.Errorf("texts of %s: %w", lang, err)
	}
	t := &Table{Lang: lang, parts: map[string][]func() map[string]string{}}
	t.add(lang, source)
	return t, nil
}

// Own gives the text of a key of this language itself.
func (t *Table) Own(key string) (string, bool) {
	word, _, _ := strings.Cut(key, ".")
	for _, read := range t.parts[word] {
		if s, ok := read()[key]; ok {
			return s, true
		}
	}
	return "", false
}

// Find gives the text of a key, in English where the language lacks it.
func (t *Table) Find(key string) (string, bool) {
	for ; t != nil; t = t.fallback {
		if s, ok := t.Own(key); ok {
			return s, true
		}
	}
	return "", false
}

// Keys lists every key of the language itself, sorted; tests compare languages with it.
func (t *Table) Keys() []string {
	all := map[string]bool{}
	for _, parts := range t.parts {
		for _, read := range parts {
			for k := range read() {
				all[k] = true
			}
		}
	}
	keys := make([]string, 0, len(all))
	for k := range all {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
