package hw

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"

	"fathom/assets"
)

// List is an ordered set of profiles with different names.
type List []*Entry

// builtin lists the embedded files once; the numbers that their names start with give the order.
var builtin = sync.OnceValues(func() (List, error) {
	entries, err := assets.Devices.ReadDir("devices")
	if err != nil {
		return nil, err
	}
	var list List
	for _, e := range entries {
		data, err := assets.Devices.ReadFile(path.Join("devices", e.Name()))
		if err != nil {
			return nil, err
		}
		one, err := embedded(e.Name(), data)
		if err != nil {
			return nil, err
		}
		list = append(list, one)
	}
	return list, nil
})

// Builtin gives the profiles that come with fathom: Ascend in the order of simulation-model 1.1, then NVIDIA. A test
// refuses a build in which an embedded file does not load.
func Builtin() List {
	list, _ := builtin()
	return slices.Clone(list)
}

// Find looks a built-in profile up; see List.Find.
func Find(name string) (*Profile, error) { return Builtin().Find(name) }

// Find looks a profile up by its name, else by name, short name or alias in any case. The error names what was asked
// for and what comes near.
func (l List) Find(name string) (*Profile, error) {
	for _, e := range l {
		if e.Name == name {
			return e.Profile(), nil
		}
	}
	same := func(s string) bool { return strings.EqualFold(s, name) }
	for _, e := range l {
		if same(e.Name) || e.short != "" && same(e.short) || slices.ContainsFunc(e.Aliases, same) {
			return e.Profile(), nil
		}
	}
	return nil, fmt.Errorf("device profile %q is not known; nearest: %s (fathom devices list shows all)",
		clip(Clean(name), 80), strings.Join(l.Nearest(name, 3), ", "))
}

// Nearest gives the n names that look most like the one asked for; a part of a name is enough, aliases count.
func (l List) Nearest(name string, n int) []string {
	var names []string
	owner := map[string]string{}
	for _, p := range l {
		for _, s := range append([]string{p.Name}, p.Aliases...) {
			if _, taken := owner[s]; !taken {
				names, owner[s] = append(names, s), p.Name
			}
		}
	}
	out := make([]string, 0, max(0, min(n, len(l))))
	for _, s := range Closest(names, name, len(names)) {
		if len(out) == cap(out) {
			break
		}
		if !slices.Contains(out, owner[s]) {
			out = append(out, owner[s])
		}
	}
	return out
}

// Add appends profiles that are read already. A name that is taken, in any case, is an error that names both files; the list is then
// unchanged.
func (l List) Add(more ...*Profile) (List, error) {
	out := slices.Clone(l)
	for _, p := range more {
		for _, old := range out {
			if strings.EqualFold(old.Name, p.Name) {
				return l, fmt.Errorf("%s: name = %q: %s has this name already; choose another one", origin(p.File), p.Name,
					origin(old.File))
			}
		}
		out = append(out, EntryOf(p))
	}
	return out, nil
}

func origin(file string) string {
	if file == "" {
		return "the built-in profile"
	}
	return Clean(file)
}
