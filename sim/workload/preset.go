package workload

import (
	"slices"
	"strings"
	"sync"

	"fathom/assets"
	"fathom/hw/message"
	"fathom/sim/plan"
)

// presets are the mixes that come with the program, by name.
var presets = sync.OnceValue(func() map[string]*plan.Workload {
	files, err := assets.Workloads.ReadDir("workloads")
	if err != nil {
		panic(err)
	}
	all := map[string]*plan.Workload{}
	for _, f := range files {
		text, err := assets.Workloads.ReadFile("workloads/" + f.Name())
		if err != nil {
			panic(err)
		}
		name := strings.TrimSuffix(f.Name(), ".toml")
		if all[name], err = Parse(text, name); err != nil {
			panic("assets/workloads/" + f.Name() + ": " + err.Error())
		}
	}
	return all
})

// Find is the preset of a name, in any letter case; nil where there is none.
func Find(name string) *plan.Workload { return presets()[strings.ToLower(strings.TrimSpace(name))] }

// Unread says that a name is neither a preset nor a file that can be read, and why not.
func Unread(name string, err error) error {
	return message.Fault("workload.neither", message.Clean(name), err, Names())
}

// Names are those of the presets, in order.
func Names() []string {
	var names []string
	for name := range presets() {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
