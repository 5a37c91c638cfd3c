package model

import (
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/BurntSushi/toml"

	"fathom/assets"
	"fathom/hw"
	"fathom/hw/message"
)

// Entry is one model of the catalog, not read yet.
type Entry struct {
	Name string // Hugging Face name
	file string
}

// separator stands for the slash of a name in the name of its file.
const separator = "--"

// catalog lists the embedded files once: the form looks models up at each key.
var catalog = sync.OnceValue(func() []Entry {
	files, err := assets.Models.ReadDir("models")
	if err != nil { // an embedded directory is always there
		return nil
	}
	entries := make([]Entry, len(files))
	for i, f := range files {
		name := strings.Replace(strings.TrimSuffix(f.Name(), ".toml"), separator, "/", 1)
		entries[i] = Entry{name, path.Join("models", f.Name())}
	}
	slices.SortFunc(entries, func(a, b Entry) int { return strings.Compare(a.Name, b.Name) })
	return entries
})

// Catalog lists the models that fathom ships, by name. It opens no file, so it costs nothing at start.
func Catalog() []Entry { return slices.Clone(catalog()) }

// Names lists the names of the catalog.
func Names() []string {
	entries := catalog()
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name
	}
	return names
}

// document is a file of the catalog.
type document struct {
	Name, Source string
	Config       map[string]any // as in config.json, without what has nothing to do with structure
}

func (e Entry) document() (document, error) {
	var d document
	data, err := assets.Models.ReadFile(e.file)
	if err != nil {
		return d, err
	}
	if err := toml.Unmarshal(data, &d); err != nil {
		return d, message.Fault("load.in-file", e.file, err)
	}
	return d, nil
}

// read are the entries as they were read without options, by file: a server of many guests parses each of them once.
var read sync.Map

// Load reads the entry. Models of one entry share their layers, which nobody changes.
func (e Entry) Load(opts ...Option) (*Model, error) {
	if was, ok := read.Load(e.file); ok && len(opts) == 0 {
		own := *was.(*Model)
		return &own, nil
	}
	d, err := e.document()
	if err != nil {
		return nil, err
	}
	m, err := Parse(d.Name, d.Source, d.Config, append(opts, InFile(e.file))...)
	if err == nil && len(opts) == 0 {
		own := *m
		read.Store(e.file, &own)
	}
	return m, err
}

// Find reads a model of the catalog by its name, by its name in another case, or by the part after the slash where only
// one model has it. The error of an unknown name offers the nearest ones.
func Find(name string, opts ...Option) (*Model, error) {
	e, ok := lookup(name)
	if !ok {
		if near := Nearest(name, 3); len(near) > 0 {
			return nil, message.Fault("load.unknown-model-near", show(name), strings.Join(near, ", "))
		}
		return nil, message.Fault("load.unknown-model", show(name))
	}
	return e.Load(opts...)
}

func lookup(name string) (Entry, bool) {
	var short []Entry
	for _, e := range catalog() {
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

// Nearest gives up to n names of the catalog that may have been meant by name, best first.
func Nearest(name string, n int) []string { return hw.Near(Names(), name, n) }
