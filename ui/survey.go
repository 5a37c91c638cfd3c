package ui

import (
	"context"
	"os"
	"path/filepath"
	"sort"

	"fathom/sim/model"
	"fathom/state"
	"fathom/state/field"
)

// mostEntries bounds what of a directory is listed; nobody looks through more names than that.
const mostEntries = 2000

// list reads a directory for choosing a file in it: directories first, each in the order of names. A link counts as
// what it leads to.
func list(dir string) ([]state.DirEntry, error) {
	f, err := os.Open(filepath.Clean(dir))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	names, err := f.ReadDir(mostEntries)
	var out []state.DirEntry
	for _, n := range names {
		e := state.DirEntry{Name: n.Name(), Dir: n.IsDir()}
		if n.Type()&os.ModeSymlink != 0 {
			info, err := os.Stat(filepath.Join(dir, n.Name()))
			e.Dir = err == nil && info.IsDir()
		}
		if e.Dir {
			info, err := os.Stat(filepath.Join(dir, n.Name(), "config.json"))
			e.Model = err == nil && info.Mode().IsRegular()
		}
		out = append(out, e)
	}
	sort.Slice(out, func(a, b int) bool {
		if out[a].Dir != out[b].Dir {
			return out[a].Dir
		}
		return out[a].Name < out[b].Name
	})
	return out, err
}

// survey reads what a catalog names. What cannot be read is left out: choosing it says why.
func survey(ctx context.Context, engine Engine, s state.Survey) state.Surveyed {
	out := state.Surveyed{Models: map[string]*model.Model{}}
	for _, name := range s.Models {
		if ctx.Err() != nil {
			break
		}
		if f, err := engine.Load(ctx, field.Load{ID: field.Model, Text: name}); err == nil && f.Model != nil {
			out.Models[name] = f.Model
		}
	}
	for _, e := range s.Profiles {
		e.Profile()
	}
	return out
}
