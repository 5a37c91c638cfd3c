package hw

import (
	"path"
	"slices"
	"strings"
	"sync"

	"fathom/assets"
	"fathom/hw/message"
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

// Add appends profiles that are read already. A name that is taken, in any case, is an error that names both files; the
// list is then unchanged.
func (l List) Add(more ...*Profile) (List, error) {
	out := slices.Clone(l)
	for _, p := range more {
		for _, old := range out {
			if strings.EqualFold(old.Name, p.Name) {
				return l, message.Fault("profile.twice", origin(p.File), p.Name, origin(old.File))
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
