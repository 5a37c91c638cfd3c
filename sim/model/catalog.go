package model

import (
	"fmt"
	"path"
	"strings"

	"github.com/BurntSushi/toml"

	"fathom/assets"
)

// Entry is one model of the catalog, not read yet.
type Entry struct {
	Name string // Hugging Face name
	file string
}

// separator stands for the slash of a name in the name of its file.
const separator = "--"

// Catalog lists the models that fathom ships, by name. It opens no file, so it costs nothing at start.
func Catalog() []Entry {
	files, err := assets.Models.ReadDir("models")
	if err != nil { // an embedded directory is always there
		return nil
	}
	entries := make([]Entry, len(files))
	for i, f := range files {
		name := strings.Replace(strings.TrimSuffix(f.Name(), ".toml"), separator, "/", 1)
		entries[i] = Entry{name, path.Join("models", f.Name())}
	}
	return entries
}

// Names lists the names of the catalog.
func Names() []string {
	entries := Catalog()
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name
	}
	return names
}

// Load reads the entry.
func (e Entry) Load() (*Model, error) {
	data, err := assets.Models.ReadFile(e.file)
	if err != nil {
		return nil, err
	}
	var doc struct {
		Name, Source string
		Config       map[string]any
	}
	if err := toml.Unmarshal(data, &doc); err != nil {
		return nil, fmt.Errorf("%s: %w", e.file, err)
	}
	return Parse(doc.Name, doc.Source, doc.Config, InFile(e.file))
}

// Find reads a model of the catalog by its name, by its name in another case, or by the part after the slash where only
// one model has it. The error of an unknown name offers the nearest ones.
func Find(name string) (*Model, error) {
	e, ok := lookup(name)
	if !ok {
		return nil, fmt.Errorf("model %q is not in the catalog: did you mean %s? (a directory with config.json works too)",
			show(name), strings.Join(Nearest(name, 3), ", "))
	}
	return e.Load()
}

func lookup(name string) (Entry, bool) {
	var short []Entry
	for _, e := range Catalog() {
		if strings.EqualFold(e.Name, name) {
			return e, true
		}
		if _, base, _ := strings.Cut(e.Name, "/"); strings.EqualFold(base, name) {
			short = append(short, e)
		}
	}
	if len(short) == 1 {
		return short[0], true
	}
	return Entry{}, false
}

// Nearest gives the n names of the catalog that look most like name, best first.
func Nearest(name string, n int) []string { return nearest(Names(), name, n) }
