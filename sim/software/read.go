package software

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/BurntSushi/toml"

	"fathom/assets"
)

// table is what is known; a test may add to it before it is first asked.
var table struct {
	sync.Once
	added [][]byte
	all   []*Engine
}

// Add makes an engine known beside those of assets, from a file like theirs. It has no effect once the table was read.
func Add(file []byte) { table.added = append(table.added, file) }

// engines reads the files once. They are part of the program: one that is wrong ends it.
func engines() []*Engine {
	table.Do(func() {
		files, err := assets.Engines.ReadDir("engines")
		for _, f := range files {
			var data []byte
			if data, err = assets.Engines.ReadFile(path.Join("engines", f.Name())); err == nil {
				err = admit(f.Name(), data)
			}
			if err != nil {
				break
			}
		}
		for _, data := range table.added {
			if err == nil {
				err = admit("added", data)
			}
		}
		if err != nil {
			panic(err)
		}
	})
	return table.all
}

func admit(name string, data []byte) error {
	e, err := Read(name, data)
	if err == nil {
		table.all = append(table.all, e)
	}
	return err
}

// Read reads the file of an engine. Errors name the file and the key.
func Read(file string, data []byte) (*Engine, error) {
	e := new(Engine)
	meta, err := toml.Decode(string(data), e)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return nil, fmt.Errorf("%s: unknown key %s", file, unknown[0])
	}
	switch s := e.Scheduler; {
	case e.Name == "" || e.Title == "" || len(e.Parts) == 0:
		return nil, fmt.Errorf("%s: name, title or parts are missing", file)
	case s.BatchedTokens < 1 || s.Sequences < 1:
		return nil, fmt.Errorf("%s: scheduler.batched_tokens and scheduler.sequences must be above 0", file)
	}
	if h := e.Handover; h != (Handover{}) && (h.Source == "" || h.Overlap != WhenDone && h.Overlap != ByLayer) {
		return nil, fmt.Errorf("%s: handover needs overlap, none or layer, and source", file)
	}
	for i := range e.Launch {
		e.Launch[i].Engine = e
	}
	for i, r := range e.Refuses {
		kinds := 0
		for _, given := range []bool{r.By != "", r.Among != nil, r.With != ""} {
			if given {
				kinds++
			}
		}
		if r.Number == "" || r.Says == "" || r.Source == "" || kinds != 1 {
			return nil, fmt.Errorf("%s: refuses %d: needs number, says, source and one of by, among, with", file, i+1)
		}
	}
	return e, nil
}

// In finds the engine in a name or in a launch command: of several the one with the longest part, because special names
// hold general ones (vllm-ascend and vllm). nil where there is none.
func In(text string) *Engine {
	low, longest := strings.ToLower(text), 0
	var found *Engine
	for _, e := range All() {
		for _, part := range e.Parts {
			if len(part) > longest && strings.Contains(low, part) {
				found, longest = e, len(part)
			}
		}
	}
	return found
}

// Commanded finds the engine whose word a launch command starts with; nil where no engine has such a word.
func Commanded(command string) *Engine {
	word, _, _ := strings.Cut(strings.ToLower(command), " ")
	for _, e := range All() {
		if e.Command != "" && e.Command == word {
			return e
		}
	}
	return nil
}

// ByFlags finds the engine that alone has a flag of a command, and the flag.
func ByFlags(command string) (*Engine, string) {
	for _, word := range strings.Fields(command) {
		name, _, _ := strings.Cut(word, "=")
		for _, e := range All() {
			if slices.Contains(e.Flags, name) {
				return e, name
			}
		}
	}
	return nil, ""
}

func of(vendors []string, vendor string) bool {
	return slices.ContainsFunc(vendors, func(v string) bool { return strings.EqualFold(v, vendor) })
}
